package org.splnet.socket;

import java.util.function.IntSupplier;
import org.splnet.kern.Deferred;
import org.splnet.kern.RankedLock;
import org.splnet.kern.SleepPoint;
import org.splnet.kern.Witness;

/// Who waits on a socket: threads asleep on it and the listener to be told. One per socket, covered by its
/// lock (`sowakeup`).
///
/// **Sleepers** look at the socket's readiness under the lock and fall asleep on a condition of that same
/// lock, so nothing can happen between the look and the sleep that they would not be woken for.
///
/// **The listener** is called holding nothing, by the thread whose [Deferred#run] comes first, and never by
/// two threads at once: the caller marks the socket `telling`; whoever comes meanwhile leaves its events in
/// `pending` and goes; the caller looks at `pending` again, under the lock, before it takes the mark off.
/// So events are coalesced, none is lost, and a listener that calls the socket, or sets another listener,
/// is fine.
///
/// The edges are made by the socket: it posts [Readiness#READABLE] when something comes to where nothing was,
/// [Readiness#WRITABLE] when there is room again after a call was refused.
///
/// Lock key: (c) constant, (s) the socket's `lock`, rank `ENDPOINT`.
public final class Waiters extends Deferred.Call {
    private static final int ALWAYS = Readiness.ERROR | Readiness.HANGUP;

    private final RankedLock lock; // (c)
    private final IntSupplier ready; // (c)
    private SleepPoint sleepPoint; // (s) made by the first sleeper
    private int sleepers; // (s)
    private Readiness.Listener listener; // (s)
    private int pending; // (s) what the listener has not been told
    private boolean telling; // (s) a thread is with the listener

    /// @param lock the socket's
    /// @param ready what the socket is ready for now (bits of [Readiness]); called with the lock held
    public Waiters(RankedLock lock, IntSupplier ready) {
        this.lock = lock;
        this.ready = ready;
    }

    /// Something happened: wakes sleepers now, tells the listener after the last unlock. Lock held.
    public void post(int events) {
        assert lock.held();
        wakeup();
        if (listener != null) {
            pending |= events;
            Deferred.later(this);
        }
    }

    /// Wakes sleepers, who look again. Lock held.
    public void wakeup() {
        assert lock.held();
        if (sleepers > 0) {
            sleepPoint.wakeup();
        }
    }

    /// Sets the listener, null for nobody, and has it told of what is ready already. Nothing held. A call of
    /// the listener before may still be under way in another thread when this returns, but the new one is not
    /// called until that has returned.
    public void listener(Readiness.Listener listener) {
        lock.lock();
        try {
            this.listener = listener;
            pending = listener == null ? 0 : ready.getAsInt();
            if (pending != 0) {
                Deferred.later(this);
            }
        } finally {
            lock.unlock();
        }
        Deferred.run();
    }

    /// Sleeps until one of `events`, or ERROR or HANGUP, is there. Nothing held.
    ///
    /// @param timeoutNs the longest wait; [Long#MAX_VALUE] for no limit
    /// @return the events, 0 if the time was up
    public int await(int events, long timeoutNs) throws InterruptedException {
        return awaitOnly(events | ALWAYS, timeoutNs);
    }

    /// As [#await], but not for ERROR and HANGUP unless they are among `events`.
    public int awaitOnly(int events, long timeoutNs) throws InterruptedException {
        lock.lock();
        try {
            long left = timeoutNs;
            while (true) {
                int there = ready.getAsInt() & events;
                if (there != 0 || left <= 0) {
                    return there;
                }
                left = sleep(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private long sleep(long timeoutNs) throws InterruptedException {
        if (sleepPoint == null) {
            sleepPoint = lock.sleepPoint();
        }
        sleepers++;
        try {
            return sleepPoint.await(timeoutNs);
        } finally {
            sleepers--;
        }
    }

    /// Tells the listener what is pending.
    @Override
    protected void run() {
        lock.lock();
        if (telling) {
            lock.unlock();
            return;
        }
        telling = true;
        try {
            while (pending != 0 && listener != null) {
                tell();
            }
        } finally {
            // Held here on every path: tell() takes it back even if the listener throws.
            telling = false;
            if (pending != 0 && listener != null) {
                Deferred.later(this);
            }
            lock.unlock();
        }
    }

    private void tell() {
        int events = pending;
        pending = 0;
        Readiness.Listener told = listener;
        lock.unlock();
        Witness.assertNothingHeld("telling a socket's listener");
        try {
            told.ready(events);
        } finally {
            lock.lock();
        }
    }
}
