package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// Octets received in order and not read (`so_rcv`). Keeps references to large payloads and copies small
/// ones into compact chunks, so that a segment of one octet never pins 64 KiB. Covered by its socket's lock.
///
/// **Why counting octets is enough.** A window that was offered must be honoured: the right edge never
/// moves left (RFC 9293 3.8.6), whatever sizes of segments the other end chooses to fill it with. So memory
/// cannot be bounded by refusing octets, nor by an account that sinks faster than octets arrive. It is
/// bounded by copying instead: [#append] keeps a reference only if that leaves what is pinned in
/// proportion, and copies otherwise ([OctetQueue]). Hence, at any time,
///
/// - `pinned <= 2 * used + SLACK` plus the buffer that is just being read and two chunks, and
/// - the room, `limit - used`, changes by exactly what arrives and what is read: an append within the offered
///   window leaves the right edge where it was, a read moves it right.
public final class ReceiveBuffer {
    /// Room for a few partly filled large frames.
    static final int SLACK = 64 << 10;

    private final OctetQueue octets;
    private int limit;

    /// @param limit octets it holds at most
    /// @param allocator gives chunks
    public ReceiveBuffer(int limit, ByteBufAllocator allocator) {
        this.octets = new OctetQueue(allocator, SLACK);
        this.limit = limit;
    }

    /// Appends `len` octets of `from` at `at`. Borrows `from`, retains it if it keeps it. Never refuses:
    /// whoever offered the room answers for it, also when the limit was lowered since.
    public void append(ByteBuf from, int at, int len) {
        if (octets.worthKeeping(from, len)) {
            octets.keep(from, at, len);
        } else {
            octets.copy(from, at, len);
        }
    }

    /// The oldest octets, at most `max`, contiguous where they lie so; the caller owns the result.
    ///
    /// @param max at least 1
    /// @return null if empty
    public ByteBuf take(int max) {
        return octets.take(max);
    }

    /// Octets in it.
    public int used() {
        return octets.length();
    }

    /// Octets that still fit, and that may be offered as window; never negative.
    public int space() {
        return Math.max(0, limit - octets.length());
    }

    /// Changes the limit. A lower one never takes back what [#space] has promised: the window just stays
    /// closed until enough has been read.
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
