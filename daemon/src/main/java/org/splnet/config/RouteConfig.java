package org.splnet.config;

import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;

/// One `[[route]]`.
///
/// @param to the destinations
/// @param via the router, null if they are on the link
/// @param interfaceName the link
public record RouteConfig(Cidr to, InetAddr via, String interfaceName) { }
