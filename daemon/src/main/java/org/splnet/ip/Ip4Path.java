package org.splnet.ip;

import org.splnet.inet.Path;
import org.splnet.net.Neighbor;
import org.splnet.net.NetIf;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.MacAddr;

/// A way as an endpoint keeps it: found once, looked at again only when routes, addresses, the neighbor or
/// what is known of path MTUs has changed, which [#refresh] tells from three numbers and a flag: no lock, no
/// allocation. Covered by the lock of the endpoint that owns it; those of [Views] are used by one
/// thread.
final class Ip4Path extends Path {
    /// Not a group's station address.
    static final long ONE_HOST = -1;
    /// RFC 1112 §6.4: the low 23 bits of a group go into its station address.
    private static final long GROUP_PREFIX = 0x0100_5e00_0000L;
    private static final int GROUP_BITS = 0x7f_ffff;

    private final Ip ip;
    private final int local;
    private final int remote;
    private final NetIf link;                              // null: whichever routes lead to
    private int routesSeen;
    private int mtusSeen;
    private NetIf out;
    private InetAddr nextHop;
    private Neighbor neighbor;
    private long group = ONE_HOST;
    private int linkMtu;
    private int mtu;
    private PathMtu.Entry lowered;

    private Ip4Path(Ip ip, int local, int remote, NetIf link) {
        this.ip = ip;
        this.local = local;
        this.remote = remote;
        this.link = link;
    }

    /// From 0.0.0.0 to everybody on one link: how a host speaks that has no address yet, and at no other time
    /// (RFC 1122 §3.2.1.3 (a), RFC 2131 §4.1).
    static Ip4Path withoutAddress(Ip ip, NetIf link, long nowNs) {
        var path = new Ip4Path(ip, 0, -1, link);
        path.resolve(ip.routes().current(), nowNs);
        return path;
    }

    /// Finds a way.
    ///
    /// @param local one of our addresses, or 0 to choose (RFC 1122 §3.3.4.3)
    /// @return null if there is none
    static Ip4Path find(Ip ip, int local, int remote, long nowNs) {
        // RFC 1122 §3.2.1.3 (a), (b): nobody can be reached there
        if (Ip4Addr.isThisNetwork(remote) || Ip4Addr.isClassE(remote)) {
            return null;
        }
        int source = local;
        if (source == 0) {
            Route route = ip.routes().lookup(0, Ip4Addr.lo(remote));
            InetAddr chosen = route != null ? route.source() : toLink(remote) ? firstLink(ip) : null;
            if (!(chosen instanceof Ip4Addr(int bits))) {
                return null;
            }
            source = bits;
        }
        var path = new Ip4Path(ip, source, remote, null);
        path.resolve(ip.routes().current(), nowNs);
        return path.refresh(nowNs) ? path : null;
    }

    /// Every link has these addresses: which is meant, only the source address tells.
    private static boolean toLink(int remote) {
        return remote == -1 || Ip4Addr.isMulticast(remote);
    }

    /// The primary address of the first interface that could send: where what no route covers goes.
    private static InetAddr firstLink(Ip ip) {
        for (NetIf each : ip.interfaces().all()) {
            Cidr[] addresses = each.addresses();
            if (!each.loopback() && each.up() && addresses.length > 0) {
                return addresses[0].addr();
            }
        }
        return null;
    }

    /// Makes sure that the way is still good, finding another if need be.
    ///
    /// @return false if there is none
    boolean refresh(long nowNs) {
        RouteTable.Snapshot current = ip.routes().current();
        if (current.generation() != routesSeen) {
            resolve(current, nowNs);
        }
        if (out == null) {
            return false;
        }
        if (ip.pathMtu().generation() != mtusSeen || lowered != null && !lowered.alive(nowNs)) {
            learnMtu(nowNs);
        }
        if (neighbor != null ? !neighbor.live() : group == ONE_HOST && !out.loopback()) {
            neighbor = out.neighbor(nextHop.hi(), nextHop.lo(), nowNs);
        }
        return true;
    }

    private void resolve(RouteTable.Snapshot routes, long nowNs) {
        routesSeen = routes.generation();
        neighbor = null;
        nextHop = null;
        group = ONE_HOST;
        out = null;
        if (link == null && !ip.isLocal(0, localLo())) {
            return;                                        // our address has been taken away
        }
        if (toLink(remote)) {
            group = remote == -1 ? MacAddr.BROADCAST.bits() : GROUP_PREFIX | remote & GROUP_BITS;
            NetIf owner = link != null ? link : ip.interfaces().owner(0, localLo());
            out = owner == null || owner.loopback() || !owner.up() ? null : owner;
        } else {
            Route route = route(routes);
            if (route != null) {
                out = route.out();
                nextHop = route.via() != null ? route.via() : new Ip4Addr(remote);
                // RFC 1122 §3.3.6: a directed broadcast is one on that link only; elsewhere it is unicast
                group = route.via() == null && out.isBroadcast(0, remoteLo()) ? MacAddr.BROADCAST.bits()
                        : ONE_HOST;
            }
        }
        if (out != null) {
            learnMtu(nowNs);
        }
    }

    /// RFC 1122 §3.3.4.2: a strong end system sends by the interface that has the source address.
    private Route route(RouteTable.Snapshot routes) {
        Route best = routes.index().lookup(0, remoteLo());
        if (best == null || best.out().loopback()) {
            return best;                                   // to ourselves, from whichever of our addresses
        }
        if (Ip4Addr.isLoopback(local)) {
            return null;                                   // RFC 1122 §3.2.1.3 (g): never outside a host
        }
        NetIf owner = ip.interfaces().owner(0, localLo());
        return !ip.config().strongHost() || owner == best.out() ? best
                : routes.index().lookup(0, remoteLo(), owner);
    }

    private void learnMtu(long nowNs) {
        mtusSeen = ip.pathMtu().generation();
        lowered = out.loopback() ? null : ip.pathMtu().find(0, remoteLo(), nowNs);
        linkMtu = Math.min(out.mtu(), Ip4Header.MAX_TOTAL);
        mtu = lowered == null ? linkMtu : Math.min(lowered.mtu(), linkMtu);
    }

    /// The interface; valid after [#refresh].
    NetIf out() {
        return out;
    }

    /// The next hop; null on loopback, for groups, and if the neighbor table is full.
    Neighbor neighbor() {
        return neighbor;
    }

    /// Station address of the group, or [#ONE_HOST].
    long group() {
        return group;
    }

    /// True if routers may fragment what would else be sent with DF: something on the way takes less than
    /// the least we believe ([IpConfig#minPathMtu]).
    boolean fragmentable() {
        return lowered != null && lowered.fragmentable();
    }

    /// True if it is that way of that stack: tests run several stacks in one thread.
    boolean is(Ip ip, int local, int remote) {
        return this.ip == ip && this.local == local && this.remote == remote;
    }

    int local() {
        return local;
    }

    int remote() {
        return remote;
    }

    @Override
    public long localHi() {
        return 0;
    }

    @Override
    public long localLo() {
        return Ip4Addr.lo(local);
    }

    @Override
    public long remoteHi() {
        return 0;
    }

    @Override
    public long remoteLo() {
        return Ip4Addr.lo(remote);
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int linkMtu() {
        return linkMtu;
    }

    @Override
    public void renew(long nowNs) {
        refresh(nowNs);
    }

    @Override
    public void lowerMtu(int lower, long nowNs) {
        if (out == null || out.loopback() || group != ONE_HOST || lower >= mtu) {
            return;                                        // RFC 1191 §3: never to be raised by a message
        }
        ip.pathMtu().lower(0, remoteLo(), lower, nowNs);
        learnMtu(nowNs);
    }

    @Override
    public int headerLength() {
        return Ip4Header.MIN_LEN;
    }

    /// `net` cuts in software what the device does not, so any way takes as much as an IP header can say.
    /// Segments that routers may fragment need ids of their own, which one that is cut below cannot give
    /// them.
    @Override
    public int largestSend() {
        return (fragmentable() ? mtu : Ip4Header.MAX_TOTAL) - Ip4Header.MIN_LEN;
    }

    @Override
    public boolean loopback() {
        return out != null && out.loopback();
    }

    @Override
    public void confirm(long nowNs) {
        if (neighbor != null) {
            neighbor.confirm(nowNs);
        }
    }

    @Override
    public void suspect(long nowNs) {
        if (neighbor != null) {
            neighbor.suspect(nowNs);
        }
    }
}
