package org.splnet.pcb;

import org.splnet.kern.Entropy;

/// Who has which local port of one transport protocol: reservations counted by the endpoints that use them,
/// so that an
/// address, a listener and a connection have lives of their own. Takes the `PORTS` lock.
public final class PortTable {
    /// @param ephemeralFirst first port to choose from (RFC 6335: 49152)
    /// @param ephemeralLast last one
    /// @param entropy for RFC 6056's random and hashed choice
    public PortTable(int ephemeralFirst, int ephemeralLast, Entropy entropy) {
        throw new UnsupportedOperationException();
    }

    /// Reserves a port for an address (unspecified for any), to be shared or not.
    ///
    /// @param shared true if others that say so too may have the same (`SO_REUSEADDR`)
    /// @return false if it is taken
    public boolean reserve(long hi, long lo, int port, boolean shared) {
        throw new UnsupportedOperationException();
    }

    /// One more user of a reservation: an accepted connection of a listener's port.
    public void retain(long hi, long lo, int port) {
        throw new UnsupportedOperationException();
    }

    /// Gives a reservation, or one use of it, back.
    public void release(long hi, long lo, int port) {
        throw new UnsupportedOperationException();
    }

    /// Chooses a free port by RFC 6056 algorithm 3 (hash of the far end plus a random offset) and reserves
    /// it.
    ///
    /// @param remoteHi the far end, zero for a socket without one
    /// @param usable asked with nothing reserved yet: says whether the four-tuple with this port is free
    /// @return the port, or -1 if all are taken
    public int choose(long hi, long lo, long remoteHi, long remoteLo, int remotePort,
            java.util.function.IntPredicate usable) {
        throw new UnsupportedOperationException();
    }
}
