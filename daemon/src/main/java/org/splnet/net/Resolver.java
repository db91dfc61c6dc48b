package org.splnet.net;

/// How a link finds station addresses for one address family: ARP, and Neighbor Discovery beside it. All else
/// that neighbors need, both families share in [NeighborTable].
interface Resolver {
    /// Sends one request for the neighbor's station address. Called under the `NEIGHBOR` lock, so it only
    /// transmits.
    ///
    /// @param station whom to ask, or [Neighbor#NONE] for everybody
    void solicit(Neighbor target, long station, long nowNs);
}
