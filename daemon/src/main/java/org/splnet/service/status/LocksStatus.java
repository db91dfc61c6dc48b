package org.splnet.service.status;

import java.util.List;

/// Locks.
///
/// @param discipline `layered`, or `giant` if all are one
/// @param witness what is watched: `off`, `contested`, `profile`, `order`; in tests `throw`
/// @param violations of the locking rules, seen since the start or the last reset
/// @param ranks what was counted while watching, in lock order
/// @param sites places in the code that take locks, the longest waiting first
/// @param seen each distinct violation
public record LocksStatus(String discipline, String witness, long violations, List<Lock> ranks,
        List<Site> sites, List<Seen> seen) {
    /// The locks of one rank. Times in nanoseconds.
    ///
    /// @param rank place in the order
    /// @param acquisitions how often one was taken; not counted in mode `contested`
    /// @param contested how often the taker had to wait
    /// @param waitNs for how long altogether
    /// @param maxWaitNs and at most
    /// @param holdNs for how long they were held altogether; mode `profile` only
    /// @param maxHoldNs and at most
    public record Lock(String rank, long acquisitions, long contested, long waitNs, long maxWaitNs,
            long holdNs, long maxHoldNs) { }

    /// A place in the code. Counts and times as those of a rank, but outside of mode `profile` waits are
    /// estimated from one in 128.
    ///
    /// @param site class, method, file and line
    /// @param lock what it takes: rank and name
    public record Site(String site, String lock, long acquisitions, long contested, long waitNs,
            long maxWaitNs, long holdNs, long maxHoldNs) { }

    /// A pair that broke a rule.
    ///
    /// @param rule which one
    /// @param held the lock that was in the way
    /// @param heldAt where that had been taken, null if not known (yet)
    /// @param other the lock, or what was about to be done
    /// @param otherAt where
    /// @param count how often
    public record Seen(String rule, String held, String heldAt, String other, String otherAt, long count) { }
}
