package org.splnet.dhcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.ip.Ip;
import org.splnet.kern.Callout;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.net.AddressClaim;
import org.splnet.net.EtherIf;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// The DHCP client of one interface. Any thread, holding nothing.
///
/// Lock key:  (c) constant   (l) `lock`, rank `LEASE`
public final class DhcpClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.dhcp");
    private static final int SERVER_PORT = 67;
    private static final int CLIENT_PORT = 68;
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1000 * MILLISECOND;
    private static final long SLEPT_NS = 5 * SECOND;

    /// What a client needs of its host.
    ///
    /// @param clock asked where nobody tells the time; its wall clock goes into files
    /// @param chores does what blocks, in the order it is asked to
    public record Host(Ip ip, CalloutWheel wheel, Clock clock, Entropy entropy, Executor chores) {
    }

    private final RankedLock lock = new RankedLock(LockRank.LEASE, "DHCP client");      // (c)
    private final EtherIf link;                     // (c)
    private final Host host;                        // (c)
    private final byte[] clientId;                  // (c)
    private final LeaseStore store;                 // (c)
    private final AddressClaim.Listener also;       // (c)
    private final LeaseBinding binding;             // (c) itself covered by the lock
    private final DhcpMachine machine;              // (c) itself covered by the lock
    private DhcpConfig config;                      // (l)
    private boolean running;                        // (l)
    private long aheadNs;                           // (l) what the wall clock had more than ours
    final Callout timer = new Callout() {           // (c)
        @Override
        protected void fire(long nowNs) {
            timeout(nowNs);
        }
    };
    final AddressClaim.Listener listener = new AddressClaim.Listener() {        // (c)
        @Override
        public void claimed(AddressClaim claim) {
            DhcpClient.this.claimed(claim);
            also.claimed(claim);
        }

        @Override
        public void conflict(AddressClaim claim, MacAddr by, boolean persists) {
            conflicting(claim, persists);
        }

        @Override
        public void refused(AddressClaim claim, String why) {
            unusable(claim);
        }
    };
    private final Deferred.Call linkBack = new Deferred.Call() {        // (c)
        @Override
        protected void run() {
            linkUp();
        }
    };
    final Deferred.Call unclaimable = new Deferred.Call() {     // (c)
        @Override
        protected void run() {
            unusable(null);
        }
    };

    /// @param also hears of addresses that come to be used
    public DhcpClient(EtherIf link, DhcpConfig config, Host host, AddressClaim.Listener also) {
        this.link = link;
        this.config = config;
        this.host = host;
        this.also = also;
        clientId = config.clientIdOctets() != null ? config.clientIdOctets() : identifier(link.mac());
        store = new LeaseStore(Path.of(config.stateDir()), link.name());
        binding = new LeaseBinding(this, host, link, config, clientId, store);
        machine = new DhcpMachine(binding, host.entropy());
    }

    /// RFC 2132 §9.14: kind of hardware, station address.
    private static byte[] identifier(MacAddr mac) {
        return ByteBuffer.allocate(1 + DhcpMessage.ETHERNET_LEN).put((byte) DhcpMessage.ETHERNET)
                .putShort((short) (mac.bits() >>> 32)).putInt((int) mac.bits()).array();
    }

    /// Begins, with what is in the file. Reads it, so it blocks.
    ///
    /// @throws IllegalStateException if the interface has a client already
    public void start() {
        LeaseStore.Kept kept = store.read();
        binding.open(host.ip().linkPort(link, CLIENT_PORT, SERVER_PORT, this::datagram));
        link.whenBack(linkBack);
        long nowNs = host.clock().nanoTime();
        Lease before = kept == null ? null : restored(kept, nowNs);
        lock.lock();
        try {
            running = true;
            slept();
            machine.start(before, nowNs);
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    /// What the file says in the time of this process. If the wall clock was set back meanwhile nobody knows
    /// how much is left: then the lease is over, and its address is only a wish. One that never ends has only
    /// times to ask at; it is asked for now, so they count from now.
    private Lease restored(LeaseStore.Kept kept, long nowNs) {
        Reply ack;
        try {
            byte[] octets = HexFormat.of().parseHex(kept.ack());
            ack = Reply.parse(Unpooled.wrappedBuffer(octets), 0, octets.length, link.mac(), clientId);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (ack == null || ack.type() != MessageType.ACK) {
            return null;
        }
        if (ack.leaseSeconds() == Reply.FOREVER) {
            return new Lease(ack, nowNs);
        }
        long gone = host.clock().wallMillis() - kept.sinceMillis();
        long most = (ack.leaseSeconds() + 1) * 1000;
        return new Lease(ack, nowNs - (gone < 0 ? most : Math.min(gone, most)) * MILLISECOND);
    }

    /// Goes by another configuration from now on, as far as it is [org.splnet.kern.Live]: a lease is kept,
    /// and a server told of another name at once.
    public void configure(DhcpConfig next) {
        lock.lock();
        try {
            boolean renamed = !Objects.equals(next.hostname(), config.hostname());
            config = next;
            binding.configure(next);
            if (running && (renamed || machine.lease() == null) && machine.state() != DhcpState.OFF) {
                machine.renew(host.clock().nanoTime());
            }
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    /// Renews the lease now; asks for one if there is none, also after [#release].
    public void renew() {
        lock.lock();
        try {
            long nowNs = host.clock().nanoTime();
            if (running && machine.state() == DhcpState.OFF) {
                machine.start(null, nowNs);
            } else if (running) {
                machine.renew(nowNs);
            }
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    /// Gives the address back and asks for none until [#renew].
    public void release() {
        lock.lock();
        try {
            if (running) {
                binding.linkLocal().end();
                machine.release(host.clock().nanoTime());
            }
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    /// Ends. The address is not used any more, and given back if that is configured. Idempotent.
    @Override
    public void close() {
        lock.lock();
        try {
            if (running) {
                running = false;
                link.whenBack(null);
                end();
            }
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    /// How it stands.
    public LeaseInfo info() {
        lock.lock();
        try {
            long nowNs = host.clock().nanoTime();
            Cidr own = binding.linkLocal().address();
            Lease lease = machine.lease();
            String state = machine.state().label();
            if (lease == null) {
                return new LeaseInfo(link.name(), state, null, own, null, 0, 0, -1, List.of(), List.of(),
                        null, List.of(), 0, binding.lost());
            }
            Settings told = lease.ack().settings();
            return new LeaseInfo(link.name(), state, lease.subnet(), own, lease.server(),
                    lease.forever() ? -1 : lease.ack().leaseSeconds(),
                    lease.forever() ? -1 : (lease.endNs() - nowNs) / SECOND,
                    (machine.deadlineNs() - nowNs) / SECOND,
                    told.routes().stream().filter(each -> each.to().prefix() == 0)
                            .map(Settings.Way::via).toList(),
                    told.dns(), told.domain(), told.ntp(), told.mtu(), null);
        } finally {
            lock.unlock();
        }
    }

    /// The interface.
    public String interfaceName() {
        return link.name();
    }

    private void end() {
        assert lock.held();
        if (config.release()) {
            machine.release(host.clock().nanoTime());
        } else {
            machine.stop();
        }
        binding.end();
    }

    private void datagram(ByteBuf buf, int at, int len, Ip4Addr from, long nowNs) {
        Reply reply = awaited(buf, at, len) ? Reply.parse(buf, at, len, link.mac(), clientId) : null;
        if (reply == null) {
            LOG.debug("message passed over interface={} from={} octets={}", link, from, len);
            return;
        }
        lock.lock();
        try {
            if (running) {
                machine.reply(reply, nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether it is worth reading: anybody may send any octets, at any rate.
    private boolean awaited(ByteBuf buf, int at, int len) {
        var message = new DhcpMessage().wrap(buf, at, len);
        if (!message.headed()) {
            return false;
        }
        lock.lock();
        try {
            return running && machine.awaits(message.xid());
        } finally {
            lock.unlock();
        }
    }

    private void timeout(long nowNs) {
        lock.lock();
        try {
            if (running) {
                if (slept()) {
                    binding.slept();
                    machine.linkUp(nowNs);
                }
                machine.timeout(nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    /// True if the wall clock went faster than ours since the last time. Ours stands still while the machine
    /// is suspended, and with it the time that a lease has left. That is no proof, for the other one may have
    /// been set: so what it is good for is asking the server.
    private boolean slept() {
        assert lock.held();
        long before = aheadNs;
        aheadNs = host.clock().wallMillis() * MILLISECOND - host.clock().nanoTime();
        return aheadNs - before > SLEPT_NS;
    }

    /// The link is back after an interruption, perhaps to another network.
    private void linkUp() {
        lock.lock();
        try {
            if (running) {
                machine.linkUp(host.clock().nanoTime());
            }
        } finally {
            lock.unlock();
        }
    }

    private void claimed(AddressClaim claim) {
        lock.lock();
        try {
            if (running && binding.is(claim)) {
                machine.free(host.clock().nanoTime());
            }
        } finally {
            lock.unlock();
        }
    }

    /// RFC 5227 §2.4 (b): an address that was defended and is used by somebody again is given up.
    private void conflicting(AddressClaim claim, boolean persists) {
        lock.lock();
        try {
            if (!claim.state().inUse() || persists) {
                taken(claim, host.clock().nanoTime());
            }
        } finally {
            lock.unlock();
        }
    }

    /// @param claim null if there could not even be one
    private void unusable(AddressClaim claim) {
        lock.lock();
        try {
            taken(claim, host.clock().nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private void taken(AddressClaim claim, long nowNs) {
        assert lock.held();
        if (!running) {
            return;
        }
        if (binding.is(claim)) {
            machine.taken(nowNs);
        } else if (claim != null && binding.linkLocal().is(claim)) {
            binding.linkLocal().taken(nowNs);
        }
    }
}
