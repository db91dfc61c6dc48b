package org.splnet.config;

import java.util.Map;
import java.util.Set;
import org.splnet.wire.MacAddr;

/// What the configuration asks of the network drivers that are installed.
public interface DriverCatalog {
    /// The names a driver can be asked for by.
    Set<String> types();

    /// The keys of its own that a driver takes in an `[[interface]]`.
    Set<String> optionKeys(String type);

    /// Has the driver look at an interface, without touching any device.
    ///
    /// @param mac null for the driver's choice
    /// @param mtu 0 for the device's own
    /// @throws IllegalArgumentException with `key: value: what is allowed` or `key: what is wrong`
    void validate(String type, String name, MacAddr mac, int mtu, Map<String, String> options);
}
