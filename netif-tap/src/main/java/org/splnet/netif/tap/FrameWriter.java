package org.splnet.netif.tap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.pkt.Packet;

/// Writes frames to a TAP: virtio header, head and pieces gathered by one `writev`, nothing copied, nothing
/// allocated. Used under the interface's `TRANSMIT` lock, which guards its memory.
final class FrameWriter {
    private static final int IOVEC_LEN = 16;
    /// No frame is longer: 64 KiB and the link layer's headers, generously.
    private static final int LONGEST = 65536 + 256;

    private final Arena arena = Arena.ofAuto();
    private final Libc libc = new Libc();
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final MemorySegment headerOctets = arena.allocate(64, 8);
    private final MemorySegment iovecs = arena.allocate((Packet.MAX_PIECES + 2L) * IOVEC_LEN, 8);
    private final int tap;
    private final int headerLen;
    private MemorySegment bounce;
    private int bounced;

    /// @param headerLen octets of the virtio header; 0 if the TAP has none
    FrameWriter(int tap, int headerLen) {
        this.tap = tap;
        this.headerLen = headerLen;
        header.wrap(Unpooled.wrappedBuffer(headerOctets.asByteBuffer()), 0);
        aim(0, headerOctets.address(), headerLen);
    }

    /// Writes one frame. Borrows `frame`.
    ///
    /// @return what the kernel took, or `-errno`
    long write(Packet frame) {
        if (frame.length() > LONGEST) {
            return -Errno.EINVAL;
        }
        int count = 0;
        bounced = 0;
        if (headerLen > 0) {
            header.fill(frame);
            count++;
        }
        add(count++, frame.buf, frame.start, frame.end - frame.start);
        for (int i = 0; i < frame.pieces(); i++) {
            add(count++, frame.pieceBuf(i), frame.pieceAt(i), frame.pieceLen(i));
        }
        long wrote;
        do {
            wrote = libc.writev(tap, iovecs, count);
        } while (wrote == -Errno.EINTR);
        return wrote;
    }

    private void add(int iovec, ByteBuf buf, int at, int len) {
        aim(iovec, NativeAddress.known(buf) ? NativeAddress.of(buf) + at : bounce(buf, at, len), len);
    }

    // A heap or composite buffer has no address to give: the rare piece of one is copied.
    private long bounce(ByteBuf buf, int at, int len) {
        if (bounce == null) {
            bounce = arena.allocate(LONGEST);
        }
        buf.getBytes(at, bounce.asSlice(bounced, len).asByteBuffer());
        bounced += len;
        return bounce.address() + bounced - len;
    }

    private void aim(int iovec, long address, long len) {
        iovecs.set(JAVA_LONG, iovec * (long) IOVEC_LEN, address);
        iovecs.set(JAVA_LONG, iovec * (long) IOVEC_LEN + 8, len);
    }
}
