package org.splnet.net;

import org.splnet.wire.Cidr;

/// The interfaces and their addresses. Readers use snapshots; writers take the `INTERFACES` lock.
public final class IfTable {
    /// Every interface, in order of index. A snapshot that must not be changed.
    public NetIf[] all() {
        throw new UnsupportedOperationException();
    }

    /// By index, or null.
    public NetIf byIndex(int index) {
        throw new UnsupportedOperationException();
    }

    /// By name, or null.
    public NetIf byName(String name) {
        throw new UnsupportedOperationException();
    }

    /// The interface that has this unicast address, or null. Lock-free, allocates nothing.
    public NetIf owner(long hi, long lo) {
        throw new UnsupportedOperationException();
    }

    /// Adds an address (first one becomes primary).
    ///
    /// @throws IllegalArgumentException if another interface has it
    public void addAddress(NetIf netIf, Cidr address) {
        throw new UnsupportedOperationException();
    }

    /// Removes an address.
    ///
    /// @return false if it was not there
    public boolean removeAddress(NetIf netIf, Cidr address) {
        throw new UnsupportedOperationException();
    }

    /// Grows with every change of an interface, its state or addresses: whoever derives something from them
    /// compares it.
    public int generation() {
        throw new UnsupportedOperationException();
    }
}
