package org.splnet.kern;

import java.util.concurrent.atomic.AtomicLong;

/// A token bucket: at most `perSecond` on average, `burst` at once (`ppsratecheck`). Any thread; lock-free.
///
/// Kept as one number, the time at which the bucket will be full again: each token taken moves it one
/// interval into the future, and with less than one interval left of `burst` intervals the bucket is empty.
public final class RateLimit {
    private static final long SECOND_NS = 1_000_000_000L;
    // No time is ever stored as this value.
    private static final long UNUSED = Long.MIN_VALUE;
    // Twice the deepest bucket: 2^31 tokens of a second each.
    private static final long ABSURD_NS = 1L << 62;

    private final long intervalNs;
    private final long depthNs;
    private final AtomicLong fullAtNs = new AtomicLong(UNUSED);

    /// @param perSecond refill rate, at least 1
    /// @param burst size of the bucket, at least 1
    public RateLimit(int perSecond, int burst) {
        if (perSecond < 1 || burst < 1) {
            throw new IllegalArgumentException(
                    "rate limit: " + perSecond + "/s, burst " + burst + ": both must be at least 1");
        }
        // Rounded up: never more than perSecond. Beyond a token per nanosecond the clock sets the limit.
        intervalNs = Math.ceilDiv(SECOND_NS, perSecond);
        depthNs = intervalNs * burst;
    }

    /// Takes a token if there is one.
    public boolean allow(long nowNs) {
        while (true) {
            long fullAt = fullAtNs.get();
            long missing = fullAt - nowNs;
            // A little more may be missing than the bucket holds: threads read the clock at different times.
            // Far more means that the clock has gone half around since the last call.
            if (fullAt == UNUSED || missing < 0 || missing > ABSURD_NS) {
                missing = 0;
            }
            if (missing > depthNs - intervalNs) {
                return false;
            }
            long next = nowNs + missing + intervalNs;
            if (fullAtNs.compareAndSet(fullAt, next == UNUSED ? UNUSED + 1 : next)) {
                return true;
            }
        }
    }
}
