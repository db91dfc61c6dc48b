package org.splnet.service.status;

import java.util.List;
import java.util.Map;

/// One interface.
///
/// @param index its number
/// @param name its name
/// @param driver the kind of device, `loopback` for the loopback interface
/// @param mac station address, null on loopback
/// @param mtu largest IP packet in octets
/// @param up usable
/// @param carrier somebody is at the other end of the cable, as far as the device knows
/// @param addresses with prefix lengths, primary first
/// @param offloads what the device does for the stack
/// @param counters by name
/// @param queues those of them that are counted for each queue of the device
public record InterfaceStatus(int index, String name, String driver, String mac, int mtu, boolean up,
        boolean carrier, List<String> addresses, List<String> offloads, Map<String, Long> counters,
        List<Map<String, Long>> queues) {
    /// The state in a word or two.
    public String state() {
        return !up ? "down" : carrier ? "up" : "no carrier";
    }
}
