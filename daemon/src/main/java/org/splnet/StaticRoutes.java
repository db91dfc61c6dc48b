package org.splnet;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.config.RouteConfig;
import org.splnet.ip.Ip;
import org.splnet.net.AddressClaim;
import org.splnet.wire.InetAddr;

/// Enters the configured routes, each as soon as an address is in use through whose subnet its router is
/// reached: with probing (RFC 5227) that is seconds after the start.
final class StaticRoutes implements AddressClaim.Listener {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");

    private final Ip ip;
    private final Predicate<InetAddr> reached;
    private volatile List<RouteConfig> routes;
    private final Set<RouteConfig> entered = ConcurrentHashMap.newKeySet();

    /// @param reached true for what is in the subnet of an address in use
    StaticRoutes(Ip ip, Predicate<InetAddr> reached, List<RouteConfig> routes) {
        this.ip = ip;
        this.reached = reached;
        this.routes = routes;
    }

    @Override
    public void claimed(AddressClaim claim) {
        for (RouteConfig route : routes) {
            if (claim.address().contains(route.via()) && entered.add(route)) {
                enter(route);
            }
        }
    }

    /// Other routes from now on: those that are new are entered if their router can be reached already.
    void change(List<RouteConfig> next) {
        List<RouteConfig> before = routes;
        routes = List.copyOf(next);
        before.stream().filter(each -> !next.contains(each)).forEach(this::remove);
        for (RouteConfig each : next) {
            if (!before.contains(each) && reached.test(each.via()) && entered.add(each)) {
                enter(each);
            }
        }
    }

    private void remove(RouteConfig route) {
        if (entered.remove(route) && ip.removeRoute(route.to(), route.via())) {
            LOG.info("route removed to={} via={}", route.to(), route.via());
        }
    }

    private void enter(RouteConfig route) {
        try {
            ip.addRoute(route.to(), route.via(), 0);
            if (!routes.contains(route)) {
                // Another thread has taken it out of the list meanwhile, before it could be removed.
                remove(route);
                return;
            }
            LOG.info("route added to={} via={}", route.to(), route.via());
        } catch (IllegalArgumentException e) {
            // Given up again in this very moment; the next claim brings it back.
            entered.remove(route);
            LOG.warn("route not added to={} via={} cause={}", route.to(), route.via(), e.getMessage());
        }
    }
}
