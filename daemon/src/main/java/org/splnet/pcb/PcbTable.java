package org.splnet.pcb;

/// Endpoints by four-tuple (`in_pcblookup`), family-neutral. Look-ups take no lock and allocate nothing:
/// find here, lock
/// the endpoint, check that it is not detached. Inserting and removing take the `PORTS` lock.
///
/// @param <T> the endpoint
public final class PcbTable<T> {
    /// @param seed secret that keeps remote hosts from choosing collisions
    public PcbTable(long seed) {
        throw new UnsupportedOperationException();
    }

    /// The endpoint, or null.
    public T lookup(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort) {
        throw new UnsupportedOperationException();
    }

    /// Inserts.
    ///
    /// @return null, or the endpoint that has this four-tuple already
    public T insert(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort,
            T endpoint) {
        throw new UnsupportedOperationException();
    }

    /// Removes, if it is `endpoint` that is there.
    public boolean remove(long localHi, long localLo, int localPort, long remoteHi, long remoteLo,
            int remotePort, T endpoint) {
        throw new UnsupportedOperationException();
    }

    /// Replaces `old` by `next` (a connection by its TIME-WAIT).
    public boolean replace(long localHi, long localLo, int localPort, long remoteHi, long remoteLo,
            int remotePort, T old, T next) {
        throw new UnsupportedOperationException();
    }

    /// How many there are.
    public int size() {
        throw new UnsupportedOperationException();
    }

    /// Calls `each` with every endpoint that was there throughout; holds no lock.
    public void forEach(java.util.function.Consumer<T> each) {
        throw new UnsupportedOperationException();
    }
}
