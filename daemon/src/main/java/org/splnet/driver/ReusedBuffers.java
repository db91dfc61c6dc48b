package org.splnet.driver;

import io.netty.buffer.ByteBuf;
import org.splnet.pkt.PacketPool;

/// Buffers of one size into which one frame after the other is read, from the first again as soon as nobody
/// has that any more: so the fewest there need be go round, and are still in the processor's cache. A pool
/// that hands out in turn all that were ever out at once, as Netty's does, has the kernel copy each frame
/// into memory that nobody has touched for megabytes.
///
/// Keeps a reference of its own to each; one that has no other is free. One that is not when its turn comes
/// is theirs who have it. Belongs to a queue's reading thread.
public final class ReusedBuffers {
    private final int capacity;
    private final ByteBuf[] buffers;
    private int next;
    private ByteBuf current;            // null: somebody has kept it

    /// @param capacity octets of each
    /// @param most how many
    public ReusedBuffers(int capacity, int most) {
        this.capacity = capacity;
        this.buffers = new ByteBuf[most];
    }

    /// The buffer for the next frame, borrowed until [#settle].
    public ByteBuf supply(PacketPool pool) {
        if (current == null) {
            int at = free(0) ? 0 : next;
            if (!free(at)) {
                ByteBuf fresh = pool.allocator().directBuffer(capacity);
                giveUp(at);
                buffers[at] = fresh;
            }
            current = buffers[at];
            next = at + 1 == buffers.length ? 0 : at + 1;
        }
        return current;
    }

    /// The same, which [#supply] has made.
    ByteBuf get() {
        return current;
    }

    /// A frame has gone up: who has kept it has the buffer now.
    public void settle() {
        if (current != null && !free(current)) {
            current = null;
        }
    }

    /// Gives the buffers back.
    public void dispose() {
        for (int i = 0; i < buffers.length; i++) {
            giveUp(i);
        }
        current = null;
    }

    private boolean free(int at) {
        return buffers[at] != null && free(buffers[at]);
    }

    /// Not if somebody has made it longer: that may have moved it.
    private boolean free(ByteBuf buf) {
        return buf.refCnt() == 1 && buf.capacity() == capacity;
    }

    private void giveUp(int at) {
        if (buffers[at] != null) {
            buffers[at].release();
            buffers[at] = null;
        }
    }
}
