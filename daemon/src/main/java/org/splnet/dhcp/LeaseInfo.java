package org.splnet.dhcp;

import java.util.List;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

/// How one interface stands with its servers, as people see it.
///
/// @param state as [DhcpState], in small letters
/// @param address in use by a lease, or null
/// @param linkLocal in use, or being asked for, instead, or null
/// @param server who gave it, or null
/// @param leaseSeconds how long it was given for; 0 without a lease, -1 for ever
/// @param leftSeconds how long it still may be used; 0 without a lease, -1 for ever
/// @param renewSeconds until it is renewed, or negative
/// @param routers of routes to everywhere
/// @param dns name servers
/// @param domain or null
/// @param ntp time servers
/// @param mtu that was asked of us, or 0
/// @param lost why the last lease was lost or refused, or null
public record LeaseInfo(String interfaceName, String state, Cidr address, Cidr linkLocal, Ip4Addr server,
        long leaseSeconds, long leftSeconds, long renewSeconds, List<Ip4Addr> routers, List<Ip4Addr> dns,
        String domain, List<Ip4Addr> ntp, int mtu, String lost) {
}
