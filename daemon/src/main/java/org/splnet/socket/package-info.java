/// Sockets as their users see them: streams, listeners, datagrams, readiness, buffers, errors.
///
/// May use: `pkt`, `wire`, `kern`. Protocols stand behind it through [org.splnet.socket.StreamProtocol] and
/// [org.splnet.socket.DatagramProtocol].
package org.splnet.socket;
