package org.splnet.socket;

import java.util.Map;
import org.splnet.wire.Endpoint;

/// A datagram socket on a [DatagramInbox]: what its user does with what has come in, and with its options, is
/// the same for every protocol. Safe for use by any thread.
public abstract class InboxSocket extends DatagramSocket {
    private final DatagramInbox inbox;

    /// @param inbox the control block's
    protected InboxSocket(DatagramInbox inbox) {
        this.inbox = inbox;
    }

    @Override
    public final Datagram receive() throws SocketException {
        inbox.lock().lock();
        try {
            inbox.check("receive");
            return inbox.take();
        } finally {
            inbox.lock().unlock();
        }
    }

    @Override
    public final void options(SocketOptions next) {
        inbox.lock().lock();
        try {
            inbox.options(next);
        } finally {
            inbox.lock().unlock();
        }
    }

    @Override
    public final SocketOptions options() {
        inbox.lock().lock();
        try {
            return inbox.options();
        } finally {
            inbox.lock().unlock();
        }
    }

    @Override
    public final void user(String name) {
        inbox.lock().lock();
        try {
            inbox.user(name);
        } finally {
            inbox.lock().unlock();
        }
    }

    @Override
    public final int await(int events, long timeoutNs) throws InterruptedException {
        return inbox.waiters().await(events, timeoutNs);
    }

    @Override
    public final void listener(Readiness.Listener listener) {
        inbox.waiters().listener(listener);
    }

    @Override
    public final int receiveQueued() {
        inbox.lock().lock();
        try {
            return inbox.octets();
        } finally {
            inbox.lock().unlock();
        }
    }

    @Override
    public final Endpoint local() {
        return info().local();
    }

    @Override
    public final Endpoint remote() {
        return info().remote();
    }

    @Override
    public final Map<String, Object> details() {
        return info().details();
    }

    /// The socket as it is shown to people.
    public abstract DatagramInfo info();
}
