package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.splnet.pkt.Packet;

/// Octets to be sent or not yet acknowledged, by offset from the oldest (`so_snd`). References to the
/// buffers they came in; small writes are gathered in chunks. Covered by its socket's lock.
///
/// What is kept by reference must have a native address, because drivers hand addresses to the kernel;
/// octets from anywhere else (heap, composite) are copied. The limit counts octets; [OctetQueue] keeps the
/// memory that they pin within twice that plus [#SLACK].
public final class SendBuffer {
    /// Generous, because what is pinned is mostly one buffer that the client sends from again and again.
    static final int SLACK = 1 << 20;

    private final OctetQueue octets;
    private int limit;

    /// @param limit octets it holds at most (`sb_hiwat`)
    /// @param allocator for gathering small writes
    public SendBuffer(int limit, ByteBufAllocator allocator) {
        this.octets = new OctetQueue(allocator, SLACK);
        this.limit = limit;
    }

    /// Takes what there is room for. Borrows `data`, moves its reader index, retains what it keeps.
    ///
    /// @return octets taken
    public int append(ByteBuf data) {
        return append(data, data.readableBytes());
    }

    /// Takes what there is room for, but no more than `max` octets. Borrows `data` as [#append(ByteBuf)].
    ///
    /// @return octets taken
    public int append(ByteBuf data, int max) {
        int at = data.readerIndex();
        int len = Math.min(Math.min(data.readableBytes(), max), space());
        if (len == 0) {
            return 0;
        }
        if (octets.continues(data, at)
                || data.hasMemoryAddress() && octets.worthKeeping(data, len)) {
            octets.keep(data, at, len);
        } else {
            octets.copy(data, at, len);
        }
        data.skipBytes(len);
        return len;
    }

    /// How much room a packet needs for what [#slice] copies of `len` octets.
    public static int copied(int len) {
        return len <= Packet.COPY ? len : 0;
    }

    /// Adds octets `[offset, offset + len)` to `packet`, which has no pieces: as pieces (retained), as far as
    /// those reach, or, few, copied behind what it has.
    ///
    /// @return octets added, less than `len` only if the packet ran out of pieces
    public int slice(Packet packet, int offset, int len) {
        return octets.slice(packet, offset, len);
    }

    /// The oldest `len` octets are acknowledged: releases them.
    public void drop(int len) {
        octets.drop(len);
    }

    /// Octets in it.
    public int used() {
        return octets.length();
    }

    /// Octets that fit; never negative.
    public int space() {
        return Math.max(0, limit - octets.length());
    }

    /// Octets it holds at most.
    public int limit() {
        return limit;
    }

    /// Changes the limit; what is in it stays.
    public void limit(int octets) {
        limit = octets;
    }

    /// Memory that what is in it keeps from being reused, in octets.
    public long pinned() {
        return octets.pinned();
    }

    /// Releases everything.
    public void clear() {
        octets.clear();
    }
}
