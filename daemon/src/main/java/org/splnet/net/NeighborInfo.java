package org.splnet.net;

import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// One neighbor as people see it.
///
/// @param link name of the interface
/// @param mac station address, null while it is not known
/// @param fixed entered by the administrator: never asked for, never forgotten
/// @param ageNs since its station address was last confirmed, or, if it never was, since it was asked for
/// @param held packets waiting for it
public record NeighborInfo(String link, InetAddr address, MacAddr mac, NeighborState state, boolean fixed,
        long ageNs, int held) {
}
