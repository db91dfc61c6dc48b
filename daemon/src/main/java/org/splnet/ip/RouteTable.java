package org.splnet.ip;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.net.IfTable;
import org.splnet.net.NetIf;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// The routing table (RFC 1122 §3.3.1): this host's own addresses, the subnets they connect it to, and the
/// administrator's routes, of which those count that lead over a connected link now.
///
/// Look-ups read an immutable snapshot: no lock, no allocation. It is made anew when a static route or
/// anything about the interfaces has changed.
///
/// Lock key:  (c) constant   (r) `lock`, rank `ROUTES`   (v) volatile, written under it
final class RouteTable {
    private static final Cidr LOOPBACK_NET = new Cidr(new Ip4Addr(127 << 24), 8);

    /// A static route as it was asked for.
    private record Static(Cidr to, InetAddr via, NetIf on, int metric) {
        @Override
        public String toString() {
            String over = on == null ? "" : " on " + on.name();
            return "route " + to + (via == null ? "" : " via " + via) + over;
        }
    }

    /// What look-ups read.
    ///
    /// @param interfaces generation of the interface table that it was made from
    /// @param generation another whenever the table has changed: who keeps a route compares it
    record Snapshot(int interfaces, int generation, PrefixIndex index) {
    }

    private final RankedLock lock = new RankedLock(LockRank.ROUTES, "routes");          // (c)
    private final IfTable interfaces;                                                   // (c)
    private final List<Static> statics = new ArrayList<>();                             // (r)
    private volatile Snapshot now;                                                      // (v)

    RouteTable(IfTable interfaces) {
        this.interfaces = interfaces;
        now = new Snapshot(interfaces.generation() - 1, 0, new PrefixIndex(List.of()));
    }

    /// The table as it is now.
    Snapshot current() {
        Snapshot snapshot = now;
        return snapshot.interfaces == interfaces.generation() ? snapshot : rebuilt();
    }

    /// The best route, or null.
    Route lookup(long hi, long lo) {
        return current().index.lookup(hi, lo);
    }

    private Snapshot rebuilt() {
        lock.lock();
        try {
            if (now.interfaces != interfaces.generation()) {
                rebuild();
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    /// Adds a static route.
    ///
    /// @param via the gateway, null for destinations on the link itself
    /// @param on the interface, null for that of the connected subnet the gateway is in. If it is given and
    ///     has no address yet, because it is still probing for conflicts (RFC 5227), the route is taken and
    ///     used from when it has one
    /// @throws IllegalArgumentException naming the value and what is wrong with it
    /// @throws IllegalStateException if that very route is there already
    void add(Cidr to, InetAddr via, NetIf on, int metric) {
        lock.lock();
        try {
            var wanted = new Static(to, via, on, metric);
            if (statics.stream().anyMatch(each -> same(each, wanted))) {
                throw new IllegalStateException(wanted + ": is there already");
            }
            String why = whyNot(wanted);
            if (why != null) {
                throw new IllegalArgumentException(wanted + ": " + why);
            }
            statics.add(wanted);
            rebuild();
        } finally {
            lock.unlock();
        }
    }

    /// The same route, though the interface that its gateway is on was named for one of them only.
    private boolean same(Static one, Static other) {
        return one.to.equals(other.to) && Objects.equals(one.via, other.via) && one.metric == other.metric
                && out(one) == out(other);
    }

    private NetIf out(Static each) {
        Route route = each.on == null && each.via != null ? route(each) : null;
        return route == null ? each.on : route.out();
    }

    private String whyNot(Static wanted) {
        assert lock.held();
        Cidr to = wanted.to;
        if (!to.equals(to.subnet())) {
            return to + " has host bits set; its network is " + to.subnet();
        }
        if (to.prefix() > 0 && (LOOPBACK_NET.contains(to.addr()) || to.addr().isLoopback())) {
            return to + " is this host itself";
        }
        if (wanted.metric < 0) {
            return "metric " + wanted.metric + " is negative";
        }
        if (wanted.on != null && wanted.on.loopback()) {
            return wanted.on.name() + " is the loopback interface, which leads nowhere else";
        }
        if (wanted.via == null && wanted.on == null) {
            return "needs a gateway or an interface";
        }
        return wanted.via == null ? null : whyNotGateway(wanted);
    }

    /// RFC 1122 §3.3.1.1: a gateway is a host on a directly connected network.
    private String whyNotGateway(Static wanted) {
        InetAddr via = wanted.via;
        if (via.isV4() != wanted.to.addr().isV4()) {
            return "gateway " + via + " is of the other address family";
        }
        if (via.isUnspecified() || via.isMulticast() || via.isLoopback() || via.equals(Ip4Addr.BROADCAST)) {
            return "gateway " + via + " is no other host's address";
        }
        if (interfaces.owner(via.hi(), via.lo()) != null) {
            return "gateway " + via + " is an address of this host";
        }
        if (wanted.on != null && wanted.on.addresses().length == 0) {
            return null;
        }
        Cidr link = connected(candidates(wanted.on), via);
        if (link == null) {
            return "gateway " + via + " is on no connected subnet"
                    + (wanted.on == null ? "" : " of " + wanted.on.name());
        }
        return link.isEdge(via.hi(), via.lo())
                ? "gateway " + via + " is the broadcast or network address of " + link.subnet() : null;
    }

    /// Removes static routes.
    ///
    /// @param via the gateway, or null for whichever
    /// @return false if there is none
    boolean remove(Cidr to, InetAddr via) {
        return remove(each -> each.to.equals(to) && (via == null || via.equals(each.via)));
    }

    /// Removes one certain static route.
    ///
    /// @return false if it is not there
    boolean remove(Cidr to, InetAddr via, NetIf on, int metric) {
        return remove(new Static(to, via, on, metric)::equals);
    }

    private boolean remove(Predicate<Static> which) {
        lock.lock();
        try {
            boolean removed = statics.removeIf(which);
            if (removed) {
                rebuild();
            }
            return removed;
        } finally {
            lock.unlock();
        }
    }

    /// Which of the routes may be taken has changed: who keeps one looks again.
    void renew() {
        lock.lock();
        try {
            rebuild();
        } finally {
            lock.unlock();
        }
    }

    /// Every route, in the order of looking up; static ones that cannot be used now come last.
    List<RouteInfo> infos() {
        current();
        lock.lock();
        try {
            var all = new ArrayList<RouteInfo>();
            for (Route route : now.index.ordered()) {
                all.add(route.info());
            }
            for (Static each : statics) {
                if (route(each) == null) {
                    all.add(new RouteInfo(each.to, each.via, null, null, each.metric, RouteInfo.Kind.STATIC));
                }
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void rebuild() {
        assert lock.held();
        int generation = interfaces.generation();          // read first: a change meanwhile shows next time
        // two static ones may have become the same by an address: only one of them names the interface
        var routes = new LinkedHashSet<Route>();
        NetIf loopback = loopback();
        if (loopback != null) {
            // RFC 1122 §3.2.1.3 (g): 127/8 never leaves the host
            routes.add(new Route(LOOPBACK_NET, null, loopback, Ip4Addr.LOOPBACK, 0, RouteInfo.Kind.LOCAL));
        }
        for (NetIf each : interfaces.all()) {
            for (Cidr address : each.addresses()) {
                addAddress(routes, each, address, loopback);
            }
        }
        for (Static each : statics) {
            Route route = route(each);
            if (route != null) {
                routes.add(route);
            }
        }
        now = new Snapshot(generation, now.generation + 1, new PrefixIndex(List.copyOf(routes)));
    }

    /// What follows from an address: itself, by loopback; its subnet, by its interface, if that is up.
    private static void addAddress(Set<Route> routes, NetIf on, Cidr address, NetIf loopback) {
        InetAddr own = address.addr();
        Cidr host = new Cidr(own, own.bitLength());
        if (loopback != null) {
            routes.add(new Route(host, null, loopback, own, 0, RouteInfo.Kind.LOCAL));
        }
        if (!on.loopback() && on.up() && !address.equals(host)) {
            routes.add(new Route(address.subnet(), null, on, own, 0, RouteInfo.Kind.CONNECTED));
        }
    }

    private NetIf loopback() {
        return Stream.of(interfaces.all()).filter(each -> each.loopback() && each.up())
                .findFirst().orElse(null);
    }

    /// The static route as it can be used now, or null. Its source is the interface's address in the
    /// gateway's subnet, else the primary one (RFC 1122 §3.3.4.3).
    private Route route(Static wanted) {
        NetIf[] candidates = candidates(wanted.on);
        if (wanted.via == null) {
            Cidr[] own = wanted.on.addresses();             // fewer than a moment ago, perhaps
            return candidates.length == 0 || own.length == 0 ? null : new Route(wanted.to, null, wanted.on,
                    own[0].addr(), wanted.metric, RouteInfo.Kind.STATIC);
        }
        Cidr link = connected(candidates, wanted.via);
        if (link == null) {
            return null;
        }
        NetIf out = wanted.on != null ? wanted.on : interfaces.owner(link.addr().hi(), link.addr().lo());
        return out == null ? null : new Route(wanted.to, wanted.via, out, link.addr(), wanted.metric,
                RouteInfo.Kind.STATIC);
    }

    /// The interfaces that a static route may lead through: up, with an address.
    private NetIf[] candidates(NetIf on) {
        return Stream.of(interfaces.all())
                .filter(each -> each.up() && !each.loopback() && each.addresses().length > 0)
                .filter(each -> on == null || on == each)
                .toArray(NetIf[]::new);
    }

    /// The most specific of the interfaces' addresses whose subnet contains `via`, or null.
    private static Cidr connected(NetIf[] candidates, InetAddr via) {
        Cidr best = null;
        for (NetIf each : candidates) {
            for (Cidr address : each.addresses()) {
                if (address.contains(via) && (best == null || address.prefix() > best.prefix())) {
                    best = address;
                }
            }
        }
        return best;
    }
}
