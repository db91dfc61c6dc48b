package org.splnet.ip;

import org.splnet.wire.InetAddr;

/// A destination that takes less than our link does, for people to look at.
///
/// @param mtu largest packet in octets
/// @param remainingNs until it is forgotten
public record PathMtuInfo(InetAddr destination, int mtu, long remainingNs) {
}
