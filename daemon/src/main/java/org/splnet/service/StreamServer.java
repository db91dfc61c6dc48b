package org.splnet.service;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamProtocol;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;

/// A service on a TCP port: accepts, counts, limits, and resets what has been idle for too long.
public final class StreamServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.service");
    /// Of a service: the port can be listened at again while connections of before are there.
    public static final SocketOptions OPTIONS =
            SocketOptions.DEFAULTS.withNoDelay(true).withReuseAddress(true);
    private static final int BACKLOG = 1024;

    /// Makes the session for a connection; both belong to the server from then on.
    @FunctionalInterface
    public interface Opener {
        /// @param socket an established connection
        Session open(StreamSocket socket, ServiceStats stats);
    }

    /// @param connections at once
    /// @param idleNs how long nothing may move
    public record Limits(int connections, long idleNs) { }

    private final String name;
    private final Opener opener;
    private volatile Limits limits;
    private final ServiceStats stats = new ServiceStats();
    private final AtomicInteger count = new AtomicInteger();
    private final IdleWatch<Session> watch;
    private volatile boolean closed;
    private volatile ListenSocket listener;

    /// @param name the service in logs and counters
    public StreamServer(String name, Opener opener, Limits limits, Clock clock, CalloutWheel wheel) {
        this.name = name;
        this.opener = opener;
        this.limits = limits;
        this.watch = new IdleWatch<>(limits.idleNs, clock, wheel);
    }

    /// Starts to listen, or does it again after [#shut].
    public void open(StreamProtocol tcp, Endpoint local, SocketOptions options) throws SocketException {
        ListenSocket opened = tcp.listen(local, BACKLOG, options);
        listener = opened;
        watch.start();
        opened.listener(events -> accept(opened));
        LOG.info("service listens name={} transport=tcp address={}", name, opened.local());
    }

    /// Counters.
    public ServiceStats stats() {
        return stats;
    }

    /// Other bounds from now on; connections beyond a lower one stay.
    public void limits(Limits next) {
        limits = next;
        watch.idle(next.idleNs);
    }

    /// Listens no more; connections go on. Idempotent.
    public void shut() {
        ListenSocket open = listener;
        if (open != null) {
            open.close();
            listener = null;
        }
    }

    private void accept(ListenSocket from) {
        try {
            for (StreamSocket socket; (socket = from.accept()) != null; ) {
                admit(socket);
            }
        } catch (SocketException e) {
            LOG.debug("accept ended service={} cause={}", name, e.getMessage());
        }
    }

    private void admit(StreamSocket socket) {
        if (closed || count.get() >= limits.connections) {
            stats.refused.increment();
            socket.abort();
            socket.close();
            return;
        }
        // Only the listener's callback adds, one call at a time, so the limit holds.
        count.incrementAndGet();
        stats.accepted.increment();
        stats.open.increment();
        Session session = opener.open(socket, stats);
        session.attach(this);
        watch.add(session);
        session.start();
        if (closed) {
            session.abort();
        }
    }

    /// A session is over. Called once for each.
    void ended(Session session) {
        watch.remove(session);
        count.decrementAndGet();
        stats.open.decrement();
    }

    /// Stops listening and resets every connection. Idempotent.
    @Override
    public void close() {
        closed = true;
        watch.close();
        shut();
        watch.all().forEach(Session::abort);
    }
}
