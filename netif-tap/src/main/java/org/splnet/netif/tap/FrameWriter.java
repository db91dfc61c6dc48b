package org.splnet.netif.tap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.driver.FrameGather;
import org.splnet.pkt.Packet;
import org.splnet.unix.Errno;
import org.splnet.unix.Libc;

/// Writes frames to a TAP: one `write` or `writev` each ([FrameGather]). Used under the interface's
/// `TRANSMIT` lock, which guards its memory.
final class FrameWriter {
    private final Libc libc = new Libc();
    private final MemorySegment iovecs = Arena.ofAuto().allocate(FrameGather.VECTORS_LEN, 8);
    private final FrameGather gather;
    private final int tap;

    /// @param headerLen octets of the virtio header; 0 if the TAP has none
    FrameWriter(int tap, int headerLen) {
        this.tap = tap;
        this.gather = new FrameGather(headerLen, iovecs);
    }

    /// Writes one frame. Borrows `frame`.
    ///
    /// @return what the kernel took, or `-errno`
    long write(Packet frame) {
        int count = gather.describe(frame);
        if (count == 0) {
            return -Errno.EINVAL;
        }
        long wrote;
        do {
            wrote = count == 1 ? libc.write(tap, gather.address(), gather.length())
                    : libc.writev(tap, iovecs.address(), count);
        } while (wrote == -Errno.EINTR);
        return wrote;
    }
}
