package org.splnet.net;

import java.util.concurrent.atomic.AtomicInteger;

/// For drivers: counts who is inside a system call on a device's descriptors, so that they are closed by the
/// last one out and never under anybody. A number closed too early may by then be another file's. Lock-free;
/// any thread.
public final class Lease {
    private static final int ENDED = Integer.MIN_VALUE;

    private final AtomicInteger users = new AtomicInteger();

    /// Goes in, unless it has ended. [#leave] follows.
    public boolean enter() {
        for (int now = users.get(); now >= 0; now = users.get()) {
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /// Goes out.
    ///
    /// @return true for the one who is the last after the end: the descriptors are its to close
    public boolean leave() {
        return users.decrementAndGet() == ENDED;
    }

    /// Lets nobody in any more. The caller is inside.
    ///
    /// @return false if it had ended before
    public boolean end() {
        return (users.getAndUpdate(now -> now | ENDED) & ENDED) == 0;
    }
}
