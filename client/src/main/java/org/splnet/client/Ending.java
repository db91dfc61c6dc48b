package org.splnet.client;

import java.net.SocketException;

/// How a connection ended.
///
/// @param errno the name of what broke it; null if nothing did
/// @param fin whether the peer's FIN had come before
record Ending(String errno, boolean fin) {
    /// What whoever reads is told; null if it is the end of the stream. Behind a FIN that is all that comes,
    /// and what went wrong since is for a write.
    SocketException toReader() {
        return errno == null || fin ? null : Errno.broken(errno);
    }

    /// What whoever writes is told. In CLOSE-WAIT the kernel takes a reset for what the program has brought
    /// on itself; to other resets the JDK gives the system's own words.
    SocketException toWriter() {
        if (errno == null || fin && errno.equals("ECONNRESET")) {
            return Errno.broken("EPIPE");
        }
        return errno.equals("ECONNRESET") ? new SocketException("Connection reset by peer")
                : Errno.broken(errno);
    }
}
