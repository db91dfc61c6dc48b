package org.splnet.service.status;

import java.util.LinkedHashMap;
import java.util.Map;

/// One socket.
///
/// @param protocol `tcp`, `udp` or `icmp`
/// @param state `LISTEN`, `ESTABLISHED`, …; empty for datagrams
/// @param local address and port, for ICMP echo the identifier
/// @param remote address and port, `*` if there is none
/// @param receiveQueue octets received and not read; of a listener, connections not accepted
/// @param sendQueue octets not sent or not acknowledged; of a listener, its backlog
/// @param details what else the protocol tells, by name
public record SocketStatus(String protocol, String state, String local, String remote, long receiveQueue,
        long sendQueue, Map<String, Object> details) {
    /// Of the details whose it is: a program of the host and its user.
    public static final String OWNER = "owner";

    /// The same for the network, which has no business with who is on the host.
    SocketStatus withoutOwner() {
        Map<String, Object> others = new LinkedHashMap<>(details);
        others.remove(OWNER);
        return new SocketStatus(protocol, state, local, remote, receiveQueue, sendQueue, others);
    }
}
