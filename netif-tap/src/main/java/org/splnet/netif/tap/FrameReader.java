package org.splnet.netif.tap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// Reads frames from a TAP into pooled buffers: one `readv` each, no copy of small ones, no allocation unless
/// somebody keeps a frame. Belongs to the queue's reading thread.
///
/// A frame is read into two buffers at once. One of them, a little larger than the MTU, takes any ordinary
/// frame whole and is handed up as it is, so whoever keeps such a frame keeps 2 KiB and not 64. The other
/// takes what is left of a merged frame, behind a gap of the first one's size, into which that part is then
/// copied: 2 KiB of up to 64, and the frame lies in one piece.
///
/// ```text
///   ordinary  |gap|virtio|Ethernet … |             handed up if the frame ends here
///   large     |  copied from above   |… the rest|  handed up otherwise
/// ```
///
/// This reader keeps a reference of its own to both. If after the up-call it is the only one, the buffer is
/// used again.
final class FrameReader {
    /// Where a frame starts in its buffer: room for a virtio header in front, and the network header falls
    /// on a cache line.
    static final int FRAME_AT = 50;
    /// The largest IP packet, its Ethernet header and tags, the gap, and something to notice truncation by.
    private static final int LARGE = 65536 + 256;
    private static final int SMALLEST = 2048;
    private static final int IOVEC_LEN = 16;

    private final Libc libc = new Libc();
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final MemorySegment iovecs = Arena.ofAuto().allocate(2 * IOVEC_LEN, 8);
    private final int tap;
    private final int headerLen;
    private final int ordinaryCapacity;
    private ByteBuf ordinary;
    private ByteBuf large;

    /// @param headerLen octets of the virtio header; 0 if the TAP has none
    FrameReader(int tap, int headerLen, int mtu) {
        this.tap = tap;
        this.headerLen = headerLen;
        int room = FRAME_AT + 14 + 2 * 4 + mtu;
        this.ordinaryCapacity = Math.clamp((room + 255) / 256 * 256L, SMALLEST, LARGE / 4);
    }

    /// Reads one frame, if one waits, and hands it up or drops it for what the device said of it.
    ///
    /// @return 1 if there was one, else `-errno`
    int read(PacketPool pool, DeviceQueue.Sink sink) {
        if (ordinary == null || large == null) {
            supply(pool);
        }
        long got = libc.readv(tap, iovecs, 2);
        if (got < 0) {
            return (int) got;
        }
        int frameLen = (int) got - headerLen;
        if (frameLen <= 0 || FRAME_AT + frameLen >= LARGE) {
            pool.drops().add(DropReason.ETHER_TRUNCATED);
            return 1;
        }
        boolean fits = FRAME_AT + frameLen <= ordinaryCapacity;
        if (!fits) {
            large.setBytes(FRAME_AT, ordinary, FRAME_AT, ordinaryCapacity - FRAME_AT);
        }
        ByteBuf holder = fits ? ordinary : large;
        holder.setIndex(FRAME_AT, FRAME_AT + frameLen);
        Packet frame = pool.wrap(holder.retain(), FRAME_AT, frameLen);
        if (headerLen > 0 && !header.wrap(ordinary, FRAME_AT - headerLen).describe(frame)) {
            frame.drop(DropReason.ETHER_BAD_OFFLOAD);
            return 1;
        }
        try {
            sink.frame(frame);
        } finally {
            giveUpWhatIsKept();
        }
        return 1;
    }

    /// Gives the buffers back. Nobody reads any more.
    void dispose() {
        if (ordinary != null) {
            ordinary.release();
            ordinary = null;
        }
        if (large != null) {
            large.release();
            large = null;
        }
    }

    // somebody may also have made it longer, which may have moved it
    private void giveUpWhatIsKept() {
        if (ordinary.refCnt() != 1 || ordinary.capacity() != ordinaryCapacity) {
            ordinary.release();
            ordinary = null;
        }
        if (large.refCnt() != 1 || large.capacity() != LARGE) {
            large.release();
            large = null;
        }
    }

    private void supply(PacketPool pool) {
        int readAt = FRAME_AT - headerLen;
        if (ordinary == null) {
            ordinary = pool.allocator().directBuffer(ordinaryCapacity);
            aim(0, NativeAddress.of(ordinary) + readAt, ordinaryCapacity - readAt);
        }
        if (large == null) {
            large = pool.allocator().directBuffer(LARGE);
            aim(1, NativeAddress.of(large) + ordinaryCapacity, LARGE - ordinaryCapacity);
        }
    }

    private void aim(int iovec, long address, long len) {
        iovecs.set(JAVA_LONG, iovec * (long) IOVEC_LEN, address);
        iovecs.set(JAVA_LONG, iovec * (long) IOVEC_LEN + 8, len);
    }
}
