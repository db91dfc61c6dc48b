package org.splnet.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;

/// A connection that waits to be taken over.
///
/// @param socket its number
/// @param local our end
/// @param remote the other end
record Announcement(long socket, InetSocketAddress local, InetSocketAddress remote) {
    /// One line of a listener's.
    static Announcement parse(String line) throws IOException {
        Map<String, Object> members = FlatJson.read(line);
        if (members.get("socket") instanceof Long socket && members.get("local") instanceof String local
                && members.get("remote") instanceof String remote) {
            return new Announcement(socket, EndPoint.parse(local), EndPoint.parse(remote));
        }
        throw new IOException("the daemon announces '" + line + "'");
    }
}
