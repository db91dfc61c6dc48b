package org.splnet.service;

import org.splnet.kern.Clock;

/// A clock that stands until the test moves it.
public final class TestClock implements Clock {
    private volatile long nowNs = 1_000_000_000L;

    @Override
    public long nanoTime() {
        return nowNs;
    }

    @Override
    public long wallMillis() {
        return 1_700_000_000_000L;
    }

    /// Moves it.
    public long advance(long byNs) {
        nowNs += byNs;
        return nowNs;
    }
}
