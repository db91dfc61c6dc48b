package org.splnet.kern;

/// One steppable loop: a NIC queue, loopback, the callouts. The thread around it is [DutyThread]; a test
/// steps it by hand, so that whole stacks run deterministically in one thread.
public interface Duty {
    /// Shown in the thread's name.
    String name();

    /// Does one bounded batch without blocking, and, unless it defers nothing, ends it with [Deferred#run].
    ///
    /// @return how much was done; zero if there was nothing to do
    int poll(long nowNs);

    /// Blocks until there may be something to do, [#wakeup] or `timeoutNs`. Holding nothing.
    void await(long timeoutNs);

    /// A thread begins to do this, and nothing else. By that thread; who steps it by hand need not.
    default void began() {
    }

    /// The thread has ended: gives back what it has. By that thread.
    default void ended() {
    }

    /// Ends a running or the next [#await]. Any thread, any locks.
    void wakeup();
}
