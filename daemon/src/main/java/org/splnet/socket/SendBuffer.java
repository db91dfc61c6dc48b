package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import org.splnet.pkt.Packet;

/// Octets to be sent or not yet acknowledged, by offset from the oldest (`so_snd`). References to the
/// buffers they came
/// in; small writes are gathered in chunks. Covered by its socket's lock.
public final class SendBuffer {
    /// @param limit octets it holds at most (`sb_hiwat`)
    /// @param allocator for gathering small writes
    public SendBuffer(int limit, io.netty.buffer.ByteBufAllocator allocator) {
        throw new UnsupportedOperationException();
    }

    /// Takes what there is room for. Borrows `data`, moves its reader index, retains what it keeps.
    ///
    /// @return octets taken
    public int append(ByteBuf data) {
        throw new UnsupportedOperationException();
    }

    /// Adds octets `[offset, offset + len)` to `packet` as pieces (retained), as far as its pieces reach.
    ///
    /// @return octets added, less than `len` only if the packet ran out of pieces
    public int slice(Packet packet, int offset, int len) {
        throw new UnsupportedOperationException();
    }

    /// The oldest `len` octets are acknowledged: releases them.
    public void drop(int len) {
        throw new UnsupportedOperationException();
    }

    /// Octets in it.
    public int used() {
        throw new UnsupportedOperationException();
    }

    /// Octets that fit; never negative.
    public int space() {
        throw new UnsupportedOperationException();
    }

    /// Octets it holds at most.
    public int limit() {
        throw new UnsupportedOperationException();
    }

    /// Changes the limit; what is in it stays.
    public void limit(int octets) {
        throw new UnsupportedOperationException();
    }

    /// Releases everything.
    public void clear() {
        throw new UnsupportedOperationException();
    }
}
