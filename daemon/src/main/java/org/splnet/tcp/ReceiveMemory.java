package org.splnet.tcp;

import java.util.concurrent.atomic.AtomicLong;

/// Octets of received data that all connections of an instance hold together, and their limit. Past it
/// windows stop opening and new connections are refused; a quarter beyond it data is dropped, so that what
/// was promised before cannot break the limit by much. The last quarter before it is only for those that hold
/// little: a few whose users do not read cannot take what is left for all the others. Any thread.
final class ReceiveMemory {
    private static final int STEP = 1 << 12;
    /// Part of what a connection holds that it is charged with besides.
    private static final int AHEAD = 8;
    /// Part of its charge that it keeps if it holds less.
    private static final int BEHIND = 4;

    private final AtomicLong held = new AtomicLong();
    private final long limit;
    private final long hardLimit;

    ReceiveMemory(long limit) {
        this.limit = limit;
        this.hardLimit = limit + limit / 4;
    }

    /// Brings the account of `tcb` up to date. It is never charged with less than it holds: many that hold
    /// little hold much together. It is charged with somewhat more, and gives back late, so that where much
    /// is held not each segment and each read meets the shared counter; with nothing if it holds nothing.
    void settle(Tcb tcb) {
        assert tcb.lock.held();
        long now = tcb.received();
        long due = now + now / AHEAD + STEP - 1 & -STEP;
        if (now > tcb.charged || due < tcb.charged - tcb.charged / BEHIND) {
            held.addAndGet(due - tcb.charged);
            tcb.charged = due;
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

    /// True if data for the connection must be dropped, be it that what is left is for those that hold less:
    /// no more octets than each begins with, which is what is offered when there is so little.
    boolean refuses(Tcb tcb) {
        long now = held.get();
        return now >= hardLimit
                || now >= limit - limit / 4 && tcb.unread() + tcb.outOfOrder() > tcb.tcp.cfg.receiveBuffer();
    }

    /// Octets held.
    long held() {
        return held.get();
    }
}
