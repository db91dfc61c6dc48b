package org.splnet.tcp;

import java.util.concurrent.atomic.AtomicBoolean;
import org.splnet.pcb.PortTable;
import org.splnet.pcb.Reservation;
import org.splnet.socket.LocalEnd;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.wire.Endpoint;

/// A reservation of a port with nobody in it yet. Exactly one wins: a socket that takes it over, or the end.
final class BoundPort implements LocalEnd {
    private final PortTable ports;
    private final Reservation reserved;
    private final AtomicBoolean gone = new AtomicBoolean();

    /// @param reserved in `ports`
    BoundPort(PortTable ports, Reservation reserved) {
        this.ports = ports;
        this.reserved = reserved;
    }

    Reservation reserved() {
        return reserved;
    }

    @Override
    public Endpoint local() {
        return reserved.local();
    }

    /// From now on the caller's to release.
    void take(String call) throws SocketException {
        if (!gone.compareAndSet(false, true)) {
            throw new SocketException(SockError.EINVAL, call);
        }
    }

    /// Whoever took it could not use it.
    void giveBack() {
        gone.set(false);
    }

    @Override
    public void close() {
        if (gone.compareAndSet(false, true)) {
            ports.release(reserved);
        }
    }
}
