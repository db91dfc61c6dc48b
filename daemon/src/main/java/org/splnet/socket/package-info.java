/// Sockets as their users see them: streams, listeners, datagrams, readiness, buffers, errors.
///
/// May use: `inet` for errors and path MTUs, `pkt`, `wire`, `kern`. Protocols stand behind it through
/// [StreamProtocol] and [DatagramProtocol]; users see [StreamSocket], [ListenSocket] and [DatagramSocket], of
/// which each is a [Socket].
///
/// Building blocks for protocols, none with a lock, a clock or a log of its own: [SendBuffer] and
/// [ReceiveBuffer] (a stream's octets), [DatagramQueue] and around it [DatagramInbox] (a datagram socket's
/// way in, and with [InboxSocket] its user's side of it), [Waiters] (who is woken and told). What they keep
/// alive is accounted by true size, and copied where keeping would cost more than twice the octets.
///
/// Locks: each socket's own, rank `ENDPOINT` or `LISTENER`, made by the protocol; it covers buffers and
/// waiters.
///
/// Threads: users call from any thread, holding nothing. Listeners are called by whatever thread brought
/// readiness about, holding nothing, one at a time per socket.
///
/// Deliberately missing: selectors and ancillary data; urgent data stays in line.
package org.splnet.socket;
