package org.splnet.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// Reads `[[route]]` and `[[neighbor]]`, which both hang on interfaces.
final class RouteReader {
    private final Consistency interfaces;

    RouteReader(Consistency interfaces) {
        this.interfaces = interfaces;
    }

    List<RouteConfig> routes(List<Section> sections) {
        List<RouteConfig> routes = new ArrayList<>();
        Set<Cidr> seen = new HashSet<>();
        for (Section section : sections) {
            Cidr to = section.parsed("to", null, Addresses::destination);
            InetAddr via = section.parsed("via", null, Addresses::host);
            for (String key : List.of("to", "via")) {
                if (!section.has(key)) {
                    section.problem("route." + key + " is missing");
                }
            }
            InterfaceConfig link = via == null ? null : interfaces.link(section, "via", via, null);
            if (to != null && !seen.add(to)) {
                section.problem("to", to.prefix() == 0 ? "there must be only one default route"
                        : "must differ from that of every other route");
            } else if (to != null && link != null) {
                routes.add(new RouteConfig(to, via));
            }
            section.reportUnknown();
        }
        return routes;
    }

    /// @param limit how many an interface has room for
    List<NeighborConfig> neighbors(List<Section> sections, int limit) {
        List<NeighborConfig> neighbors = new ArrayList<>();
        Map<String, Integer> links = new HashMap<>();
        Set<InetAddr> seen = new HashSet<>();
        for (Section section : sections) {
            InetAddr address = section.parsed("address", null, Addresses::host);
            MacAddr mac = section.parsed("mac", null, Addresses::station);
            for (String key : List.of("address", "mac")) {
                if (!section.has(key)) {
                    section.problem("neighbor." + key + " is missing");
                }
            }
            String name = section.parsed("interface", null, text -> text);
            InterfaceConfig link = interfaces.link(section, "address", address, name);
            if (address != null && !seen.add(address)) {
                section.problem("address", "must differ from that of every other neighbor");
            } else if (link != null && links.merge(link.name(), 1, Integer::sum) == limit + 1) {
                section.problem("address", "is one neighbor more of " + link.name() + " than the " + limit
                        + " of net.neighbors.limit");
            } else if (address != null && mac != null && link != null) {
                neighbors.add(new NeighborConfig(address, mac, link.name()));
            }
            section.reportUnknown();
        }
        return neighbors;
    }
}
