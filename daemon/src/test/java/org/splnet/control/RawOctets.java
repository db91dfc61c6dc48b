package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.unix.Fd;

/// Octets at a descriptor as it takes and gives them, without waiting.
///
/// @param fd the descriptor, whatever it is
record RawOctets(int fd) {
    private static final int MOST = 1 << 16;

    /// Writes what there is room for.
    void offer(byte[] octets) {
        ByteBuf buf = Unpooled.directBuffer(Math.max(octets.length, 1)).writeBytes(octets);
        Fd.mine().write(fd, buf);
        buf.release();
    }

    /// Reads, and throws away, what is there.
    ///
    /// @return octets read
    int drain() {
        ByteBuf buf = Unpooled.directBuffer(MOST, MOST);
        int all = 0;
        for (int n; (n = Fd.mine().read(fd, buf)) > 0; buf.clear()) {
            all += n;
        }
        buf.release();
        return all;
    }
}
