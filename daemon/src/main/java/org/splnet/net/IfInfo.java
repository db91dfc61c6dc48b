package org.splnet.net;

import java.util.List;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// One interface as people see it.
///
/// @param mtu largest IP packet in octets
/// @param carrier whether there is anybody at the other end of its cable, as far as its device knows
/// @param offloads bits of [org.splnet.pkt.Offload]
/// @param addresses first one primary
public record IfInfo(String name, int index, boolean loopback, MacAddr mac, int mtu, boolean up,
        boolean carrier, int offloads, List<Cidr> addresses, IfCounters.Reading counters) {
}
