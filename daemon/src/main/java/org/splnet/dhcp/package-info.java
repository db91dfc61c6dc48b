/// DHCPv4, the client's side: how an interface comes by its address, and what it is told with it.
///
/// ```text
///   ip.LinkPort ─▶ DhcpClient ─ Reply.parse ─▶ DhcpMachine ─ Outside ─▶ LeaseBinding ─▶ LinkPort,
///   callout ──────────▲    ▲───── claimed, conflict ─────────────────────────┘  EtherIf.claim,
///                                                                    LeaseRoutes, LeaseStore, LinkLocal
/// ```
///
/// May use: `ip`, `net`, `pkt`, `wire`, `kern`. Entry points: [org.splnet.dhcp.DhcpClient], one per
/// interface; [org.splnet.dhcp.DhcpConfig], [org.splnet.dhcp.LeaseInfo].
///
/// Before an address is used it is probed for (RFC 5227), which takes four to seven seconds; if somebody has
/// it, the server is told and another one asked for. The lease is kept in a file, and asked for again after a
/// restart; if no server answers then, it is used for as long as it lasts. When the link is back after an
/// interruption it is verified in the same way, and used meanwhile: [org.splnet.net.EtherIf#whenBack]. So it
/// is when the wall clock says, looked at each minute, that the machine has been suspended: the time that
/// leases are counted in stands still then.
/// Connections bound to an address that is lost fare as with one that is removed by hand: see
/// [org.splnet.control].
///
/// Threads: any. Locks: one per client, rank `LEASE`, the lowest, since what a client decides ends up in
/// addresses, routes and frames. Nothing waits for a file under it: leases are written by an executor that is
/// handed in, lines of the log when it is given up.
///
/// What others can make grow: nothing. One lease, eight addresses of a kind and 64 routes per interface. What
/// is not understood in a message is passed over; a message whose options do not fit is dropped whole.
///
/// RFCs: 2131, 2132, 3396 (long options), 3442 (classless routes), 3927 (link-local), 5227, 6842 (client
/// identifiers echoed).
///
/// Deliberately missing: INFORM; rapid commit (RFC 4039); authentication (RFC 3118); FORCERENEW (RFC 3203);
/// identifiers by RFC 4361 unless written into the configuration; choosing among offers, the first one
/// usable is taken; a router outside the subnet of the address; that packets for 169.254/16 go directly and
/// never to a router (RFC 3927 §2.6.2): as with Linux they go by the routes, since clouds have their metadata
/// services at such addresses, behind the router.
package org.splnet.dhcp;
