package org.splnet.kern;

/// The lock order, and the only list of it: a thread may take a lock only of a higher rank than any it holds.
///
/// Input climbs the stack holding nothing until it locks an endpoint; output descends from that endpoint
/// through ever higher ranks. So the two directions can never meet in the wrong order.
public enum LockRank {
    /// How one interface comes by its addresses: what it decides ends up in all that is below.
    LEASE,
    /// Interface table and interface addresses, writers only; readers use a snapshot.
    INTERFACES,
    /// One listening endpoint: SYN cache, accept queue.
    LISTENER,
    /// One connection or datagram socket: control block, buffers, deadlines, waiters.
    ENDPOINT,
    /// Port and four-tuple tables, writers only; lookups are lock-free and re-check `detached`.
    PORTS,
    /// One bucket of datagrams under reassembly.
    REASSEMBLY,
    /// The routing table, writers only; readers use a snapshot.
    ROUTES,
    /// One neighbor entry and the packets it holds.
    NEIGHBOR,
    /// One transmit queue of one interface, while frames are handed to the device.
    TRANSMIT,
    /// The frames that wait for one transmit queue of one interface.
    WAITING,
    /// Callout slots, pools, capture taps: nothing is ever locked below these.
    LEAF
}
