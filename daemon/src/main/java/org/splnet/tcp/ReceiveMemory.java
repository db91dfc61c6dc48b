package org.splnet.tcp;

import java.util.concurrent.atomic.AtomicLong;

/// Octets of received data that all connections of an instance hold together, and their limit. Past it
/// windows stop opening and new connections are refused; a quarter beyond it data is dropped, so that what
/// was promised before cannot break the limit by much. Any thread.
final class ReceiveMemory {
    /// A connection's account is settled in steps of this, so that not each segment meets the shared counter.
    static final int STEP = 1 << 15;

    private final AtomicLong held = new AtomicLong();
    private final long limit;
    private final long hardLimit;

    ReceiveMemory(long limit) {
        this.limit = limit;
        this.hardLimit = limit + limit / 4;
    }

    /// Brings the account of `tcb` up to date: in steps, but exactly when it becomes empty.
    void settle(Tcb tcb) {
        assert tcb.lock.held();
        long now = tcb.received();
        long change = now - tcb.charged;
        if (Math.abs(change) >= STEP || now == 0 && change != 0) {
            held.addAndGet(change);
            tcb.charged = now;
        }
    }

    /// True past half of the limit: no connection gets more room than it began with.
    boolean pressed() {
        return held.get() >= limit / 2;
    }

    /// True past the limit: no window may open, no connection may begin.
    boolean exhausted() {
        return held.get() >= limit;
    }

    /// True so far past it that data must be dropped.
    boolean overrun() {
        return held.get() >= hardLimit;
    }

    /// Octets held.
    long held() {
        return held.get();
    }
}
