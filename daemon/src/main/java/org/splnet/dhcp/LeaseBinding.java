package org.splnet.dhcp;

import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.ip.LinkPort;
import org.splnet.kern.Callout;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.net.AddressClaim;
import org.splnet.net.EtherIf;
import org.splnet.pkt.Output;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

/// What a lease means to its interface: the claim to the address, routes, MTU, the file; and the messages on
/// their way out.
///
/// Covered by its client's lock.
final class LeaseBinding implements Outside {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.dhcp");
    private static final long LOOK_NS = 60_000_000_000L;
    private static final int MOST_MESSAGE = 1500;
    private static final int LEAST_MESSAGE = 576;
    /// RFC 3442: classless routes before routers.
    private static final byte[] PARAMETERS = {OptionCode.SUBNET_MASK, OptionCode.CLASSLESS_ROUTES,
        OptionCode.ROUTER, OptionCode.DNS, OptionCode.DOMAIN_NAME, OptionCode.MTU, OptionCode.NTP,
        OptionCode.LEASE_TIME, OptionCode.SERVER_ID, OptionCode.RENEWAL_TIME, OptionCode.REBINDING_TIME};

    private final EtherIf link;
    private final byte[] clientId;
    private final CalloutWheel wheel;
    private final Callout timer;
    private final Clock clock;
    private final LeaseStore store;
    private final Executor chores;
    private final Notices notices = new Notices();
    private final LeaseRoutes routes;
    private final LinkLocal linkLocal;
    private final AddressClaim.Listener listener;
    private final Deferred.Call unclaimable;
    private DhcpConfig config;
    private LinkPort port;
    private AddressClaim claim;
    private String lost;

    /// @param client whose callbacks these are
    LeaseBinding(DhcpClient client, DhcpClient.Host host, EtherIf link, DhcpConfig config, byte[] clientId,
            LeaseStore store) {
        this.link = link;
        this.config = config;
        this.clientId = clientId;
        this.store = store;
        wheel = host.wheel();
        clock = host.clock();
        chores = host.chores();
        timer = client.timer;
        listener = client.listener;
        unclaimable = client.unclaimable;
        routes = new LeaseRoutes(host.ip(), link, notices);
        linkLocal = new LinkLocal(link, listener, notices);
    }

    void open(LinkPort opened) {
        port = opened;
    }

    /// Goes by another configuration from now on.
    void configure(DhcpConfig next) {
        config = next;
        if (!next.linkLocalFallback()) {
            linkLocal.end();
        }
    }

    /// The address is given up without a word; the file stays.
    void end() {
        linkLocal.end();
        unclaim();
        wheel.disarm(timer);
        port.close();
    }

    boolean is(AddressClaim which) {
        return which == claim;
    }

    LinkLocal linkLocal() {
        return linkLocal;
    }

    /// Why the last lease was lost or refused; null while there is one, and before the first.
    String lost() {
        return lost;
    }

    @Override
    public void send(Request request, long nowNs) {
        DhcpWriter out = new DhcpWriter(request.type(), request.xid(), request.secs(), request.broadcast(),
                request.ciaddr(), link.mac())
                .option(OptionCode.CLIENT_ID, clientId)
                .address(OptionCode.REQUESTED_ADDRESS, request.requested())
                .address(OptionCode.SERVER_ID, request.server());
        if (request.type() == MessageType.DISCOVER || request.type() == MessageType.REQUEST) {
            out.number(OptionCode.MAX_SIZE, Math.max(LEAST_MESSAGE, Math.min(MOST_MESSAGE, link.mtu())))
                    .text(OptionCode.HOST_NAME, config.hostname())
                    .option(OptionCode.PARAMETERS, PARAMETERS);
        }
        Output result = request.ciaddr().isUnspecified() ? port.sendWithoutAddress(out.octets(), nowNs)
                : port.send(request.ciaddr(), to(request, nowNs), out.octets(), nowNs);
        notices.add(() -> LOG.debug("sent interface={} type={} xid={} requested={} to={} result={}", link,
                request.type(), Integer.toHexString(request.xid()), request.requested(), request.to(),
                result));
    }

    /// A RELEASE is often the last that is sent, with no time left to ask by ARP where to: then it goes to
    /// everybody.
    private Ip4Addr to(Request request, long nowNs) {
        boolean known = request.to() != null && (request.type() != MessageType.RELEASE
                || link.neighbors(nowNs).stream().anyMatch(each -> each.address().equals(request.to())
                && each.mac() != null && each.state().resolved()));
        return known ? request.to() : Ip4Addr.BROADCAST;
    }

    /// Earlier, if that is long from now: the client looks whether the machine has slept meanwhile.
    @Override
    public void wakeAt(long atNs) {
        long lookNs = clock.nanoTime() + LOOK_NS;
        wheel.arm(timer, atNs - lookNs < 0 ? atNs : lookNs);
    }

    @Override
    public void sleep() {
        wheel.disarm(timer);
    }

    @Override
    public void check(Lease lease, long nowNs) {
        notices.add(() -> LOG.info("address offered, probing interface={} address={} server={}", link,
                lease.subnet(), lease.server()));
        claim(lease.subnet(), true, nowNs);
    }

    private void claim(Cidr address, boolean probe, long nowNs) {
        claim = null;
        try {
            claim = link.claim(address, probe, listener, nowNs);
        } catch (IllegalArgumentException e) {
            notices.add(() -> LOG.warn("address from the server not taken interface={} cause={}", link,
                    e.getMessage()));
            Deferred.later(unclaimable);
        }
    }

    @Override
    public void use(Lease lease, Lease before, long nowNs) {
        boolean held = claim != null && claim.state() != AddressClaim.State.WITHDRAWN;
        if (before != null && !(held && claim.address().equals(lease.subnet()))) {
            // The server has another prefix for it, or an administrator took the address away meanwhile.
            unclaim();
            claim(lease.subnet(), false, nowNs);
        }
        linkLocal.end();
        Settings told = lease.ack().settings();
        link.limitMtu(told.mtu());
        routes.set(told.routes());
        lost = null;
        keep(lease, nowNs);
        notices.add(() -> LOG.info("lease {} interface={} address={} server={} seconds={} dns={} domain={}"
                + " ntp={} mtu={}", before == null ? "bound" : "renewed", link, lease.subnet(),
                lease.server(), lease.ack().leaseSeconds(), told.dns(), told.domain(), told.ntp(),
                told.mtu()));
        EventKind kind = before == null ? EventKind.LEASE_BOUND : EventKind.LEASE_RENEWED;
        if (Events.wanted(kind)) {
            Events.post(kind, "interface", link.name(), "address", lease.subnet(), "server", lease.server(),
                    "seconds", lease.ack().leaseSeconds());
        }
    }

    private void keep(Lease lease, long nowNs) {
        long since = clock.wallMillis() - (nowNs - lease.sinceNs()) / 1_000_000;
        var kept = new LeaseStore.Kept(since, lease.ack().octets());
        String title = link.name() + ": " + lease.subnet() + " from " + lease.server() + " for "
                + lease.ack().leaseSeconds() + " s";
        chores.execute(() -> store.write(title, kept));
    }

    @Override
    public void drop(Lease lease, String why, long nowNs) {
        unclaim();
        if (why == null) {
            return;
        }
        lost = why;
        notices.add(() -> LOG.warn("lease lost interface={} address={} reason={}", link, lease.subnet(),
                why));
        if (Events.wanted(EventKind.LEASE_LOST)) {
            Events.post(EventKind.LEASE_LOST, "interface", link.name(), "address", lease.subnet(), "reason",
                    why);
        }
    }

    /// One line for as long as it stays the same: servers can say it at each question.
    @Override
    public void refused(String why) {
        if (!why.equals(lost)) {
            lost = why;
            notices.add(() -> LOG.warn("no lease interface={} reason={}", link, why));
        }
    }

    private void unclaim() {
        routes.set(List.of());
        link.limitMtu(0);
        if (claim != null) {
            claim.withdraw();
            claim = null;
        }
    }

    @Override
    public void forget() {
        chores.execute(store::forget);
    }

    /// The lease is asked for once more because more time has passed than we have seen.
    void slept() {
        notices.add(() -> LOG.info("the machine has slept or was set another time, asking for the lease again"
                + " interface={}", link));
    }

    @Override
    public void unanswered(long nowNs) {
        notices.add(() -> LOG.warn("no DHCP server gives an address, going on asking interface={}", link));
        if (config.linkLocalFallback()) {
            linkLocal.begin(nowNs);
        }
    }
}
