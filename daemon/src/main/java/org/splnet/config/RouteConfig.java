package org.splnet.config;

import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;

/// One `[[route]]`.
///
/// @param to the destinations
/// @param via the router, in a subnet of an interface
public record RouteConfig(Cidr to, InetAddr via) { }
