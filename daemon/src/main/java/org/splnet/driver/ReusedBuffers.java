package org.splnet.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.splnet.pkt.PacketPool;

/// Buffers of one size into which one frame after the other is read: each time the one that was read into
/// last, of those that nobody else has any more. It is the one most likely to be in the processor's cache
/// still; a pool that hands out in turn all that were ever out at once, as Netty's does, has the kernel copy
/// each frame into memory that nobody has touched for megabytes.
///
/// Keeps a reference of its own to each; one that has no other is free. What somebody keeps for long is his
/// in the end. Belongs to a queue's reading thread.
public final class ReusedBuffers {
    private final int capacity;
    private final ByteBuf[] buffers;    // the one that was read into last in front
    private int count;
    private ByteBuf current;            // the first; null: somebody has kept it

    /// @param capacity octets of each
    /// @param most how many
    public ReusedBuffers(int capacity, int most) {
        this.capacity = capacity;
        this.buffers = new ByteBuf[most];
    }

    /// The buffer for the next frame, borrowed until [#settle].
    public ByteBuf supply(PacketPool pool) {
        if (current == null) {
            current = take(pool.allocator());
        }
        return current;
    }

    /// The same, which [#supply] has made.
    ByteBuf get() {
        return current;
    }

    /// A frame has gone up: who has kept it has the buffer now. One that somebody makes longer, which may
    /// move it, is not used again.
    public void settle() {
        if (current == null) {
            return;
        }
        if (current.capacity() != capacity) {
            giveUp(0);
            current = null;
        } else if (current.refCnt() != 1) {
            current = null;
        }
    }

    /// Gives the buffers back.
    public void dispose() {
        while (count > 0) {
            giveUp(count - 1);
        }
        current = null;
    }

    private ByteBuf take(ByteBufAllocator allocator) {
        for (int i = 0; i < count; i++) {
            if (buffers[i].refCnt() == 1 && buffers[i].capacity() == capacity) {
                return toFront(i);
            }
        }
        ByteBuf fresh = allocator.directBuffer(capacity);
        if (count == buffers.length) {
            giveUp(count - 1);
        }
        buffers[count++] = fresh;
        return toFront(count - 1);
    }

    private ByteBuf toFront(int at) {
        ByteBuf taken = buffers[at];
        System.arraycopy(buffers, 0, buffers, 1, at);
        buffers[0] = taken;
        return taken;
    }

    private void giveUp(int at) {
        buffers[at].release();
        count--;
        System.arraycopy(buffers, at + 1, buffers, at, count - at);
        buffers[count] = null;
    }
}
