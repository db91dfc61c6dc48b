package org.splnet.service;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.splnet.kern.Deferred;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.LocalEnd;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamProtocol;
import org.splnet.socket.StreamSocket;
import org.splnet.socket.Waiters;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// A listener the test connects to, and the protocol that gives it.
public final class FakeListener extends ListenSocket implements StreamProtocol {
    private final RankedLock lock = new RankedLock(LockRank.LISTENER, "fake listener");
    private final Queue<StreamSocket> waiting = new ArrayDeque<>();
    private final Waiters waiters = new Waiters(lock, () -> waiting.isEmpty() ? 0 : Readiness.ACCEPTABLE);
    private Endpoint local;
    private boolean closed;

    /// A client connects.
    public FakeStream connects(FakeStream stream) {
        lock.lock();
        waiting.add(stream);
        waiters.post(Readiness.ACCEPTABLE);
        lock.unlock();
        Deferred.run();
        return stream;
    }

    @Override
    public void options(SocketOptions options) {
    }

    @Override
    public SocketOptions options() {
        return SocketOptions.DEFAULTS;
    }

    @Override
    public void user(String name) {
    }

    @Override
    public StreamSocket accept() throws SocketException {
        lock.lock();
        try {
            if (closed) {
                throw new SocketException(SockError.ESHUTDOWN, "accept");
            }
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ListenSocket listen(Endpoint at, int backlog, SocketOptions options) throws SocketException {
        if (local != null) {
            throw new SocketException(SockError.EADDRINUSE, "listen " + at);
        }
        local = at;
        return this;
    }

    @Override
    public LocalEnd bind(Endpoint at, SocketOptions options) {
        return new LocalEnd() {
            @Override
            public Endpoint local() {
                return at;
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }

    @Override
    public ListenSocket listenAt(LocalEnd at, int backlog, SocketOptions options) throws SocketException {
        return listen(at.local(), backlog, options);
    }

    @Override
    public StreamSocket connectFrom(LocalEnd from, Endpoint to, SocketOptions options) {
        return connect(from.local(), to, options);
    }

    @Override
    public StreamSocket connect(Endpoint from, Endpoint to, SocketOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isLocal(InetAddr address) {
        return true;
    }

    @Override
    public int await(int events, long timeoutNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void listener(Readiness.Listener listener) {
        waiters.listener(listener);
    }

    @Override
    public void close() {
        lock.lock();
        closed = true;
        lock.unlock();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public Endpoint local() {
        return local;
    }

    @Override
    public Map<String, Object> details() {
        return Map.of();
    }

    @Override
    public int queued() {
        return waiting.size();
    }

    @Override
    public int backlog() {
        return 1;
    }
}
