package org.splnet.kern;

/// What the [Witness] has counted for the locks of one rank while it watched.
///
/// @param rank the rank
/// @param acquisitions how often one of its locks was taken; not counted in mode `contested`
/// @param contested how often the taker had to wait
/// @param waitNs for how long altogether
/// @param maxWaitNs and at most
/// @param holdNs for how long they were held altogether, if holds were timed
/// @param maxHoldNs and at most
public record LockStats(LockRank rank, long acquisitions, long contested, long waitNs, long maxWaitNs,
        long holdNs, long maxHoldNs) { }
