package org.splnet.service.status;

/// One neighbor.
///
/// @param address its address
/// @param mac its station address, null while unknown
/// @param interfaceName the link
/// @param state in the words of RFC 4861 §7.3.2; `PERMANENT` for static entries
/// @param ageSeconds since it was last confirmed, or asked for
/// @param held packets that wait for it
public record NeighborStatus(String address, String mac, String interfaceName, String state,
        double ageSeconds,
        int held) { }
