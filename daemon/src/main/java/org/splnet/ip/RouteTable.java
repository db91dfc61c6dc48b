package org.splnet.ip;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.net.IfTable;
import org.splnet.net.NetIf;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;

/// The routing table (RFC 1122 §3.3.1): connected routes, which follow from the interfaces' addresses, and
/// the
/// administrator's, of which those count whose gateway is on a connected link now.
///
/// Look-ups read an immutable snapshot: no lock, no allocation. It is made anew when a static route or
/// anything
/// about the interfaces has changed. Longest prefix first, then least metric, so the first match is the
/// best; a host
/// has a handful of routes, and endpoints keep what they found ([Ip4Path]), so a linear search is right.
///
/// Lock key: (r) `lock`, rank `ROUTES`; (v) volatile, written under it.
final class RouteTable {
    /// A static route as it was asked for.
    private record Static(Cidr to, InetAddr via, int metric) { }

    /// What look-ups read; compared by identity to tell whether anything has changed.
    static final class Snapshot {
        final int generation;
        private final Route[] routes;

        Snapshot(int generation, Route[] routes) {
            this.generation = generation;
            this.routes = routes;
        }

        /// The best route, or null.
        Route lookup(long hi, long lo) {
            for (Route route : routes) {
                if (route.to().contains(hi, lo)) {
                    return route;
                }
            }
            return null;
        }
    }

    private final RankedLock lock = new RankedLock(LockRank.ROUTES, "routes");
    private final IfTable interfaces;
    private final List<Static> statics = new ArrayList<>();          // (r)
    private volatile Snapshot now = new Snapshot(-1, new Route[0]);  // (v)

    RouteTable(IfTable interfaces) {
        this.interfaces = interfaces;
    }

    /// The table as it is now.
    Snapshot current() {
        Snapshot snapshot = now;
        return snapshot.generation == interfaces.generation() ? snapshot : rebuilt();
    }

    private Snapshot rebuilt() {
        lock.lock();
        try {
            if (now.generation != interfaces.generation()) {
                rebuild();
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    /// Adds a static route.
    ///
    /// @throws IllegalArgumentException naming what is wrong: the gateway is on no connected link, is ours,
    /// is no
    ///     single host's address, or the route is there already
    void add(Cidr to, InetAddr via, int metric) {
        lock.lock();
        try {
            Static wanted = new Static(to.subnet(), via, metric);
            check(wanted);
            statics.add(wanted);
            rebuild();
        } finally {
            lock.unlock();
        }
    }

    private void check(Static wanted) {
        InetAddr via = wanted.via();
        String route = "route " + wanted.to() + " via " + via;
        if (wanted.to().addr().isV4() != via.isV4()) {
            throw new IllegalArgumentException(route + ": the gateway is of the other address family");
        }
        if (via.isUnspecified() || via.isMulticast() || via.isLoopback()) {
            throw new IllegalArgumentException(route + ": " + via + " is no other host's address");
        }
        if (interfaces.owner(via.hi(), via.lo()) != null) {
            throw new IllegalArgumentException(route + ": " + via + " is an address of this host");
        }
        if (linkOf(via) == null) {
            throw new IllegalArgumentException(route + ": " + via + " is on no connected subnet");
        }
        if (statics.contains(wanted)) {
            throw new IllegalArgumentException(route + ": is there already");
        }
    }

    /// Removes a static route.
    ///
    /// @param via its gateway, or null for whichever
    /// @return false if there is none
    boolean remove(Cidr to, InetAddr via) {
        lock.lock();
        try {
            Cidr subnet = to.subnet();
            boolean removed = statics.removeIf(each -> each.to().equals(subnet)
                    && (via == null || via.equals(each.via())));
            if (removed) {
                rebuild();
            }
            return removed;
        } finally {
            lock.unlock();
        }
    }

    /// Every route, in the order of looking up; static ones that are not usable now come last.
    List<RouteInfo> infos() {
        Snapshot snapshot = current();
        var all = new ArrayList<RouteInfo>();
        for (Route route : snapshot.routes) {
            all.add(route.info());
        }
        lock.lock();
        try {
            for (Static each : statics) {
                if (linkOf(each.via()) == null) {
                    all.add(new RouteInfo(each.to(), each.via(), null, null, each.metric(),
                            RouteInfo.Kind.STATIC));
                }
            }
        } finally {
            lock.unlock();
        }
        return all;
    }

    private void rebuild() {
        assert lock.held();
        int generation = interfaces.generation();          // read first: a change meanwhile shows next time
        var routes = new ArrayList<Route>();
        for (NetIf each : interfaces.all()) {
            if (each.up()) {
                for (Cidr address : each.addresses()) {
                    routes.add(new Route(address.subnet(), null, each, address.addr(), 0,
                            RouteInfo.Kind.CONNECTED));
                }
            }
        }
        for (Static each : statics) {
            Route link = linkOf(each.via());
            if (link != null) {
                routes.add(new Route(each.to(), each.via(), link.out(), link.source(), each.metric(),
                        RouteInfo.Kind.STATIC));
            }
        }
        routes.sort(Comparator.<Route>comparingInt(each -> -each.to().prefix()).
                thenComparingInt(Route::metric));
        now = new Snapshot(generation, routes.toArray(Route[]::new));
    }

    /// The connected route that leads to a gateway, or null.
    private Route linkOf(InetAddr via) {
        return Arrays.stream(interfaces.all()).filter(each -> each.up() && !each.loopback())
                .flatMap(each -> Arrays.stream(each.addresses())
                        .filter(address -> address.contains(via))
                        .map(address -> new Route(address.subnet(), null, each, address.addr(), 0,
                                RouteInfo.Kind.CONNECTED)))
                .max(Comparator.comparingInt(each -> each.to().prefix())).orElse(null);
    }
}
