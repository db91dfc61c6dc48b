package org.splnet.config;

import java.util.List;
import java.util.Map;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// One `[[interface]]`.
///
/// @param name the name in this stack, and of the device where the driver creates one
/// @param driver which driver opens it
/// @param mac station address, null for the driver's choice
/// @param mtu largest IP packet in octets, 0 for the device's own
/// @param addresses at least one, the first is the primary one
/// @param probe look for conflicts before an address is used (RFC 5227)
/// @param options the driver's own keys
public record InterfaceConfig(String name, String driver, MacAddr mac, int mtu, List<Cidr> addresses,
        boolean probe,
        Map<String, String> options) {
    public InterfaceConfig {
        addresses = List.copyOf(addresses);
        options = Map.copyOf(options);
    }
}
