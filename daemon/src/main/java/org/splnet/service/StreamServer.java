package org.splnet.service;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Callout;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamProtocol;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;

/// A service on a TCP port: accepts, counts, limits, and resets what has been idle for too long.
///
/// The idle watch is one callout for all connections: it looks at them four times in an idle time and ends
/// those that have not moved for as many looks, so none earlier and none later than a quarter more. No clock
/// is read when an octet moves.
public final class StreamServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.service");
    private static final int BACKLOG = 1024;
    /// Looks of the idle watch in one idle time.
    private static final int LOOKS = 4;

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
    private final Limits limits;
    private final Clock clock;
    private final CalloutWheel wheel;
    private final ServiceStats stats = new ServiceStats();
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final Callout watch = new Callout() {
        @Override
        protected void fire(long nowNs) {
            watch(nowNs);
        }
    };
    private volatile boolean closed;
    private ListenSocket listener;

    /// @param name the service in logs and counters
    public StreamServer(String name, Opener opener, Limits limits, Clock clock, CalloutWheel wheel) {
        this.name = name;
        this.opener = opener;
        this.limits = limits;
        this.clock = clock;
        this.wheel = wheel;
    }

    /// Starts to listen.
    public void open(StreamProtocol tcp, Endpoint local, SocketOptions options) throws SocketException {
        listener = tcp.listen(local, BACKLOG, options);
        wheel.arm(watch, clock.nanoTime() + limits.idleNs / LOOKS);
        listener.listener(events -> accept());
        LOG.info("service listens name={} transport=tcp address={}", name, listener.local());
    }

    /// Counters.
    public ServiceStats stats() {
        return stats;
    }

    private void accept() {
        try {
            for (StreamSocket socket; (socket = listener.accept()) != null; ) {
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
        sessions.add(session);
        session.start();
        if (closed) {
            session.abort();
        }
    }

    /// A session is over. Called once for each.
    void ended(Session session) {
        sessions.remove(session);
        count.decrementAndGet();
        stats.open.decrement();
    }

    private void watch(long nowNs) {
        for (Session session : sessions) {
            if (session.idleLooks() >= LOOKS) {
                stats.idleTimeouts.increment();
                session.abort();
            }
        }
        if (!closed) {
            wheel.arm(watch, nowNs + limits.idleNs / LOOKS);
        }
    }

    /// Stops listening and resets every connection. Idempotent.
    @Override
    public void close() {
        closed = true;
        wheel.disarm(watch);
        if (listener != null) {
            listener.close();
        }
        sessions.forEach(Session::abort);
    }
}
