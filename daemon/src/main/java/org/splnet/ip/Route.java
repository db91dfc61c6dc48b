package org.splnet.ip;

import org.splnet.net.NetIf;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;

/// One way that can be used now: where to, through which interface, by which gateway.
///
/// @param to the destinations, host bits zero
/// @param via the gateway, or null if they are on the link
/// @param out the interface
/// @param source the source address to use where none is asked for
/// @param metric of several ways to the same destinations the least is taken
/// @param kind where it comes from
record Route(Cidr to, InetAddr via, NetIf out, InetAddr source, int metric, RouteInfo.Kind kind) {
    RouteInfo info() {
        return new RouteInfo(to, via, out.name(), source, metric, kind);
    }
}
