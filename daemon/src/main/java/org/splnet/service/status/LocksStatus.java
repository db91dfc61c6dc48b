package org.splnet.service.status;

import java.util.List;

/// Locks.
///
/// @param witness whether the lock order is watched: `off`, `count`, `throw`
/// @param violations seen so far
/// @param locks by rank, in lock order
public record LocksStatus(String witness, long violations, List<Lock> locks) {
    /// The locks of one rank.
    ///
    /// @param rank place in the order
    /// @param acquisitions how often taken, 0 while nothing is counted
    /// @param contested how often a thread had to wait
    /// @param waitNs how long threads have waited
    /// @param holdNs how long they were held
    public record Lock(String rank, long acquisitions, long contested, long waitNs, long holdNs) { }
}
