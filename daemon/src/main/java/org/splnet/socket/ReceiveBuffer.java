package org.splnet.socket;

import io.netty.buffer.ByteBuf;

/// Octets received in order and not read (`so_rcv`). Keeps references to large payloads and copies small
/// ones into
/// compact chunks, so that a segment of one octet never pins 64 KiB; what it pins is accounted by true size.
/// Covered by its
/// socket's lock.
public final class ReceiveBuffer {
    /// @param limit octets it holds at most
    public ReceiveBuffer(int limit, io.netty.buffer.ByteBufAllocator allocator) {
        throw new UnsupportedOperationException();
    }

    /// Appends `len` octets of `from` at `at`. Borrows `from`, retains it if it keeps it.
    public void append(ByteBuf from, int at, int len) {
        throw new UnsupportedOperationException();
    }

    /// The oldest octets, at most `max`, contiguous where they lie so; the caller owns the result.
    ///
    /// @return null if empty
    public ByteBuf take(int max) {
        throw new UnsupportedOperationException();
    }

    /// Octets in it.
    public int used() {
        throw new UnsupportedOperationException();
    }

    /// Octets that still fit, by true size of what is pinned; never negative.
    public int space() {
        throw new UnsupportedOperationException();
    }

    /// Octets it holds at most.
    public int limit() {
        throw new UnsupportedOperationException();
    }

    /// Changes the limit.
    public void limit(int octets) {
        throw new UnsupportedOperationException();
    }

    /// Releases everything.
    public void clear() {
        throw new UnsupportedOperationException();
    }
}
