package org.splnet.service;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.splnet.kern.Deferred;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.socket.DatagramProtocol;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.Waiters;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// A datagram socket made of memory, and the protocol that gives it.
final class FakeDatagrams extends DatagramSocket implements DatagramProtocol {
    private final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "fake datagrams");
    private final Queue<Datagram> in = new ArrayDeque<>();
    private final List<String> sent = new ArrayList<>();
    private final Waiters waiters = new Waiters(lock, () -> in.isEmpty() ? 0 : Readiness.READABLE);
    private Endpoint local;
    private boolean fails;
    private boolean memoryEnds;
    private boolean closed;

    /// Datagrams come in, at once.
    void arrives(String from, String to, String... texts) {
        lock.lock();
        boolean wasEmpty = in.isEmpty();
        for (String text : texts) {
            in.add(new Datagram(DatagramServiceTest.data(text), Endpoint.parse(from), Endpoint.parse(to)));
        }
        if (wasEmpty) {
            waiters.post(Readiness.READABLE);
        }
        lock.unlock();
        Deferred.run();
    }

    /// The next send fails.
    void failsOnce() {
        fails = true;
    }

    /// There is no memory for the next send.
    void memoryEndsOnce() {
        memoryEnds = true;
    }

    /// What was sent: `from > to: text`.
    List<String> sent() {
        return sent;
    }

    boolean closed() {
        return closed;
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
    public DatagramSocket bind(Endpoint at, SocketOptions options) {
        local = at;
        return this;
    }

    @Override
    public Datagram receive() throws SocketException {
        lock.lock();
        try {
            if (closed) {
                throw new SocketException(SockError.ESHUTDOWN, "receive");
            }
            return in.poll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void send(ByteBuf data, Endpoint to, InetAddr from) throws SocketException {
        if (fails) {
            fails = false;
            throw new SocketException(SockError.EHOSTUNREACH, "send");
        }
        if (memoryEnds) {
            memoryEnds = false;
            throw new OutOfMemoryError("on purpose");
        }
        sent.add(from + " > " + to + ": " + data.toString(StandardCharsets.US_ASCII));
        data.skipBytes(data.readableBytes());
    }

    @Override
    public void send(ByteBuf data, Endpoint to) {
        throw new UnsupportedOperationException("a server says where it answers from");
    }

    @Override
    public void connect(Endpoint remote) {
        throw new UnsupportedOperationException();
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
        waiters.post(Readiness.HANGUP);
        lock.unlock();
        Deferred.run();
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
    public Endpoint remote() {
        return null;
    }

    @Override
    public int receiveQueued() {
        return 0;
    }
}
