package org.splnet.kern;

/// Decides which thread goes on at each lock operation, so that a test can explore the interleavings of the
/// product's own classes one by one. In a daemon there is none; it is looked for only while the [Witness]
/// watches.
///
/// Code whose shared state is guarded by locks behaves as some schedule that switches at lock operations
/// does; what works without locks is explored by other means.
interface LockSchedule {
    /// True for the threads it decides about; all others go on as they like.
    boolean governs(Thread thread);

    /// Takes the lock with [RankedLock#take], when this thread's turn has come and the lock is free.
    void lock(RankedLock lock);

    /// The calling thread has given the lock up.
    void unlocked(RankedLock lock);

    /// Gives the lock up until woken, or until the schedule lets the time run out; the lock is held again on
    /// return.
    ///
    /// @return nanoseconds left, zero if the time has run out
    long sleep(SleepPoint point, RankedLock interlock, long timeoutNs);

    /// All who sleep there may go on.
    void wakeup(SleepPoint point);
}
