package org.splnet.config;

import java.util.List;
import java.util.Map;
import org.splnet.dhcp.DhcpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// One `[[interface]]`.
///
/// @param name the name in this stack, and of the device where the driver creates one
/// @param driver which driver opens it
/// @param mac station address, null for the driver's choice
/// @param mtu largest IP packet in octets, 0 for the device's own
/// @param addresses the first is the primary one; at least one unless there is `dhcp`
/// @param probe look for conflicts before an address is used (RFC 5227)
/// @param dhcp how it asks the network for an address, or null
/// @param options the driver's own keys
public record InterfaceConfig(String name, String driver, MacAddr mac, int mtu, List<Cidr> addresses,
        boolean probe, DhcpConfig dhcp,
        Map<String, String> options) {
    public InterfaceConfig {
        addresses = List.copyOf(addresses);
        options = Map.copyOf(options);
    }

    /// Without DHCP.
    public InterfaceConfig(String name, String driver, MacAddr mac, int mtu, List<Cidr> addresses,
            boolean probe, Map<String, String> options) {
        this(name, driver, mac, mtu, addresses, probe, null, options);
    }
}
