package org.splnet.driver;

import io.netty.buffer.ByteBuf;
import org.splnet.pkt.PacketPool;

/// A pooled buffer into which one frame after the other is read. It keeps a reference of its own: if after
/// the up-call that is the only one, the buffer is used again; else it is theirs who have kept it, and there
/// is another one for the next frame. Belongs to a queue's reading thread.
public final class ReusedBuffer {
    private final int capacity;
    private ByteBuf buf;

    /// @param capacity octets
    public ReusedBuffer(int capacity) {
        this.capacity = capacity;
    }

    /// The buffer, borrowed until [#settle]; made if there is none.
    public ByteBuf supply(PacketPool pool) {
        if (buf == null) {
            buf = pool.allocator().directBuffer(capacity);
        }
        return buf;
    }

    /// The same, which [#supply] has made.
    ByteBuf get() {
        return buf;
    }

    /// A frame has gone up. Gives the buffer up if somebody has kept it, or made it longer, which may have
    /// moved it.
    public void settle() {
        if (buf != null && (buf.refCnt() != 1 || buf.capacity() != capacity)) {
            dispose();
        }
    }

    /// Gives the buffer back.
    public void dispose() {
        if (buf != null) {
            buf.release();
            buf = null;
        }
    }
}
