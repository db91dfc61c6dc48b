package org.splnet.control;

/// How much to read at a time from one client: little from one who sends little, and soon much from one who
/// sends much.
final class ReadSize {
    /// What a new connection may send at once (RFC 6928): of a write that is read in two, the end of the
    /// first part goes as a small segment, and that of the second waits for its acknowledgement (Nagle). What
    /// is less than half of a buffer is copied out of it.
    static final int LEAST = 16 << 10;
    /// Of larger buffers a thread keeps none for the next time
    /// (`io.netty.allocator.maxCachedBufferCapacity`).
    static final int MOST = 128 << 10;
    private static final int GROWTH = 4;

    private int octets = LEAST;

    int octets() {
        return octets;
    }

    /// As many were read.
    void read(int n) {
        if (n >= octets) {
            octets = Math.min(octets * GROWTH, MOST);
        } else if (n < octets / (2 * GROWTH)) {
            octets = Math.max(octets / 2, LEAST);
        }
    }
}
