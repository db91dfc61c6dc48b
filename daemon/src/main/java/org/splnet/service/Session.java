package org.splnet.service;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// One connection of a service. It is told of its socket's readiness by one thread at a time and does what
/// can be done without waiting.
///
/// Another thread may end it at any moment (idle watch, shutdown). Exactly one end wins; what it frees must
/// be taken atomically by [#released].
public abstract class Session extends IdleWatch.Watched implements Readiness.Listener {
    /// The connection.
    protected final StreamSocket socket;
    /// The service's counters.
    protected final ServiceStats stats;

    private final AtomicBoolean ended = new AtomicBoolean();
    private StreamServer server;

    protected Session(StreamSocket socket, ServiceStats stats) {
        this.socket = socket;
        this.stats = stats;
    }

    final void attach(StreamServer server) {
        this.server = server;
    }

    /// Begins: from now on the session works.
    protected void start() {
        socket.listener(this);
    }

    @Override
    public final void ready(int events) {
        if (ended.get()) {
            return;
        }
        try {
            work();
        } catch (SocketException e) {
            // Resets and timeouts are the peer's business; the error has ended the connection.
            stats.errors.increment();
            close();
        } catch (RuntimeException | Error fault) {
            // What was in hand may be lost: the stream must not go on behind the gap.
            stats.errors.increment();
            abort();
            throw fault;
        }
        if (ended.get()) {
            released();
        }
    }

    /// Throws away what has come in, and ends the session where the peer has ended its stream.
    ///
    /// @param most octets taken at a time
    /// @return octets
    protected final long discard(int most) throws SocketException {
        long octets = 0;
        for (ByteBuf data; (data = socket.receive(most)) != null; ) {
            int len = data.readableBytes();
            data.release();
            if (len == 0) {
                close();
                break;
            }
            stats.octetsIn.add(len);
            octets += len;
        }
        return octets;
    }

    /// Does everything that can be done now.
    protected abstract void work() throws SocketException;

    /// Gives back what the session holds. May be called more than once and by any thread.
    protected void released() {
    }

    @Override
    protected final void idle() {
        stats.idleTimeouts.increment();
        abort();
    }

    /// Ends the session in order: what is queued is still sent.
    protected final void close() {
        if (end()) {
            socket.close();
        }
    }

    /// Ends the session with a reset.
    protected final void abort() {
        if (end()) {
            socket.abort();
            socket.close();
        }
    }

    /// True when it is over.
    protected final boolean ended() {
        return ended.get();
    }

    private boolean end() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        released();
        server.ended(this);
        return true;
    }
}
