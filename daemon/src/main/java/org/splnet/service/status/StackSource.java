package org.splnet.service.status;

import java.util.List;
import java.util.Map;

/// Where the status page gets what it shows. Called by any thread, holding nothing; every call looks anew.
public interface StackSource {
    /// The process.
    DaemonStatus status();

    /// Interfaces in order of index.
    List<InterfaceStatus> interfaces();

    /// Addresses of every interface, the primary one first; also those that are not in use yet.
    List<AddressStatus> addresses();

    /// Sockets of every protocol.
    List<SocketStatus> sockets();

    /// Routes, most specific first.
    List<RouteStatus> routes();

    /// Neighbors of every interface.
    List<NeighborStatus> neighbors();

    /// Relays between the stack and the host, in the order they were opened.
    List<RelayStatus> relays();

    /// Interfaces that ask the network for their addresses, by name.
    List<LeaseStatus> leases();

    /// Counters by group.
    Map<String, Map<String, Long>> stats();

    /// Locks.
    LocksStatus locks();
}
