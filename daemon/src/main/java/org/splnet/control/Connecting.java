package org.splnet.control;

import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// A connect that a client waits for. Decided once: connected, failed, or the client goes. By the poller's
/// thread, but for what the socket tells.
final class Connecting {
    private static final int DECISIVE = Readiness.CONNECTED | Readiness.ERROR | Readiness.HANGUP;

    private final SocketDesk desk;
    private final ControlSession session;
    private final Lent lent;
    private final StreamSocket socket;
    private final RingEnd ring;
    private final long padding;
    private boolean decided;

    /// @param ring that is to be shared, this object's; null for none
    /// @param padding octets that the client has sent only so that its descriptor is full
    Connecting(SocketDesk desk, ControlSession session, Lent lent, RingEnd ring, long padding) {
        this.desk = desk;
        this.session = session;
        this.lent = lent;
        this.socket = lent.stream();
        this.ring = ring;
        this.padding = padding;
    }

    void start() {
        socket.listener(events -> {
            if ((events & DECISIVE) != 0) {
                desk.poller().execute(this::decide);
            }
        });
        session.waitsFor(this::cancel);
    }

    private void decide() {
        int ready = socket.ready();
        if (decided || (ready & DECISIVE) == 0) {
            return;
        }
        decided = true;
        lent.owner().account().decided();
        if ((ready & Readiness.CONNECTED) != 0) {
            desk.become(session, lent, ring, SocketDesk.head(lent.id(), socket.local(), socket.remote(),
                    ring), at -> desk.relay(lent, at, ring, padding));
        } else {
            SockError why = socket.failure();
            var failed = new SocketException(why == null ? SockError.ECONNABORTED : why,
                    "connect " + socket.remote());
            end();
            session.refuse(SocketErrors.of(failed));
        }
    }

    /// The client has gone.
    private void cancel() {
        if (!decided) {
            decided = true;
            lent.owner().account().decided();
            socket.abort();
            end();
        }
    }

    private void end() {
        RingEnd.discard(ring);
        socket.listener(null);
        lent.closeStream();
        desk.table().remove(lent);
    }
}
