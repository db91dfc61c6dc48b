package org.splnet.socket;

import java.util.LinkedHashMap;
import java.util.Map;
import org.splnet.wire.Endpoint;

/// A datagram socket as it is shown to people, at one moment.
///
/// @param local our end; for ICMP echo the port is the identifier
/// @param remote the peer, null if there is none
/// @param pathMtu largest IP packet that is known to get through to the peer, 0 if there is none
/// @param queuedDatagrams datagrams that wait to be read
/// @param queuedOctets their octets
/// @param drops datagrams lost because they came faster than they were read
/// @param tag whose socket it is, in words
public record DatagramInfo(Endpoint local, Endpoint remote, int pathMtu, int queuedDatagrams,
        int queuedOctets, long drops, String tag) {
    /// What is not of every protocol, by name.
    public Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        if (pathMtu > 0) {
            details.put("pathMtu", pathMtu);
        }
        details.put("queuedDatagrams", queuedDatagrams);
        details.put("drops", drops);
        return details;
    }
}
