package org.splnet.kern;

import java.util.concurrent.locks.ReentrantLock;

/// A mutual-exclusion lock with a place in the order of [LockRank], watched by the [Witness].
///
/// Not recursive by rule: taking it twice is a reversal, because a lock is never of a higher rank than
/// itself. There is no try-lock and no interruptible lock: whoever needs one has the order wrong.
public final class RankedLock {
    private static final ReentrantLock GIANT = new ReentrantLock();
    /// Some microseconds; without a second processor the holder could not go on meanwhile. Measured with
    /// `bench/locks`: 64 give connect-and-close on two queues up to twice what none does, 256 no more.
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 64 : 0;

    private final ReentrantLock lock;
    private final LockRank rank;
    private final String name;

    /// A lock of the discipline that is current now.
    ///
    /// @param rank the place in the order
    /// @param name what the lock belongs to, for reports; a constant, never built per object
    public RankedLock(LockRank rank, String name) {
        this.lock = LockDiscipline.current() == LockDiscipline.GIANT ? GIANT : new ReentrantLock();
        this.rank = rank;
        this.name = name;
    }

    /// Waits for the lock and takes it.
    public void lock() {
        if (Witness.watching()) {
            Witness.lock(this);
        } else if (!lock.tryLock()) {
            await();
        }
    }

    /// Takes the lock if it is free.
    boolean take() {
        return lock.tryLock();
    }

    /// Waits for a lock that somebody else has.
    void await() {
        var wait = new LockWait();
        wait.begin();
        if (!spin()) {
            lock.lock();
        }
        wait.end();
        if (wait.shouldCommit()) {
            wait.rank = rank.name();
            wait.lock = name;
            wait.commit();
        }
    }

    /// Most locks are held for less than it takes to put a thread to sleep and to wake it again.
    private boolean spin() {
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
            if (!lock.isLocked() && lock.tryLock()) {
                return true;
            }
        }
        return false;
    }

    /// Gives the lock up. The caller must hold it.
    ///
    /// @throws IllegalMonitorStateException if it does not, whatever the witness's mode
    public void unlock() {
        if (Witness.watching()) {
            Witness.unlock(this);
        } else {
            lock.unlock();
        }
    }

    /// Gives the lock up, unwatched.
    void release() {
        lock.unlock();
    }

    /// How often the calling thread would have to give it up: under the giant discipline, for all it holds.
    int holds() {
        return lock.getHoldCount();
    }

    /// True if the calling thread holds this lock: the first assertion of every method that needs it. Under
    /// the giant discipline, true if it holds any.
    public boolean held() {
        return lock.isHeldByCurrentThread();
    }

    /// As [#held], but false under the giant discipline, where it says nothing about this lock alone.
    boolean heldAlone() {
        return lock != GIANT && held();
    }

    /// A place to sleep that gives this lock, and only this lock, up meanwhile.
    public SleepPoint sleepPoint() {
        return new SleepPoint(this, lock.newCondition());
    }

    /// The place in the order.
    public LockRank rank() {
        return rank;
    }

    /// What the lock belongs to.
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return rank + " " + name;
    }
}
