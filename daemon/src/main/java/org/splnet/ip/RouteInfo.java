package org.splnet.ip;

import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;

/// A route as people see it.
///
/// @param to the destinations
/// @param via the gateway, or null if they are on the link
/// @param interfaceName the interface it leads through; of a static route that cannot be used now, null
/// @param source the source address used where none is asked for; of such a route, null
/// @param metric of several ways to the same destinations the least is taken
/// @param kind where it comes from
public record RouteInfo(Cidr to, InetAddr via, String interfaceName, InetAddr source, int metric, Kind kind) {
    /// Where a route comes from.
    public enum Kind {
        /// An address of this host, reached through loopback whichever interface has it.
        LOCAL,
        /// Follows from an address of an interface.
        CONNECTED,
        /// Given by the administrator.
        STATIC
    }
}
