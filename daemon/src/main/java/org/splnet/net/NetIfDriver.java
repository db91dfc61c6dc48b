package org.splnet.net;

import java.util.List;
import java.util.Set;
import org.splnet.wire.Cidr;

/// A kind of network device, found by [java.util.ServiceLoader]: `tap`, `pcap`, `stream`. Drivers know the
/// stack, the stack knows no driver, as in BSD, where drivers call `if_attach`.
public interface NetIfDriver {
    /// The name a configuration asks for it by.
    String type();

    /// Other names for it.
    default Set<String> alsoCalled() {
        return Set.of();
    }

    /// The keys, beyond those every interface has, that [DeviceSpec#options] may contain.
    Set<String> optionKeys();

    /// Checks the specification without touching any device.
    ///
    /// @throws IllegalArgumentException naming the key, the value and what is allowed: `host-address:
    ///     10.0.0.1: …`
    void validate(DeviceSpec spec);

    /// Looks whether addresses that are to be used on the device are somebody's where a probe on the link
    /// would not find them: the host's own. Asked before the device is opened.
    ///
    /// @throws DeviceException with the cause and the cure in its message
    default void requireFree(List<Cidr> addresses) throws DeviceException {
        // a driver that shares no link with the host's own stack has nothing to look at
    }

    /// Opens the device, ready to receive and transmit.
    ///
    /// @throws DeviceException with the cause and the cure in its message
    NetDevice open(DeviceSpec spec) throws DeviceException;
}
