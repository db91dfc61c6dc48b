package org.splnet.net;

import java.util.List;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// One interface as people see it.
///
/// @param mtu largest IP packet in octets
/// @param offloads bits of [org.splnet.pkt.Offload]
/// @param addresses first one primary
public record IfInfo(String name, int index, boolean loopback, MacAddr mac, int mtu, boolean up, int offloads,
        List<Cidr> addresses, IfCounters.Reading counters) {
}
