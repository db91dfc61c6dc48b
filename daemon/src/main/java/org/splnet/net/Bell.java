package org.splnet.net;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.splnet.kern.Witness;

/// What a worker without a device sleeps on. Rung any number of times before a wait, it ends that one wait.
/// Ringing takes no ranked lock, so any locks may be held.
final class Bell {
    private final AtomicBoolean rung = new AtomicBoolean();
    private final Semaphore sound = new Semaphore(0);

    /// Ends a running or the next [#await]. Any thread.
    void ring() {
        if (!rung.getAndSet(true)) {
            sound.release();
        }
    }

    /// Waits for a ring or until the time is up. One thread; holding nothing.
    void await(long timeoutNs) {
        Witness.beforeBlocking("waiting for a bell");
        try {
            if (sound.tryAcquire(timeoutNs, TimeUnit.NANOSECONDS)) {
                rung.set(false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
