package org.splnet.socket;

import java.util.function.IntSupplier;
import org.splnet.kern.Deferred;
import org.splnet.kern.RankedLock;

/// Who waits on a socket: threads asleep on it and the listener to be told. One per socket, covered by its
/// lock.
public final class Waiters extends Deferred.Call {
    /// @param lock the socket's
    /// @param ready what the socket is ready for now (bits of [Readiness]); called with the lock held
    public Waiters(RankedLock lock, IntSupplier ready) {
        throw new UnsupportedOperationException();
    }

    /// Something happened: wakes sleepers now, tells the listener after the last unlock. Lock held.
    public void post(int events) {
        throw new UnsupportedOperationException();
    }

    /// Sets the listener, null for nobody. Lock not held.
    public void listener(Readiness.Listener listener) {
        throw new UnsupportedOperationException();
    }

    /// Sleeps until one of `events`, or ERROR or HANGUP, is there. Nothing held.
    ///
    /// @return the events, 0 if the time was up
    public int await(int events, long timeoutNs) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void run() {
        throw new UnsupportedOperationException();
    }
}
