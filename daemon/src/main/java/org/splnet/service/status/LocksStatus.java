package org.splnet.service.status;

import java.util.List;

/// Locks.
///
/// @param witness whether the lock order is watched: `off`, `count`, `throw`
/// @param violations of the locking rules, seen since the start or the last reset
/// @param ranks what was counted while watching, in lock order
/// @param seen each distinct violation
public record LocksStatus(String witness, long violations, List<Lock> ranks, List<Seen> seen) {
    /// The locks of one rank.
    ///
    /// @param rank place in the order
    /// @param acquisitions how often one was taken
    /// @param contested how often the taker had to wait
    public record Lock(String rank, long acquisitions, long contested) { }

    /// A pair that broke a rule.
    ///
    /// @param rule which one
    /// @param held the lock that was in the way
    /// @param other the lock, or what was about to be done
    /// @param count how often
    public record Seen(String rule, String held, String other, long count) { }
}
