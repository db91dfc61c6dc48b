package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.splnet.pkt.Packet;

/// Octets that tell where in a stream they belong.
final class Pattern {
    private Pattern() { }

    /// The octet at that place.
    static byte at(long position) {
        return (byte) (position * 0x9e37_79b9_7f4a_7c15L >>> 56);
    }

    /// `len` octets of the stream from `position`, in a pooled direct buffer of that capacity.
    static ByteBuf direct(long position, int len) {
        return fill(PooledByteBufAllocator.DEFAULT.directBuffer(len, len), position, len);
    }

    /// The same on the heap.
    static ByteBuf heap(long position, int len) {
        return fill(Unpooled.buffer(len, len), position, len);
    }

    /// The same somewhere in a larger direct buffer; reader and writer index enclose it.
    static ByteBuf within(int capacity, int at, long position, int len) {
        ByteBuf buf = PooledByteBufAllocator.DEFAULT.directBuffer(capacity, capacity);
        return fill(buf.setIndex(at, at), position, len);
    }

    private static ByteBuf fill(ByteBuf buf, long position, int len) {
        for (int i = 0; i < len; i++) {
            buf.writeByte(at(position + i));
        }
        return buf;
    }

    /// True if `buf[index, index + len)` is the stream from `position`.
    static boolean matches(ByteBuf buf, int index, int len, long position) {
        for (int i = 0; i < len; i++) {
            if (buf.getByte(index + i) != at(position + i)) {
                return false;
            }
        }
        return true;
    }

    /// True if the pieces of `packet` are the stream from `position`.
    static boolean matches(Packet packet, long position) {
        long at = position;
        for (int i = 0; i < packet.pieces(); i++) {
            if (!matches(packet.pieceBuf(i), packet.pieceAt(i), packet.pieceLen(i), at)) {
                return false;
            }
            at += packet.pieceLen(i);
        }
        return true;
    }
}
