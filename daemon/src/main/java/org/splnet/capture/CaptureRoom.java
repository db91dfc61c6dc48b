package org.splnet.capture;

import java.util.concurrent.atomic.AtomicLong;

/// Memory for the frames that wait for the readers of all captures of a stack: bounded, however many captures
/// there are that nobody reads from.
///
/// Each is given its part when it begins, and keeps it to itself, so that those that are not read take
/// nothing from those that are. It is an eighth of what is left: the first few have plenty, and there is
/// something for some dozens.
///
/// Lock key: (a) atomic, any thread
public final class CaptureRoom {
    /// For a quarter of the heap that the daemon is started with.
    public static final long OCTETS = 256L << 20;
    private static final long MOST = 32L << 20;
    private static final long LEAST = 256L << 10;
    private static final int PART = 8;

    private final AtomicLong left;          // (a)

    /// @param octets for all
    public CaptureRoom(long octets) {
        left = new AtomicLong(octets);
    }

    /// The part of one more capture.
    ///
    /// @return octets, to be given back; 0 if there is not enough left for one
    long take() {
        while (true) {
            long before = left.get();
            long part = Math.clamp(before / PART, LEAST, MOST);
            if (part > before) {
                return 0;
            }
            if (left.compareAndSet(before, before - part)) {
                return part;
            }
        }
    }

    void giveBack(long octets) {
        left.addAndGet(octets);
    }
}
