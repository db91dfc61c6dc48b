package org.splnet.pkt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.Recycler;
import io.netty.util.concurrent.FastThreadLocal;

/// Where packets come from: recycled [Packet] objects over pooled direct buffers. One per stack. Any thread;
/// one that carries packets all day says so ([#beginHere]), and gets back first what it has freed last.
public final class PacketPool {
    /// For all pools: each recycler takes a place in every thread's table of such, for good.
    private static final Recycler<Packet> RECYCLER = new Recycler<>() {
        @Override
        protected Packet newObject(Handle<Packet> handle) {
            return new Packet((EnhancedHandle<Packet>) handle);
        }
    };

    /// Of the threads that carry packets.
    private static final FastThreadLocal<PacketBucket> BUCKETS = new FastThreadLocal<>() {
        @Override
        protected void onRemoval(PacketBucket bucket) {     // by the thread that ends, if not before
            if (bucket != null) {
                bucket.empty();
            }
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
        PacketBucket bucket = BUCKETS.get();
        Packet packet = fresh(bucket);
        packet.buf = buffer(bucket, Packet.HEADROOM + size);
        packet.start = Packet.HEADROOM;
        packet.end = Packet.HEADROOM;
        return packet;
    }

    /// As [#allocate], for whom it is no fault that there is no memory.
    ///
    /// @return null if there is none, which is counted
    public Packet tryAllocate(int size) {
        try {
            return allocate(size);
        } catch (OutOfMemoryError e) {                      // of buffers: Netty's limit
            drops.add(DropReason.NO_BUFFERS);
            return null;
        }
    }

    /// A packet that is `len` octets of `buf` from `at`. Consumes one reference to `buf`; the caller owns
    /// the packet.
    public Packet wrap(ByteBuf buf, int at, int len) {
        Packet packet = fresh(BUCKETS.get());
        packet.buf = buf;
        packet.start = at;
        packet.l2 = at;
        packet.end = at + len;
        return packet;
    }

    private Packet fresh(PacketBucket bucket) {
        Packet packet = bucket == null ? null : bucket.packet();
        if (packet == null) {
            packet = RECYCLER.get();
        }
        packet.pool = this;
        return packet;
    }

    private ByteBuf buffer(PacketBucket bucket, int octets) {
        if (bucket == null || octets > PacketBucket.HEAD) {
            return allocator.directBuffer(octets);
        }
        ByteBuf head = bucket.head();
        return head == null ? allocator.directBuffer(PacketBucket.HEAD) : head;
    }

    /// Takes back a packet that nobody has any more, and its reference to `buf`, which may be null.
    void free(Packet packet, ByteBuf buf) {
        PacketBucket bucket = BUCKETS.get();
        if (buf != null) {
            giveBack(bucket, buf);
        }
        if (bucket == null || !bucket.keep(packet)) {
            packet.recycle();
        }
    }

    /// Takes back a reference to a packet's buffer from who sends it later than the packet is freed.
    public static void giveBack(ByteBuf buf) {
        giveBack(BUCKETS.get(), buf);
    }

    private static void giveBack(PacketBucket bucket, ByteBuf buf) {
        if (bucket == null || !bucket.keep(buf)) {
            buf.release();
        }
    }

    /// The calling thread carries packets until [#endHere], all from pools with this one's allocator: what it
    /// frees it may keep for its next ones.
    public void beginHere() {
        if (BUCKETS.get() == null) {
            BUCKETS.set(new PacketBucket());
        }
    }

    /// It no longer does: gives back what the calling thread has kept.
    public void endHere() {
        BUCKETS.remove();
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
