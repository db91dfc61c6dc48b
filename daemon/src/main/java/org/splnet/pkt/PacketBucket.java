package org.splnet.pkt;

import io.netty.buffer.ByteBuf;

/// What a thread that carries packets has freed and will need again, the last first, as of UMA's buckets for
/// each processor: those are still in its cache. The pools behind it hand out in turn all that was ever out
/// at once, so that each packet would be written to memory that has gone cold. Used by one thread.
final class PacketBucket {
    /// Octets of a buffer that is kept: [Packet#HEADROOM], the longest headers, and [Packet#COPY] of text.
    static final int HEAD = 768;
    private static final int MOST = 64;

    private final Packet[] packets = new Packet[MOST];
    private final ByteBuf[] heads = new ByteBuf[MOST];
    private int packetCount;
    private int headCount;

    /// A freed packet, or null.
    Packet packet() {
        return packetCount == 0 ? null : packets[--packetCount];
    }

    /// A buffer of [#HEAD] octets that nobody else has, or null. The caller owns it.
    ByteBuf head() {
        return headCount == 0 ? null : heads[--headCount];
    }

    /// Takes over a freed packet, if there is room.
    boolean keep(Packet packet) {
        if (packetCount == MOST) {
            return false;
        }
        packets[packetCount++] = packet;
        return true;
    }

    /// Takes over the caller's reference, if nobody else has one, the buffer is of the kind, and there is
    /// room.
    boolean keep(ByteBuf buf) {
        if (headCount == MOST || buf.capacity() != HEAD || buf.refCnt() != 1) {
            return false;
        }
        heads[headCount++] = buf.clear();
        return true;
    }

    /// Gives everything back.
    void empty() {
        for (Packet packet; (packet = packet()) != null; ) {
            packet.recycle();
        }
        for (ByteBuf head; (head = head()) != null; ) {
            head.release();
        }
    }
}
