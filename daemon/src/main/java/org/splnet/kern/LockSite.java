package org.splnet.kern;

/// What was counted for one place in the code that takes one kind of lock, after FreeBSD's LOCK_PROFILING.
///
/// @param rank the lock's
/// @param lock the lock's name
/// @param site the place: `class.method(file:line)`
/// @param acquisitions how often it was taken there; counted in mode `profile` only
/// @param contested how often the taker had to wait; outside of mode `profile` estimated from one in 128
/// @param waitNs for how long altogether
/// @param maxWaitNs and at most
/// @param holdNs for how long it was held altogether; mode `profile` only
/// @param maxHoldNs and at most
public record LockSite(LockRank rank, String lock, String site, long acquisitions, long contested,
        long waitNs, long maxWaitNs, long holdNs, long maxHoldNs) { }
