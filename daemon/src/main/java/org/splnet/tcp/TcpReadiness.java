package org.splnet.tcp;

import java.util.function.IntSupplier;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.Waiters;

/// What a connection's user may be told: readiness, its edges, and the error that ended the connection.
///
/// Lock key: (c) constant, (s) the socket's lock, rank `ENDPOINT`, which every method needs.
final class TcpReadiness implements IntSupplier {
    private final TcpSocket socket;    // (c)
    final Waiters waiters;             // (c)
    private SockError failure;         // (s) why the connection is over, if there is a user to care
    private boolean undelivered;       // (s) no call has thrown it yet
    private boolean wantsRead = true;  // (s) a call found nothing: tell when there is something
    private boolean wantsWrite = true; // (s) a call found no room
    private boolean ended;             // (s) the connection is over

    TcpReadiness(TcpSocket socket) {
        this.socket = socket;
        this.waiters = new Waiters(socket.lock, this);   // itself, which spares each connection an object
    }

    /// The handshake is complete.
    void connected() {
        assert socket.lock.held();
        if (!socket.tcb.userClosed) {
            wantsWrite = false;
            waiters.post(Readiness.CONNECTED | Readiness.WRITABLE);
        }
    }

    /// There is something to read where there was nothing, or the end of it.
    void readable() {
        assert socket.lock.held();
        if (wantsRead && !socket.tcb.userClosed) {
            wantsRead = false;
            waiters.post(Readiness.READABLE);
        }
    }

    /// Octets have left the send queue, or its limits have changed.
    void writable() {
        assert socket.lock.held();
        if (wantsWrite && !socket.tcb.userClosed && roomToSend()) {
            wantsWrite = false;
            waiters.post(Readiness.WRITABLE);
        }
    }

    /// The user has closed: whoever of his threads sleeps here has nothing to wait for any more.
    void closed() {
        waiters.wakeup();
    }

    /// Our FIN is acknowledged: a close that lingers may return.
    void closeAcknowledged() {
        if (socket.tcb.userClosed) {
            waiters.post(Readiness.HANGUP);
        }
    }

    /// The connection is over.
    ///
    /// @param why null if it ended as it should
    void ended(SockError why) {
        assert socket.lock.held();
        ended = true;
        failure = socket.tcb.userClosed ? null : why;
        undelivered = failure != null;
        waiters.post(now());
    }

    /// A call found nothing to read.
    void readLater() {
        wantsRead = true;
    }

    /// A call found no room for all it had.
    void writeLater() {
        wantsWrite = true;
    }

    /// The error, for the one call that delivers it; null if there is none.
    SockError takeError() {
        assert socket.lock.held();
        SockError taken = undelivered ? failure : null;
        undelivered = false;
        return taken;
    }

    SockError failure() {
        assert socket.lock.held();
        return failure;
    }

    boolean isEnded() {
        return ended;
    }

    /// Nothing more comes behind what can be read.
    boolean atEnd() {
        return ended || socket.tcb.finReceived || socket.tcb.inputShut;
    }

    /// Something we sent, FIN included, is not acknowledged.
    boolean unacknowledged() {
        return !ended && !socket.tcb.finAcked();
    }

    /// `SO_LINGER`: until everything, FIN included, is acknowledged, or the time is up; it goes on without us
    /// then.
    void linger(long ns) {
        try {
            waiters.awaitOnly(Readiness.FLUSHED, ns);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int getAsInt() {
        return now();
    }

    /// What the socket is ready for; remembers what it is not, so that its coming is told.
    int now() {
        assert socket.lock.held();
        Tcb tcb = socket.tcb;
        if (tcb.userClosed) {
            return Readiness.HANGUP | (unacknowledged() ? 0 : Readiness.FLUSHED);
        }
        int events = undelivered ? Readiness.ERROR : 0;
        if (ended) {
            events |= Readiness.HANGUP;
        }
        if (undelivered || tcb.rcv != null && tcb.rcv.used() > 0 || atEnd()) {
            events |= Readiness.READABLE;
        } else {
            wantsRead = true;
        }
        boolean open = tcb.state.isSynchronized() && !ended;
        if (open) {
            events |= Readiness.CONNECTED;
        }
        if (ended || open && (tcb.finQueued || roomToSend())) {
            events |= Readiness.WRITABLE;
        } else {
            wantsWrite = true;
        }
        return events;
    }

    /// The user has more to send than there was room for, and there still is none.
    boolean waitsForRoom() {
        return wantsWrite && !socket.tcb.userClosed && !socket.tcb.finQueued && !roomToSend();
    }

    private boolean roomToSend() {
        return SendRoom.worthTelling(socket.tcb);
    }
}
