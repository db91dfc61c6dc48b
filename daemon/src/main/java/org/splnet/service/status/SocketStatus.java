package org.splnet.service.status;

import java.util.Map;

/// One socket.
///
/// @param protocol `tcp` or `udp`
/// @param state `LISTEN`, `ESTABLISHED`, …; empty for UDP
/// @param local address and port
/// @param remote address and port, `*` if there is none
/// @param receiveQueue octets received and not read; of a listener, connections not accepted
/// @param sendQueue octets not sent or not acknowledged; of a listener, its backlog
/// @param details what else the protocol tells, by name
public record SocketStatus(String protocol, String state, String local, String remote, long receiveQueue,
        long sendQueue, Map<String, Object> details) { }
