package org.splnet.driver;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.NativeAddress;

/// Where the kernel puts one frame: two pooled buffers at once, so that small frames are not copied and
/// nothing is allocated unless somebody keeps a frame. Belongs to a queue's reading thread.
///
/// One of the buffers, a little larger than the MTU, takes any ordinary frame whole and is handed up as it
/// is, so whoever keeps such a frame keeps 2 KiB and not 64. The other takes what is left of a merged frame,
/// behind a gap of the first one's size, into which that part is then copied: 2 KiB of up to 64, and the
/// frame lies in one piece.
///
/// ```text
///   ordinary  |gap|virtio|Ethernet … |             handed up if the frame ends here
///   large     |  copied from above   |… the rest|  handed up otherwise
/// ```
///
/// The slot keeps a reference of its own to both. If after the up-call it is the only one, the buffer is
/// used again.
public final class ReceiveSlot {
    /// Where a frame starts in its buffer: room for a virtio header in front, and the network header falls
    /// on a cache line.
    public static final int FRAME_AT = 50;
    /// Octets of the vectors that [#ReceiveSlot] is given.
    public static final int VECTORS_LEN = 2 * IoVectors.LEN;
    /// How many these are.
    public static final int VECTORS = 2;

    /// The largest IP packet, its Ethernet header and tags, the gap, and something to notice truncation by.
    private static final int LARGE = 65536 + 256;
    private static final int SMALLEST = 2048;

    private final VirtioNetHeader header = new VirtioNetHeader();
    private final DatagramCutter cutter = new DatagramCutter();
    private final IoVectors vectors;
    private final int headerLen;
    private final int ordinaryCapacity;
    private ByteBuf ordinary;
    private ByteBuf large;
    private long address;

    /// @param headerLen octets of the virtio header; 0 if the device has none
    /// @param vectors [#VECTORS_LEN] octets, aligned to 8, filled here for the kernel to read
    public ReceiveSlot(int headerLen, int mtu, MemorySegment vectors) {
        this.headerLen = headerLen;
        this.vectors = new IoVectors(vectors);
        int room = FRAME_AT + 14 + 2 * 4 + mtu;
        this.ordinaryCapacity = Math.clamp((room + 255) / 256 * 256L, SMALLEST, LARGE / 4);
    }

    /// Makes it ready to be read into.
    public void supply(PacketPool pool) {
        int readAt = FRAME_AT - headerLen;
        if (ordinary == null) {
            ordinary = pool.allocator().directBuffer(ordinaryCapacity);
            address = NativeAddress.of(ordinary) + readAt;
            vectors.aim(0, address, room());
        }
        if (large == null) {
            large = pool.allocator().directBuffer(LARGE);
            vectors.aim(1, NativeAddress.of(large) + ordinaryCapacity, LARGE - ordinaryCapacity);
        }
    }

    /// Where the first of the vectors points, for a frame that is brought there in another way than reading.
    public long address() {
        return address;
    }

    /// Octets of the first of the vectors.
    public int room() {
        return ordinaryCapacity - FRAME_AT + headerLen;
    }

    /// Hands the frame up that was read, cut into its datagrams if it is several, or drops it for what the
    /// device said of it.
    ///
    /// @param got octets that were read, header included
    public void hand(PacketPool pool, int got, DeviceQueue.Sink sink) {
        int frameLen = got - headerLen;
        if (frameLen <= 0 || FRAME_AT + frameLen >= LARGE) {
            pool.drops().add(DropReason.ETHER_TRUNCATED);
            return;
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
            return;
        }
        try {
            if (frame.gsoSize > 0 && DatagramCutter.isMergedDatagrams(frame)) {
                cutter.cut(frame, sink);
            } else {
                sink.frame(frame);
            }
        } finally {
            giveUpWhatIsKept();
        }
    }

    /// Gives the buffers back. Nobody reads any more.
    public void dispose() {
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
}
