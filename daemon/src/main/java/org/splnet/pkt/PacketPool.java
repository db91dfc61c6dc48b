package org.splnet.pkt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.Recycler;

/// Where packets come from: recycled [Packet] objects over pooled direct buffers. One per stack. Any thread.
public final class PacketPool {
    /// For all pools: each recycler takes a place in every thread's table of such, for good.
    private static final Recycler<Packet> RECYCLER = new Recycler<>() {
        @Override
        protected Packet newObject(Handle<Packet> handle) {
            return new Packet((EnhancedHandle<Packet>) handle);
        }
    };

    private final ByteBufAllocator allocator;
    private final DropCounters drops = new DropCounters();

    /// @param allocator gives direct buffers
    public PacketPool(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /// An empty packet with [Packet#HEADROOM] in front and room for `size` octets; `start == end`.
    /// The caller owns it.
    public Packet allocate(int size) {
        Packet packet = fresh();
        packet.buf = allocator.directBuffer(Packet.HEADROOM + size);
        packet.start = Packet.HEADROOM;
        packet.end = Packet.HEADROOM;
        return packet;
    }

    /// A packet that is `len` octets of `buf` from `at`. Consumes one reference to `buf`; the caller owns
    /// the packet.
    public Packet wrap(ByteBuf buf, int at, int len) {
        Packet packet = fresh();
        packet.buf = buf;
        packet.start = at;
        packet.l2 = at;
        packet.end = at + len;
        return packet;
    }

    private Packet fresh() {
        Packet packet = RECYCLER.get();
        packet.pool = this;
        return packet;
    }

    /// The stack's drop counters.
    public DropCounters drops() {
        return drops;
    }

    /// The allocator, for buffers that are not packets.
    public ByteBufAllocator allocator() {
        return allocator;
    }
}
