package org.splnet.kern;

/// A thread that goes round, and by that shows that it does not hang.
public interface Rounds {
    /// The thread's name.
    String name();

    /// How often it has gone round. A thread that hangs does not; [#nudge] makes one that waits.
    long rounds();

    /// Has it go round once, even if there is nothing to do. Any thread, any locks.
    void nudge();
}
