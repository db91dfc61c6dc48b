package org.splnet.dhcp;

import java.util.List;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

/// What a server says besides the address. What is not there, or makes no sense, is empty or 0.
///
/// @param prefix length of the subnet's prefix
/// @param routes by which router to which destinations; a router of 0.0.0.0 is none, the destinations are on
///     the link (RFC 3442)
/// @param mtu largest IP packet in octets, 0 for the interface's own
/// @param dns name servers, for whoever wants to know
/// @param domain for whoever wants to know, or null
/// @param ntp time servers, for whoever wants to know
record Settings(int prefix, List<Way> routes, int mtu, List<Ip4Addr> dns, String domain, List<Ip4Addr> ntp) {
    /// One route.
    record Way(Cidr to, Ip4Addr via) {
    }

    Settings {
        routes = List.copyOf(routes);
        dns = List.copyOf(dns);
        ntp = List.copyOf(ntp);
    }
}
