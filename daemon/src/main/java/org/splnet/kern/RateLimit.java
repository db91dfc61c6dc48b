package org.splnet.kern;

/// A token bucket: at most `perSecond` on average, `burst` at once (`ppsratecheck`). Any thread; lock-free.
public final class RateLimit {
    /// @param perSecond refill rate, at least 1
    /// @param burst size of the bucket, at least 1
    public RateLimit(int perSecond, int burst) {
        throw new UnsupportedOperationException();
    }

    /// Takes a token if there is one.
    public boolean allow(long nowNs) {
        throw new UnsupportedOperationException();
    }
}
