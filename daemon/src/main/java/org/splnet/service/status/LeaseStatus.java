package org.splnet.service.status;

import java.util.List;

/// How one interface stands with its DHCP servers.
///
/// @param interfaceName whose it is
/// @param state of RFC 2131: `init`, `selecting`, `requesting`, `checking`, `bound`, `renewing`, `rebinding`,
///     `init-reboot`, `rebooting`; `off` after a release
/// @param address in use by a lease, with its prefix length; null if there is none
/// @param linkLocal in use, or being asked for, instead; null if there is none
/// @param server who gave it; null if there is none
/// @param leaseSeconds how long it was given for; -1 for ever, 0 if there is none
/// @param leftSeconds how long it may still be used; -1 for ever, 0 if there is none
/// @param renewSeconds until the client asks for more; negative if there is none
/// @param routers of default routes
/// @param dns name servers
/// @param domain null if none was told
/// @param ntp time servers
/// @param mtu asked of us, in octets; 0 if none was told
/// @param lost why the last lease was lost or refused; null if there is one, or was none
public record LeaseStatus(String interfaceName, String state, String address, String linkLocal, String server,
        long leaseSeconds, long leftSeconds, long renewSeconds, List<String> routers, List<String> dns,
        String domain, List<String> ntp, int mtu, String lost) { }
