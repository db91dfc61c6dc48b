package org.splnet.service;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.splnet.kern.Deferred;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.socket.Waiters;
import org.splnet.wire.Endpoint;

/// A connection made of memory. The service has it as its socket; the test is the client at the other end:
/// what it sends is readable at once, and the service's octets wait, up to a window, until the client takes
/// them.
public final class FakeStream extends StreamSocket {
    private static final Endpoint LOCAL = Endpoint.parse("10.88.0.2:80");
    private static final Endpoint REMOTE = Endpoint.parse("10.88.0.1:50000");
    private static final long PATIENCE_S = 20;

    private final ArrayDeque<ByteBuf> in = new ArrayDeque<>();
    private final LinkedBlockingQueue<ByteBuf> out = new LinkedBlockingQueue<>();
    private final Waiters waiters = new Waiters(lock, this::readyLocked);
    private final int window;
    private int outQueued;
    private boolean inEnded;
    private boolean outEnded;
    private boolean closed;
    private boolean aborted;
    private volatile boolean lost;
    private SockError error;
    private boolean told;
    private boolean memoryEnds;

    /// @param window octets of the service that wait for the client at most
    public FakeStream(int window) {
        this.window = window;
    }

    // ---- the client

    /// The client sends.
    public FakeStream clientSends(byte[] octets) {
        return clientSends(Unpooled.directBuffer(Math.max(1, octets.length)).writeBytes(octets));
    }

    /// The client sends ASCII text.
    public FakeStream clientSends(String text) {
        return clientSends(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    /// The client sends: consumes `octets`.
    public FakeStream clientSends(ByteBuf octets) {
        lock.lock();
        if (closed || aborted) {
            octets.release();
        } else {
            in.add(octets);
            waiters.post(Readiness.READABLE);
        }
        lock.unlock();
        Deferred.run();
        return this;
    }

    /// The client's FIN.
    public FakeStream clientEnds() {
        lock.lock();
        inEnded = true;
        waiters.post(Readiness.READABLE);
        lock.unlock();
        Deferred.run();
        return this;
    }

    /// The client's RST.
    public FakeStream clientResets() {
        lock.lock();
        error = SockError.ECONNRESET;
        waiters.post(Readiness.READABLE | Readiness.WRITABLE | Readiness.ERROR | Readiness.HANGUP);
        lock.unlock();
        Deferred.run();
        return this;
    }

    /// The connection fails, and nobody is told until a call is.
    public void fails(SockError why) {
        lock.lock();
        error = why;
        lock.unlock();
    }

    /// There is no memory for the next send.
    public void memoryEndsOnce() {
        lock.lock();
        memoryEnds = true;
        lock.unlock();
    }

    /// The next octets the service has sent, waiting for them; a buffer without octets is its FIN or RST. The
    /// caller releases it.
    public ByteBuf clientTakes() {
        try {
            ByteBuf taken = out.poll(PATIENCE_S, TimeUnit.SECONDS);
            if (taken == null) {
                throw new AssertionError("the service sends nothing");
            }
            lock.lock();
            outQueued -= taken.readableBytes();
            if (taken.isReadable()) {
                waiters.post(Readiness.WRITABLE);
            }
            lock.unlock();
            Deferred.run();
            return taken;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Exactly the next `count` octets the service sends.
    public byte[] clientTakes(int count) {
        ByteBuf all = Unpooled.buffer();
        try {
            while (all.readableBytes() < count) {
                ByteBuf part = clientTakes();
                boolean end = !part.isReadable();
                all.writeBytes(part);
                part.release();
                if (end) {
                    throw new AssertionError("the stream ended after " + all.readableBytes() + " octets");
                }
            }
            byte[] octets = new byte[all.readableBytes()];
            all.readBytes(octets);
            return octets;
        } finally {
            all.release();
        }
    }

    /// Everything the service sends up to its end.
    public String clientTakesAll() {
        StringBuilder all = new StringBuilder();
        while (true) {
            ByteBuf part = clientTakes();
            boolean end = !part.isReadable();
            all.append(part.toString(java.nio.charset.StandardCharsets.ISO_8859_1));
            part.release();
            if (end) {
                return all.toString();
            }
        }
    }

    /// True if the service has sent nothing that was not taken.
    public boolean nothingSent() {
        return out.isEmpty();
    }

    /// True if the service has reset the connection.
    public boolean isAborted() {
        lock.lock();
        try {
            return aborted;
        } finally {
            lock.unlock();
        }
    }

    /// True if it has, for octets that were lost.
    public boolean isAbortedUnread() {
        return lost;
    }

    /// True if the service is done with it.
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /// Frees what nobody has taken.
    public void free() {
        out.forEach(ByteBuf::release);
        in.forEach(ByteBuf::release);
    }

    // ---- the service's socket

    @Override
    public ByteBuf receive(int max) throws SocketException {
        lock.lock();
        try {
            failed("receive");
            ByteBuf first = in.peek();
            if (first == null) {
                return inEnded || told ? Unpooled.buffer(0, 0) : null;
            }
            if (first.readableBytes() > max) {
                return first.readRetainedSlice(max);
            }
            return in.poll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int send(ByteBuf data) throws SocketException {
        lock.lock();
        try {
            failed("send");
            if (outEnded || told) {
                throw new SocketException(SockError.EPIPE, "send");
            }
            if (memoryEnds) {
                memoryEnds = false;
                throw new OutOfMemoryError("on purpose");
            }
            int taken = Math.min(data.readableBytes(), window - outQueued);
            if (taken > 0) {
                out.add(data.readRetainedSlice(taken));
                outQueued += taken;
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void failed(String call) throws SocketException {
        if (error != null && !told) {
            told = true;
            throw new SocketException(error, call);
        }
        if (closed || aborted) {
            throw new SocketException(SockError.ESHUTDOWN, call);
        }
    }

    @Override
    public boolean returnsSoon() {
        return false;
    }

    @Override
    public void shutdownOutput() throws SocketException {
        lock.lock();
        try {
            failed("shutdown");
            end();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutdownInput() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        lock.lock();
        closed = true;
        end();
        waiters.post(Readiness.HANGUP);
        lock.unlock();
    }

    @Override
    public void abort(boolean unread) {
        lock.lock();
        aborted = !closed;
        lost = aborted && unread || lost;
        end();
        waiters.post(Readiness.ERROR | Readiness.HANGUP);
        lock.unlock();
    }

    private void end() {
        if (!outEnded) {
            outEnded = true;
            out.add(Unpooled.buffer(0, 0));
        }
    }

    @Override
    public int await(int events, long timeoutNs) throws InterruptedException {
        return waiters.await(events, timeoutNs);
    }

    @Override
    public boolean ended() {
        lock.lock();
        try {
            return inEnded;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int ready() {
        lock.lock();
        try {
            return readyLocked();
        } finally {
            lock.unlock();
        }
    }

    private int readyLocked() {
        int ready = Readiness.CONNECTED;
        if (!in.isEmpty() || inEnded || error != null) {
            ready |= Readiness.READABLE;
        }
        if (outQueued < window || error != null) {
            ready |= Readiness.WRITABLE;
        }
        return ready | (error != null || aborted || closed ? Readiness.ERROR | Readiness.HANGUP : 0);
    }

    @Override
    public SockError failure() {
        lock.lock();
        try {
            return error;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void listener(Readiness.Listener listener) {
        waiters.listener(listener);
    }

    @Override
    public void options(SocketOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketOptions options() {
        return SocketOptions.DEFAULTS;
    }

    @Override
    public Endpoint local() {
        return LOCAL;
    }

    @Override
    public Endpoint remote() {
        return REMOTE;
    }

    @Override
    public String state() {
        return closed ? "CLOSED" : "ESTABLISHED";
    }

    @Override
    public Map<String, Object> details() {
        return Map.of();
    }

    @Override
    public int receiveQueued() {
        lock.lock();
        try {
            return in.stream().mapToInt(ByteBuf::readableBytes).sum();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int sendQueued() {
        return outQueued;
    }

    @Override
    public void user(String name) {
        // nobody is shown it
    }
}
