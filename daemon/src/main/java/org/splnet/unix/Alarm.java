package org.splnet.unix;

/// Something that a [Poller] is to do at a time. Belongs to the poller's thread.
public final class Alarm {
    final long atNs;
    private final Alarms all;
    private Runnable action;

    Alarm(Alarms all, long atNs, Runnable action) {
        this.all = all;
        this.atNs = atNs;
        this.action = action;
    }

    /// It will not be done. Idempotent.
    public void cancel() {
        if (take() != null) {
            all.cancelled();
        }
    }

    boolean isCancelled() {
        return action == null;
    }

    /// What is to be done, which is the caller's affair from now on; null if it was cancelled.
    Runnable take() {
        Runnable taken = action;
        action = null;
        return taken;
    }
}
