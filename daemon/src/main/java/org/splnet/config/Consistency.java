package org.splnet.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// What no single value shows: names and addresses that appear twice, routers nobody is connected to.
final class Consistency {
    private final List<Section> sections;
    private final List<InterfaceConfig> interfaces;

    /// @param sections the tables `interfaces` were read from; an interface is null where it was too broken
    Consistency(List<Section> sections, List<InterfaceConfig> interfaces) {
        this.sections = sections;
        this.interfaces = interfaces;
    }

    void interfaces() {
        Map<String, String> names = new HashMap<>();
        Map<InetAddr, String> addresses = new HashMap<>();
        Map<MacAddr, String> macs = new HashMap<>();
        Map<Cidr, String> networks = new HashMap<>();
        for (int i = 0; i < interfaces.size(); i++) {
            InterfaceConfig each = interfaces.get(i);
            if (each == null) {
                continue;
            }
            Section section = sections.get(i);
            if (names.putIfAbsent(each.name(), each.name()) != null) {
                section.problem("name", "must differ from that of every other interface");
            }
            if (each.mac() != null && macs.putIfAbsent(each.mac(), each.name()) != null) {
                section.problem("mac", "must differ from that of " + macs.get(each.mac()));
            }
            for (int a = 0; a < each.addresses().size(); a++) {
                InetAddr address = each.addresses().get(a).addr();
                String other = addresses.putIfAbsent(address, each.name());
                if (other != null) {
                    section.problem("addresses", a, address + " is already an address of " + other);
                    continue;
                }
                Cidr network = each.addresses().get(a).subnet();
                String same = networks.putIfAbsent(network, each.name());
                if (same != null && !same.equals(each.name()) && !single(network)) {
                    section.problem("addresses", a, each.name() + " and " + same + " are both in " + network
                            + ", and what is for it can leave by one of them only: give one another network,"
                            + " or the prefix length /32 and ip.strong-host = false");
                }
            }
        }
    }

    /// True for a network of one address.
    private static boolean single(Cidr network) {
        return network.prefix() == (network.addr().isV4() ? 32 : 128);
    }

    /// The interface on whose link `next` is.
    ///
    /// @param key where `next` was found
    /// @param next null after a problem
    /// @param name of the interface, null for the one whose subnet it is in
    /// @return null after a problem
    InterfaceConfig link(Section section, String key, InetAddr next, String name) {
        InterfaceConfig named = name == null ? null : byName(name);
        boolean unsure = interfaces.contains(null);
        if (name != null && named == null && unsure) {
            return null;
        }
        if (name != null && named == null) {
            section.problem("interface", "must be the name of an [[interface]]" + names());
            return null;
        }
        if (next == null) {
            return null;
        }
        if (own(next)) {
            section.problem(key, "must not be an address of this stack");
            return null;
        }
        for (InterfaceConfig each : interfaces) {
            if (each != null && (named == null || named == each) && subnet(each, next) != null) {
                return each;
            }
        }
        if (unsure && named == null) {
            // It may be on the link of an interface that could not be read; that problem has been reported.
            return null;
        }
        if (named != null ? named.dhcp() != null : byDhcp() != null) {
            // Which subnet that will be, a server says.
            return named != null ? named : byDhcp();
        }
        section.problem(key, named == null ? "must be in a subnet of an interface" + subnets(interfaces)
                : "must be in a subnet of " + name + subnets(List.of(named)));
        return null;
    }

    private boolean own(InetAddr address) {
        for (InterfaceConfig each : interfaces) {
            if (each != null && each.addresses().stream().anyMatch(mine -> mine.addr().equals(address))) {
                return true;
            }
        }
        return false;
    }

    /// The first that asks the network for its address.
    private InterfaceConfig byDhcp() {
        return interfaces.stream().filter(each -> each != null && each.dhcp() != null).findFirst()
                .orElse(null);
    }

    private InterfaceConfig byName(String name) {
        for (InterfaceConfig each : interfaces) {
            if (each != null && each.name().equals(name)) {
                return each;
            }
        }
        return null;
    }

    private static Cidr subnet(InterfaceConfig each, InetAddr address) {
        for (Cidr mine : each.addresses()) {
            if (mine.contains(address)) {
                return mine;
            }
        }
        return null;
    }

    private String names() {
        return list(interfaces.stream().filter(each -> each != null).map(InterfaceConfig::name).toList());
    }

    private static String subnets(List<InterfaceConfig> of) {
        return list(of.stream().filter(each -> each != null).flatMap(each -> each.addresses().stream())
                .map(mine -> mine.subnet().toString()).distinct().toList());
    }

    private static String list(List<String> all) {
        return all.isEmpty() ? "" : " (" + String.join(", ", all) + ")";
    }
}
