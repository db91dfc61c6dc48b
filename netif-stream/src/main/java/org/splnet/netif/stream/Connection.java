package org.splnet.netif.stream;

import org.splnet.driver.DescriptorUse;
import org.splnet.unix.Fd;

/// One peer, from when it came until it went. Its descriptor is closed by the last one who is inside.
///
/// @param fd used only between entering and leaving `use`
record Connection(int fd, DescriptorUse use) {
    /// Takes over the descriptor.
    static Connection of(int fd) {
        return new Connection(fd, new DescriptorUse(() -> Fd.mine().close(fd)));
    }
}
