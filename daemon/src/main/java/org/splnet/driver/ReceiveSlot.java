package org.splnet.driver;

import io.netty.buffer.ByteBuf;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.NativeAddress;
import org.splnet.wire.EtherHeader;

/// Where the kernel puts one frame, and what becomes of it: ordinary buffers and a few large ones, which
/// stay until the end, so that nothing is allocated unless somebody keeps many. Belongs to a queue's reading
/// thread.
///
/// Any frame fits into the large buffer, which is what a system call reads into. From there a frame no longer
/// than the MTU is copied into the ordinary one, so whoever keeps such a frame keeps 2 KiB and not 64. That
/// takes 10 ns for 1,500 octets; to have the kernel fill two buffers, as `readv` would, takes 85.
///
/// All are used again unless somebody keeps what is in them ([ReusedBuffers]).
public final class ReceiveSlot {
    /// Where a frame starts in its buffer: room for a virtio header in front, and the network header falls
    /// on a cache line.
    public static final int FRAME_AT = 50;

    /// The largest IP packet, its Ethernet header and tags, and something to notice truncation by.
    private static final int LARGE = 65536 + 256;
    private static final int SMALLEST = 2048;
    /// Large buffers: those of a batch, and what its readers have not come to.
    private static final int LARGE_KEPT = 8;
    /// Ordinary ones: those of a batch.
    private static final int ORDINARY_KEPT = 64;

    private final VirtioNetHeader header = new VirtioNetHeader();
    private final DatagramCutter cutter = new DatagramCutter();
    private final int headerLen;
    private final int readAt;
    private final int ordinaryCapacity;
    private final ReusedBuffers ordinary;
    private final ReusedBuffers large = new ReusedBuffers(LARGE, LARGE_KEPT);

    /// @param headerLen octets of the virtio header; 0 if the device has none
    public ReceiveSlot(int headerLen, int mtu) {
        this.headerLen = headerLen;
        this.readAt = FRAME_AT - headerLen;
        int room = FRAME_AT + EtherHeader.DOUBLE_TAGGED_LEN + mtu;
        this.ordinaryCapacity = Math.clamp((room + 255) / 256 * 256L, SMALLEST, LARGE / 4);
        this.ordinary = new ReusedBuffers(ordinaryCapacity, ORDINARY_KEPT);
    }

    /// Makes it ready to be filled.
    public void supply(PacketPool pool) {
        ordinary.supply(pool);
        large.supply(pool);
    }

    /// Where a frame of any length is to be put, its virtio header in front; then it is for [#hand].
    public long address() {
        return NativeAddress.of(large.get()) + readAt;
    }

    /// Octets there are at [#address]. Who fills them all may have had more.
    public int room() {
        return LARGE - readAt;
    }

    /// Where an ordinary frame can be put at once, its virtio header in front; then it is for
    /// [#handOrdinary].
    public long ordinaryAddress() {
        return NativeAddress.of(ordinary.get()) + readAt;
    }

    /// Octets there are at [#ordinaryAddress].
    public int ordinaryRoom() {
        return ordinaryCapacity - readAt;
    }

    /// Hands the frame up that was put at [#address], cut into its datagrams if it is several, or drops it
    /// for what the device said of it.
    ///
    /// @param got octets that were put there, header included
    public void hand(PacketPool pool, int got, DeviceQueue.Sink sink) {
        if (got <= headerLen || got >= room()) {
            pool.drops().add(DropReason.ETHER_TRUNCATED);
        } else if (got <= ordinaryRoom()) {
            ordinary.get().setBytes(readAt, large.get(), readAt, got);
            hand(pool, ordinary.get(), got - headerLen, sink);
        } else {
            hand(pool, large.get(), got - headerLen, sink);
        }
    }

    /// The same for what was put at [#ordinaryAddress].
    public void handOrdinary(PacketPool pool, int got, DeviceQueue.Sink sink) {
        if (got <= headerLen) {
            pool.drops().add(DropReason.ETHER_TRUNCATED);
        } else {
            hand(pool, ordinary.get(), got - headerLen, sink);
        }
    }

    private void hand(PacketPool pool, ByteBuf holder, int frameLen, DeviceQueue.Sink sink) {
        holder.setIndex(FRAME_AT, FRAME_AT + frameLen);
        Packet frame = pool.wrap(holder.retain(), FRAME_AT, frameLen);
        if (headerLen > 0 && !header.wrap(holder, readAt).describe(frame)) {
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
            ordinary.settle();
            large.settle();
        }
    }

    /// Gives the buffers back. Nobody reads any more.
    public void dispose() {
        ordinary.dispose();
        large.dispose();
    }
}
