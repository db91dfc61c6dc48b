package org.splnet.ip;

import org.splnet.inet.Path;
import org.splnet.net.Neighbor;
import org.splnet.net.NetIf;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.MacAddr;

/// A way as an endpoint keeps it: found once, looked at again only when routes, addresses or the neighbor
/// have
/// changed. Covered by the lock of the endpoint that owns it.
final class Ip4Path extends Path {
    /// Station address that a packet for one host has none of.
    static final long ONE_HOST = -1;
    private static final long MULTICAST_PREFIX = 0x0100_5e00_0000L;

    private final Ip ip;
    private final int local;
    private final int remote;
    private RouteTable.Snapshot seen;
    private NetIf out;
    private InetAddr nextHop;
    private Neighbor neighbor;
    private long group = ONE_HOST;
    private int mtu;
    private long mtuUntilNs;
    private boolean mtuLowered;

    private Ip4Path(Ip ip, int local, int remote) {
        this.ip = ip;
        this.local = local;
        this.remote = remote;
    }

    /// Finds a way.
    ///
    /// @param local one of our addresses, or 0 to choose (RFC 1122 §3.3.4.3)
    /// @return null if there is none
    static Ip4Path find(Ip ip, int local, int remote, long nowNs) {
        NetIf owner = ip.interfaces().owner(0, Ip4Addr.lo(remote));
        int source = local;
        if (local == 0) {
            Route route = route(ip, remote, ip.routes().current());
            if (owner == null && route == null) {
                return null;
            }
            // to ourselves from the address that is asked for; else what the route says
            source = owner != null ? remote : ((Ip4Addr) route.source()).bits();
        } else if (!ip.isLocal(0, Ip4Addr.lo(local))) {
            return null;
        }
        var path = new Ip4Path(ip, source, remote);
        return path.refresh(nowNs) ? path : null;
    }

    /// The limited broadcast is on every link: without a route of its own it goes where the default route
    /// leads, else out of the first interface that has an address.
    private static Route route(Ip ip, int remote, RouteTable.Snapshot routes) {
        Route route = routes.lookup(0, Ip4Addr.lo(remote));
        if (route == null && (remote == -1 || Ip4Addr.isMulticast(remote))) {
            return ip.firstLink();
        }
        return route;
    }

    /// Makes sure that the way is still good, finding another if need be.
    ///
    /// @return false if there is none
    boolean refresh(long nowNs) {
        RouteTable.Snapshot current = ip.routes().current();
        if (current != seen) {
            seen = current;
            resolve(current, nowNs);
        }
        if (out == null) {
            return false;
        }
        if (mtuLowered && nowNs - mtuUntilNs >= 0) {
            learnMtu(nowNs);
        }
        if (neighbor != null ? !neighbor.live() : group == ONE_HOST && !out.loopback()) {
            neighbor = out.neighbor(nextHop.hi(), nextHop.lo(), nowNs);
        }
        return true;
    }

    private void resolve(RouteTable.Snapshot routes, long nowNs) {
        neighbor = null;
        group = ONE_HOST;
        out = null;
        long remoteLo = Ip4Addr.lo(remote);
        if (!ip.isLocal(0, Ip4Addr.lo(local))) {
            return;                                        // our address has been taken away
        }
        if (ip.isLocal(0, remoteLo)) {
            out = ip.loopback();
        } else {
            Route route = route(ip, remote, routes);
            if (route != null) {
                out = linkFor(route);
                nextHop = route.via() == null || group(remoteLo) ? InetAddr.of(0, remoteLo) : route.via();
            }
        }
        if (out != null) {
            learnMtu(nowNs);
        }
    }

    /// For what goes to many the source address tells which link is meant; also sets the group.
    private NetIf linkFor(Route route) {
        long remoteLo = Ip4Addr.lo(remote);
        if (!group(remoteLo)) {
            return route.out();
        }
        group = Ip4Addr.isMulticast(remote) ? MULTICAST_PREFIX | remote & 0x7f_ffff
                : MacAddr.BROADCAST.bits();
        NetIf owner = ip.interfaces().owner(0, Ip4Addr.lo(local));
        return owner != null && !owner.loopback() && (remote == -1 || Ip4Addr.isMulticast(remote)) ? owner
                : route.out();
    }

    private boolean group(long remoteLo) {
        return Ip4Addr.isMulticast(remote) || ip.isBroadcast(0, remoteLo);
    }

    private void learnMtu(long nowNs) {
        mtu = ip.pathMtu().of(InetAddr.of(0, remoteLo()), out.mtu(), nowNs);
        mtuLowered = mtu < out.mtu();
        mtuUntilNs = nowNs + ip.pathMtu().lifetimeNs();
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

    /// True if it is a way of that stack: tests run several in one thread.
    boolean belongsTo(Ip ip) {
        return this.ip == ip;
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
    public void lowerMtu(int lower, long nowNs) {
        mtu = ip.pathMtu().lower(InetAddr.of(0, remoteLo()), lower, mtu, nowNs);
        mtuLowered = out != null && mtu < out.mtu();
        mtuUntilNs = nowNs + ip.pathMtu().lifetimeNs();
    }

    @Override
    public int headerLength() {
        return Ip4Header.MIN_LEN;
    }

    @Override
    public int largestSend() {
        return Ip4Header.MAX_TOTAL - Ip4Header.MIN_LEN;
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
