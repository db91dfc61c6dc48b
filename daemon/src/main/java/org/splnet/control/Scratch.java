package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// A buffer for one read at a time of many that read by one thread, so that none of them has one of its own
/// while nothing comes. Whoever needs octets of it longer keeps a reference.
final class Scratch {
    private final ByteBufAllocator allocator;
    private final int octets;
    private ByteBuf buf;

    Scratch(ByteBufAllocator allocator, int octets) {
        this.allocator = allocator;
        this.octets = octets;
    }

    /// It, without octets; borrowed.
    ByteBuf empty() {
        if (buf != null && buf.refCnt() > 1) {
            close();
        }
        buf = buf == null ? allocator.directBuffer(octets, octets) : buf.clear();
        return buf;
    }

    void close() {
        if (buf != null) {
            buf.release();
            buf = null;
        }
    }
}
