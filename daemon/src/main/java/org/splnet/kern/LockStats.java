package org.splnet.kern;

/// What the [Witness] has counted for the locks of one rank while it watched.
///
/// @param rank the rank
/// @param acquisitions how often one of its locks was taken
/// @param contested how often the taker had to wait
public record LockStats(LockRank rank, long acquisitions, long contested) { }
