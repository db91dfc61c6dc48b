package org.splnet.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.pkt.Packet;
import org.splnet.unix.NativeAddress;

/// Describes one frame for the kernel to write: virtio header, head and pieces, gathered where they lie;
/// nothing copied, nothing allocated. Used under the interface's `TRANSMIT` lock, which guards its memory.
///
/// The virtio header goes into the headroom in front of the head if nobody else has that buffer, so that a
/// frame without pieces lies in one place: the kernel takes 0.1 µs less for `write` than for `writev`.
public final class FrameGather {
    /// No frame is longer: 64 KiB and the link layer's headers, generously.
    public static final int LONGEST = 65536 + 256;
    /// Octets of the vectors that [#FrameGather] is given: the header's, the head's, and the pieces'.
    public static final int VECTORS_LEN = (Packet.MAX_PIECES + 2) * IoVectors.LEN;

    private static final int HEADER_ROOM = 16;

    private final Arena arena = Arena.ofAuto();
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final MemorySegment headerOctets = arena.allocate(HEADER_ROOM, 8);
    private final ByteBuf apart = Unpooled.wrappedBuffer(headerOctets.asByteBuffer());
    private final IoVectors vectors;
    private final int headerLen;
    private long address;
    private int length;
    private MemorySegment bounce;
    private int bounced;

    /// @param headerLen octets of the virtio header; 0 if the device has none
    /// @param vectors [#VECTORS_LEN] octets, aligned to 8, filled here for the kernel to read
    public FrameGather(int headerLen, MemorySegment vectors) {
        this.headerLen = headerLen;
        this.vectors = new IoVectors(vectors);
    }

    /// Fills the vectors. Borrows `frame`, whose buffers must stay until the kernel has read them.
    ///
    /// @return how many vectors it takes; 0 if it is longer than any frame
    public int describe(Packet frame) {
        if (frame.length() > LONGEST) {
            return 0;
        }
        int count = 0;
        bounced = 0;
        ByteBuf head = frame.buf;
        int from = frame.start;
        if (from >= headerLen && head.refCnt() == 1) {
            from -= headerLen;
            fill(head, from, frame);
        } else if (headerLen > 0) {
            fill(apart, 0, frame);
            vectors.aim(count++, headerOctets.address(), headerLen);
        }
        add(count++, head, from, frame.end - from);
        for (int i = 0; i < frame.pieces(); i++) {
            add(count++, frame.pieceBuf(i), frame.pieceAt(i), frame.pieceLen(i));
        }
        return count;
    }

    private void fill(ByteBuf in, int at, Packet frame) {
        if (headerLen > 0) {
            header.wrap(in, at).fill(frame);
        }
        if (headerLen > VirtioNetHeader.LEN) {
            in.setShort(at + VirtioNetHeader.LEN, 0);       // VIRTIO 1.2 §5.1.6.2.1: num_buffers
        }
    }

    /// Where the last of the vectors points: if [#describe] took only one, the frame with its header.
    public long address() {
        return address;
    }

    /// Octets of the last of the vectors.
    public int length() {
        return length;
    }

    private void add(int vector, ByteBuf buf, int at, int len) {
        address = NativeAddress.known(buf) ? NativeAddress.of(buf) + at : bounce(buf, at, len);
        length = len;
        vectors.aim(vector, address, len);
    }

    // A heap or composite buffer has no address to give: the rare piece of one is copied.
    private long bounce(ByteBuf buf, int at, int len) {
        if (bounce == null) {
            bounce = arena.allocate(HEADER_ROOM + LONGEST);
        }
        buf.getBytes(at, bounce.asSlice(bounced, len).asByteBuffer());
        bounced += len;
        return bounce.address() + bounced - len;
    }
}
