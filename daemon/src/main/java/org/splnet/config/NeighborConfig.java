package org.splnet.config;

import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// One `[[neighbor]]`: a station that is never asked for.
///
/// @param address its address
/// @param mac its station address
/// @param interfaceName the link it is on
public record NeighborConfig(InetAddr address, MacAddr mac, String interfaceName) { }
