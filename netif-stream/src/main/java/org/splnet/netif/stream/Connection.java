package org.splnet.netif.stream;

import org.splnet.net.Lease;
import org.splnet.unix.Fd;

/// One peer, from when it came until it went. Its descriptor is closed by the last one who is inside.
///
/// @param fd used only between entering and leaving `lease`
record Connection(int fd, Lease lease) {
    /// Takes over the descriptor.
    static Connection of(int fd) {
        return new Connection(fd, new Lease(() -> Fd.mine().close(fd)));
    }
}
