package org.splnet.net;

import java.util.Map;
import org.splnet.wire.MacAddr;

/// What a driver is asked to open.
///
/// @param name the interface's name in this stack, and for a driver that creates devices, the device's name
/// @param mac address to use, or null for the driver's choice, which must be the same after a restart
/// @param mtu largest IP packet in octets, or 0 for the device's own
/// @param options the driver's own keys, kebab-case, values as written in the configuration
/// @param descriptor of the device, open from an earlier run; -1 for none. The driver's from now on, to use
///     or to close
public record DeviceSpec(String name, MacAddr mac, int mtu, Map<String, String> options,
        int descriptor) {
    /// One that is not open yet.
    public DeviceSpec(String name, MacAddr mac, int mtu, Map<String, String> options) {
        this(name, mac, mtu, options, -1);
    }

    public DeviceSpec {
        options = Map.copyOf(options);
    }
}
