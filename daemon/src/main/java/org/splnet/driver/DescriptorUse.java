package org.splnet.driver;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.splnet.kern.Deferred;
import org.splnet.kern.Witness;

/// For drivers: counts who is inside a system call on a device's descriptors, so that they are closed by the
/// last one out, holding nothing, and never under anybody. A number closed too early may by then be another
/// file's. Lock-free; any thread.
///
/// Lock key:  (c) constant   (r) the receiving thread's own
public final class DescriptorUse {
    private static final int ENDED = Integer.MIN_VALUE;
    private static final long WAIT_S = 1;

    private final AtomicInteger users = new AtomicInteger();        // (c)
    private final CountDownLatch closed = new CountDownLatch(1);    // (c)
    private final Runnable close;                                   // (c)
    private final Runnable wakeup;                                  // (c)
    private final Deferred.Call closing = new Deferred.Call() {     // (c)
        @Override
        protected void run() {
            finish();
        }
    };
    private Thread receiver;                                        // (r)

    /// For descriptors on which nobody sleeps.
    ///
    /// @param close closes them; run once, by whoever is the last one out after the end
    public DescriptorUse(Runnable close) {
        this(close, () -> { });
    }

    /// @param close as above
    /// @param wakeup wakes who sleeps inside, or would; any thread, any locks
    public DescriptorUse(Runnable close, Runnable wakeup) {
        this.close = close;
        this.wakeup = wakeup;
    }

    /// Goes in, unless it has ended. [#leave] or [#leaveLocked] follows.
    public boolean enter() {
        for (int now = users.get(); now >= 0; now = users.get()) {
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /// Goes out. Holding nothing.
    public void leave() {
        Witness.beforeBlocking("leaving a device");
        if (out()) {
            finish();
        }
    }

    /// Goes out. Any locks may be held: whoever is the last one out closes when they are given up.
    public void leaveLocked() {
        if (out()) {
            Deferred.soon(closing);
        }
    }

    private boolean out() {
        return users.decrementAndGet() == ENDED;
    }

    private void finish() {
        close.run();
        closed.countDown();
    }

    /// Goes in to receive, unless it has ended. One thread receives. [#leaveReceiving] follows.
    public boolean enterReceiving() {
        if (!enter()) {
            return false;
        }
        receiver = Thread.currentThread();
        return true;
    }

    /// Goes out. Holding nothing.
    public void leaveReceiving() {
        receiver = null;
        leave();
    }

    /// Wakes who sleeps inside, or would next, unless it has ended. Any thread, any locks.
    public void wakeup() {
        if (enter()) {
            try {
                wakeup.run();
            } finally {
                leaveLocked();
            }
        }
    }

    /// Lets nobody in any more, wakes who sleeps inside, and waits until all are out, unless the caller is
    /// inside itself, receiving; or somebody stays longer than a frame's way up can take. Idempotent. Holding
    /// nothing.
    ///
    /// @return false if somebody still is inside
    public boolean end() {
        if (enter()) {
            if ((users.getAndUpdate(now -> now | ENDED) & ENDED) == 0) {
                wakeup.run();
            }
            leave();
        }
        if (receiver == Thread.currentThread()) {
            return true;
        }
        try {
            return closed.await(WAIT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
