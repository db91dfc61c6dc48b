package org.splnet.control;

import org.splnet.unix.Poller;

/// Something that is tried again by the poller's thread within a tenth of a second, when there may be memory
/// again: once, however often that is asked for meanwhile. To be asked by one thread at a time.
final class Again {
    private final Poller poller;
    private final Runnable task;
    private volatile boolean awaited;

    Again(Poller poller, Runnable task) {
        this.poller = poller;
        this.task = task;
    }

    /// Asks for it.
    void soon() {
        if (!awaited) {
            awaited = true;
            poller.execute(() -> poller.soon(this::now));
        }
    }

    private void now() {
        awaited = false;
        task.run();
    }

    /// True if it is going to be.
    boolean awaited() {
        return awaited;
    }
}
