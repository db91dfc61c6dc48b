package org.splnet.kern;

/// What can happen that somebody may want to be told of, and the fields that each comes with.
public enum EventKind {
    /// An interface can be used: `interface`.
    LINK_UP,
    /// An interface cannot be used any more: `interface`.
    LINK_DOWN,
    /// An address is in use: `interface`, `address` with prefix length.
    ADDRESS_ADDED,
    /// An address is in use no more: `interface`, `address` with prefix length.
    ADDRESS_REMOVED,
    /// Another station uses or wants an address of ours: `interface`, `address`, `station`, `state` of our
    /// claim.
    ADDRESS_CONFLICT,
    /// A DHCP server's address is in use: `interface`, `address` with prefix length, `server`, `seconds`.
    LEASE_BOUND,
    /// It may be used for longer: as `lease-bound`.
    LEASE_RENEWED,
    /// It may not be used any more: `interface`, `address` with prefix length, `reason`.
    LEASE_LOST,
    /// What is known of a neighbor has changed: `interface`, `address`, `state`, `station` where it is known.
    NEIGHBOR_CHANGED,
    /// A neighbor was forgotten: `interface`, `address`.
    NEIGHBOR_REMOVED,
    /// Connections are accepted: `protocol`, `local`.
    LISTENER_OPENED,
    /// They are no more: `protocol`, `local`.
    LISTENER_CLOSED,
    /// A connection is established: `protocol`, `local`, `remote`, `passive` if the peer began.
    CONNECTION_OPENED,
    /// A connection, or an attempt at one, has ended: `protocol`, `local`, `remote`, `reason`: `closed` by
    /// both sides, `aborted` by its user, or the error that its user is told, and `state` it was in before.
    CONNECTION_CLOSED,
    /// A lock rule was broken; the first time of each pair: `rule`, `held`, `other`.
    LOCK_VIOLATION,
    /// An exception that no code expected; the first of its kind: `exception`, `at`.
    FAULT;

    /// Its name for people: `link-up`.
    public String label() {
        return Labels.of(this);
    }
}
