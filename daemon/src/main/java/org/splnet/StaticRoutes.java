package org.splnet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /// The best there is.
    private static final int METRIC = 0;

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

    /// Other routes from now on: those that are not there yet are entered if their router can be reached.
    ///
    /// @return those that could not be, with why
    Map<RouteConfig, String> change(List<RouteConfig> next) {
        List<RouteConfig> before = routes;
        routes = List.copyOf(next);
        before.stream().filter(each -> !next.contains(each)).forEach(this::remove);
        Map<RouteConfig, String> refused = new HashMap<>();
        for (RouteConfig each : next) {
            String why = reached.test(each.via()) && entered.add(each) ? enter(each) : null;
            if (why != null) {
                refused.put(each, why);
            }
        }
        return refused;
    }

    /// That one and no other: a lease or an administrator may have brought another to the same place. It is
    /// looked for though it is not in `entered`, where one that is entered a moment too late is no more.
    private void remove(RouteConfig route) {
        entered.remove(route);
        if (ip.removeRoute(route.to(), route.via(), null, METRIC)) {
            LOG.info("route removed to={} via={}", route.to(), route.via());
        }
    }

    /// @return why it could not be, or null
    private String enter(RouteConfig route) {
        try {
            ip.addRoute(route.to(), route.via(), METRIC);
            if (!routes.contains(route)) {
                // Another thread has taken it out of the list meanwhile, before it could be removed.
                remove(route);
                return null;
            }
            LOG.info("route added to={} via={}", route.to(), route.via());
            return null;
        } catch (IllegalArgumentException | IllegalStateException e) {
            // Given up again in this very moment; the next claim brings it back.
            entered.remove(route);
            LOG.warn("route not added to={} via={} cause={}", route.to(), route.via(), e.getMessage());
            return e.getMessage();
        }
    }
}
