package org.splnet;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.config.RouteConfig;
import org.splnet.ip.Ip;
import org.splnet.net.AddressClaim;

/// Enters the configured routes, each as soon as an address is in use through whose subnet its router is
/// reached: with probing (RFC 5227) that is seconds after the start.
final class StaticRoutes implements AddressClaim.Listener {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");

    private final Ip ip;
    private final List<RouteConfig> routes;
    private final Set<RouteConfig> entered = ConcurrentHashMap.newKeySet();

    StaticRoutes(Ip ip, List<RouteConfig> routes) {
        this.ip = ip;
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

    private void enter(RouteConfig route) {
        try {
            ip.addRoute(route.to(), route.via(), 0);
            LOG.info("route added to={} via={}", route.to(), route.via());
        } catch (IllegalArgumentException e) {
            // Given up again in this very moment; the next claim brings it back.
            entered.remove(route);
            LOG.warn("route not added to={} via={} cause={}", route.to(), route.via(), e.getMessage());
        }
    }
}
