package org.splnet.pkt;

/// What became of a packet handed down.
public enum Output {
    /// On its way, or queued; may still be lost, as anything may.
    SENT,
    /// No route to the destination.
    NO_ROUTE,
    /// The next hop is known not to answer.
    HOST_DOWN,
    /// Larger than the path takes and not to be fragmented.
    TOO_BIG,
    /// Transmit queue full: dropped and counted.
    QUEUE_FULL,
    /// Interface down or gone.
    DOWN,
    /// Source or destination address that may not be used so.
    BAD_ADDRESS
}
