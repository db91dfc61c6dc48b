/// Services inside the stack: echo (RFC 862), discard (RFC 863), chargen (RFC 864), and the status page.
///
/// They use the socket contract as any client would and nothing below it. Entry points:
/// [org.splnet.service.StreamServer] and [org.splnet.service.DatagramServer] carry a service,
/// [org.splnet.service.SmallServices] opens the three small ones, [org.splnet.service.status.StatusServer]
/// the fourth.
///
/// May use: `socket`, `pkt`, `wire`, `kern`.
///
/// Threads: the small services are event-driven. A [org.splnet.service.Session] works in whatever thread
/// brings its socket's readiness, usually the input thread of a NIC queue, so an octet is echoed without ever
/// changing threads. The status page has a virtual thread per connection, except where it streams (see
/// [org.splnet.service.http]).
///
/// Locks: none of its own; what a session shares with the idle watch is atomic. Nothing is held when a socket
/// is called.
///
/// Refused on purpose: datagrams that would bounce between two of these services for ever (their source port
/// is one of 7, 9, 13, 17, 19, 37 or one we serve), and datagrams sent to a broadcast address (RFC 1122
/// §3.2.1.3 forbids answering from it).
///
/// Deliberately missing: daytime, time and quote (RFC 865, 867, 868).
package org.splnet.service;
