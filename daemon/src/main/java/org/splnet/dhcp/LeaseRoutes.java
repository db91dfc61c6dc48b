package org.splnet.dhcp;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.ip.Ip;
import org.splnet.net.NetIf;
import org.splnet.wire.Ip4Addr;

/// The routes that a lease brings: entered beside the administrator's, which are better, and taken out again
/// when it ends.
///
/// Covered by its client's lock.
final class LeaseRoutes {
    /// Of two routes to the same destinations the administrator's, 0 unless he says otherwise, is taken.
    static final int METRIC = 100;

    private static final Logger LOG = LoggerFactory.getLogger("splnet.dhcp");

    private final Ip ip;
    private final NetIf link;
    private final Notices notices;
    private List<Settings.Way> entered = List.of();
    private List<Settings.Way> refused = List.of();         // no more is said about them

    LeaseRoutes(Ip ip, NetIf link, Notices notices) {
        this.ip = ip;
        this.link = link;
        this.notices = notices;
    }

    /// Makes these the routes there are; those that were there already stay untouched.
    void set(List<Settings.Way> wanted) {
        for (Settings.Way each : entered) {
            if (!wanted.contains(each)) {
                ip.removeRoute(each.to(), router(each), link, METRIC);
            }
        }
        var now = new ArrayList<Settings.Way>();
        var not = new ArrayList<Settings.Way>();
        for (Settings.Way each : wanted) {
            (enter(each) ? now : not).add(each);
        }
        entered = now;
        refused = not;
    }

    /// @return true if it is ours now, or still is
    private boolean enter(Settings.Way way) {
        try {
            ip.addRoute(way.to(), router(way), link, METRIC);
            return true;
        } catch (IllegalArgumentException | IllegalStateException e) {
            if (e instanceof IllegalStateException && entered.contains(way)) {
                return true;
            }
            if (!refused.contains(way)) {
                notices.add(() -> LOG.warn("route from the server not taken interface={} to={} via={}"
                        + " cause={}", link, way.to(), way.via(), e.getMessage()));
            }
            return false;
        }
    }

    /// RFC 3442: 0.0.0.0 is no router.
    private static Ip4Addr router(Settings.Way way) {
        return way.via().isUnspecified() ? null : way.via();
    }
}
