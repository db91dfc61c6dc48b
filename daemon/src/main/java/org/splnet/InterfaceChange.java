package org.splnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.KnobChange;
import org.splnet.dhcp.DhcpConfig;
import org.splnet.net.AddressClaim;
import org.splnet.net.AddressInfo;
import org.splnet.net.EtherIf;
import org.splnet.wire.Cidr;

/// Addresses of interfaces that another configuration gives and takes, and whether and how they ask the
/// network for one; all else about an interface waits for a restart. Holding nothing.
final class InterfaceChange {
    private final Map<String, EtherIf> interfaces;
    private final DhcpClients leases;
    private final AddressClaim.Listener listener;
    private final List<String> changed;
    private final List<String> restart;
    private final List<String> failed;

    /// @param listener hears of addresses that come to be used
    /// @param changed what was done is added
    /// @param restart what waits is added
    /// @param failed what could not be done is added
    InterfaceChange(Map<String, EtherIf> interfaces, DhcpClients leases, AddressClaim.Listener listener,
            List<String> changed, List<String> restart, List<String> failed) {
        this.interfaces = interfaces;
        this.leases = leases;
        this.listener = listener;
        this.changed = changed;
        this.restart = restart;
        this.failed = failed;
    }

    /// Makes the change.
    ///
    /// @return what is in force now
    List<InterfaceConfig> make(List<InterfaceConfig> old, List<InterfaceConfig> next, long nowNs) {
        List<InterfaceConfig> inForce = new ArrayList<>();
        for (InterfaceConfig was : old) {
            InterfaceConfig will = named(next, was.name());
            if (will == null) {
                restart.add("interface " + was.name() + ": is no more in the file");
            }
            inForce.add(will == null ? was : kept(was, will));
        }
        next.stream().filter(each -> named(old, each.name()) == null)
                .forEach(each -> restart.add("interface " + each.name() + ": is new"));
        // All are taken before any is given: one may move.
        List<Set<Cidr>> inUse = new ArrayList<>();
        for (int i = 0; i < old.size(); i++) {
            inUse.add(Set.of(interfaces.get(old.get(i).name()).addresses()));
            take(old.get(i), inForce.get(i));
        }
        for (int i = 0; i < old.size(); i++) {
            List<Cidr> refused = give(old.get(i), inForce.get(i), inUse.get(i), nowNs);
            inForce.set(i, without(inForce.get(i), refused));
        }
        return inForce;
    }

    /// What could not be taken is not in force: the next change tries again.
    private static InterfaceConfig without(InterfaceConfig each, List<Cidr> refused) {
        return new InterfaceConfig(each.name(), each.driver(), each.mac(), each.mtu(),
                each.addresses().stream().filter(address -> !refused.contains(address)).toList(),
                each.probe(), each.dhcp(), each.options());
    }

    private static InterfaceConfig named(List<InterfaceConfig> all, String name) {
        return all.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
    }

    private InterfaceConfig kept(InterfaceConfig was, InterfaceConfig will) {
        String name = "interface " + was.name() + ".";
        differs(name + "driver", was.driver(), will.driver());
        differs(name + "mac", was.mac(), will.mac());
        differs(name + "mtu", was.mtu(), will.mtu());
        differs(name + "(driver's keys)", was.options(), will.options());
        if (!will.addresses().isEmpty() && was.addresses().contains(will.addresses().getFirst())) {
            differs(name + "addresses (which is the primary one)", was.addresses().getFirst(),
                    will.addresses().getFirst());
        }
        return new InterfaceConfig(was.name(), was.driver(), was.mac(), was.mtu(), will.addresses(),
                will.probe(), kept(name + "dhcp", was.dhcp(), will.dhcp()), was.options());
    }

    private DhcpConfig kept(String key, DhcpConfig was, DhcpConfig will) {
        if (was == null || will == null) {
            return will;
        }
        KnobChange<DhcpConfig> change = KnobChange.of(key, was, will);
        changed.addAll(change.live());
        restart.addAll(change.restart());
        return change.merged();
    }

    private void differs(String key, Object was, Object will) {
        if (!Objects.equals(was, will)) {
            restart.add(key + ": " + was + ", now " + will);
        }
    }

    private void take(InterfaceConfig was, InterfaceConfig will) {
        for (Cidr address : was.addresses()) {
            if (!will.addresses().contains(address)
                    && interfaces.get(was.name()).removeAddress(address)) {
                changed.add("address " + address + " dev " + was.name() + ": removed");
            }
        }
        if (was.dhcp() != null && will.dhcp() == null) {
            leases.end(was.name());
            changed.add("interface " + was.name() + ".dhcp: ended");
        }
    }

    /// @param inUse until a moment ago, whoever gave them: what stays ours need not be probed for
    /// @return the addresses that could not be taken
    private List<Cidr> give(InterfaceConfig was, InterfaceConfig will, Set<Cidr> inUse, long nowNs) {
        List<Cidr> refused = new ArrayList<>();
        EtherIf netIf = interfaces.get(was.name());
        for (Cidr address : will.addresses()) {
            boolean there = netIf.addressInfos().stream().map(AddressInfo::address)
                    .anyMatch(address::equals);
            if (was.addresses().contains(address) || there) {
                continue;
            }
            try {
                boolean probe = will.probe() && !inUse.contains(address);
                netIf.claim(address, probe, listener, nowNs);
                changed.add("address " + address + " dev " + was.name() + ": "
                        + (probe ? "is probed for" : "added"));
            } catch (IllegalArgumentException e) {
                failed.add("address " + address + " dev " + was.name() + ": " + e.getMessage());
                refused.add(address);
            }
        }
        if (will.dhcp() != null && was.dhcp() == null) {
            leases.begin(netIf, will.dhcp());
            changed.add("interface " + was.name() + ".dhcp: asks for an address");
        } else if (will.dhcp() != null && !will.dhcp().equals(was.dhcp())) {
            leases.configure(was.name(), will.dhcp());
        }
        return refused;
    }
}
