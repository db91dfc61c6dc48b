package org.splnet.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What `java.net.Socket` and `ServerSocket` have beneath them: a [Connection], or a [Listener].
///
/// A thread that waits here is taken as `java.net` takes it: `close` by another ends the wait with "Socket
/// closed"; an interrupt closes the socket if the thread is a virtual one, or the socket a channel's, and is
/// left alone otherwise.
final class StreamSocket extends SocketImpl {
    private static final int DEFAULT_BACKLOG = 50;

    private final Splnet splnet;
    private final boolean server;
    private final Channel face;         // the channel whose other face this is; null for none
    private volatile Connection connection;
    private volatile Listener listener;
    private volatile int timeoutMs;
    private volatile boolean closed;

    /// A client's, or one to accept into; or a server's.
    StreamSocket(Splnet splnet, boolean server) {
        this(splnet, server, null);
    }

    private StreamSocket(Splnet splnet, boolean server, Channel face) {
        this.splnet = splnet;
        this.server = server;
        this.face = face;
    }

    /// Another face of a channel's connection.
    StreamSocket(Connection connection, Channel face) {
        this(connection.splnet(), false, face);
        this.connection = connection;
    }

    /// Another face of a channel's listener.
    StreamSocket(Listener listener) {
        this(listener.splnet(), true);
        this.listener = listener;
    }

    /// How a thread that waits here takes an interrupt.
    Wait.Interrupts interrupts() {
        return Wait.Interrupts.of(face);
    }

    Connection connection() {
        return connection;
    }

    int timeoutMs() {
        return timeoutMs;
    }

    @Override
    protected void create(boolean stream) throws IOException {
        if (server && listener == null) {
            listener = new Listener(splnet);
        } else if (!server && connection == null) {
            connection = new Connection(splnet);
        }
    }

    @Override
    protected void connect(String host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(SocketAddress remote, int millis) throws IOException {
        if (!(remote instanceof InetSocketAddress inet)) {
            throw new IOException("Unsupported address type");
        }
        if (inet.isUnresolved()) {
            throw new UnknownHostException(inet.getHostString());
        }
        InetSocketAddress to;
        try {
            to = EndPoint.destination(inet);
            establish(to, TimeUnit.MILLISECONDS.toNanos(millis));
        } catch (ClosedByInterruptException e) {
            close();
            throw new SocketException("Closed by interrupt");
        } catch (IOException e) {
            IOException reason = closedOr(e);
            close();
            throw reason;
        }
        address = to.getAddress();
        port = to.getPort();
    }

    private void establish(InetSocketAddress remote, long limitNs) throws IOException {
        long start = System.nanoTime();
        Connection to = connection;
        to.reading.lock();
        try {
            Locks.both(to, () -> to.connect(remote));
            while (!to.finishConnect()) {
                to.unix().awaitReadable(remaining(start, limitNs, "Connect timed out"),
                        Wait.Interrupts.VIRTUAL_ONLY);
            }
        } finally {
            to.reading.unlock();
        }
        localport = to.local().getPort();
    }

    @Override
    protected void bind(InetAddress host, int port) throws IOException {
        InetSocketAddress wanted = EndPoint.checked(new InetSocketAddress(host, port));
        if (listener != null) {
            listener.reading.lock();
            try {
                listener.bind(wanted);
            } finally {
                listener.reading.unlock();
            }
            localport = listener.local().getPort();
        } else {
            Locks.both(connection, () -> connection.bind(wanted));
            localport = connection.local().getPort();
        }
        address = host;
    }

    @Override
    protected void listen(int backlog) throws IOException {
        listener.reading.lock();
        try {
            listener.listen(backlog < 1 ? DEFAULT_BACKLOG : backlog);
        } finally {
            listener.reading.unlock();
        }
    }

    @Override
    protected void accept(SocketImpl into) throws IOException {
        StreamSocket accepted = (StreamSocket) into;
        long start = System.nanoTime();
        long limitNs = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        Listener from = listener;
        from.reading.lock();
        try {
            Connection next;
            while ((next = from.poll()) == null) {
                from.unix().awaitReadable(remaining(start, limitNs, "Accept timed out"), interrupts());
            }
            accepted.take(next);
        } catch (IOException e) {
            throw closedOr(e);
        } finally {
            from.reading.unlock();
        }
    }

    private void take(Connection accepted) {
        connection = accepted;
        address = accepted.remote().getAddress();
        port = accepted.remote().getPort();
        localport = accepted.local().getPort();
    }

    @Override
    protected InputStream getInputStream() {
        return new SocketStreams.Input(this);
    }

    @Override
    protected OutputStream getOutputStream() {
        return new SocketStreams.Output(this);
    }

    @Override
    protected int available() throws IOException {
        Connection from = connection;
        // Somebody who waits for input has found that there is none.
        if (!from.reading.tryLock()) {
            return 0;
        }
        try {
            return from.available();
        } catch (IOException e) {
            throw closedOr(e);
        } finally {
            from.reading.unlock();
        }
    }

    @Override
    protected void close() throws IOException {
        closed = true;
        if (listener != null) {
            listener.close();
        }
        if (connection != null) {
            connection.close();
        }
    }

    @Override
    protected void shutdownInput() {
        connection.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        connection.shutdownOutput();
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        throw new SocketException("Urgent data not supported");
    }

    @Override
    protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
        options().set(name, value);
    }

    @Override
    protected <T> T getOption(SocketOption<T> name) throws IOException {
        return options().get(name);
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return server ? Options.LISTENER : Options.STREAM;
    }

    @Override
    public void setOption(int id, Object value) throws SocketException {
        if (id == SocketOptions.SO_TIMEOUT) {
            timeoutMs = (Integer) value;
        } else if (id != SocketOptions.SO_OOBINLINE || Boolean.TRUE.equals(value)) {
            try {
                options().setLegacy(id, value);
            } catch (IOException e) {
                throw Translated.socketException(e);
            }
        }
    }

    @Override
    public Object getOption(int id) throws SocketException {
        if (closed || connection != null && connection.phase() == Connection.Phase.CLOSED) {
            // Of which java.net makes the wildcard address of a socket that is closed.
            throw new SocketException("Socket closed");
        }
        return switch (id) {
            case SocketOptions.SO_TIMEOUT -> timeoutMs;
            case SocketOptions.SO_OOBINLINE -> false;
            case SocketOptions.SO_BINDADDR -> local().getAddress();
            default -> {
                try {
                    yield options().get(Options.legacy(id));
                } catch (IOException e) {
                    throw Translated.socketException(e);
                }
            }
        };
    }

    private Options options() {
        return listener != null ? listener.options : connection.options;
    }

    private InetSocketAddress local() {
        InetSocketAddress local = listener != null ? listener.local() : connection.local();
        return local == null ? EndPoint.ANY : local;
    }

    /// What is left of a limit, for a wait.
    ///
    /// @param limitNs 0: none
    static long remaining(long start, long limitNs, String otherwise) throws SocketTimeoutException {
        if (limitNs == 0) {
            return 0;
        }
        long remaining = limitNs - (System.nanoTime() - start);
        if (remaining <= 0) {
            throw new SocketTimeoutException(otherwise);
        }
        return remaining;
    }

    /// What `java.net` throws for `e`.
    IOException closedOr(IOException e) throws IOException {
        if (e instanceof ClosedByInterruptException) {
            close();
            if (face != null) {
                face.close();
                return e;
            }
            // Of which java.net makes "Closed by interrupt", and a socket that knows that it is closed.
            return new InterruptedIOException("Closed by interrupt");
        }
        if (face != null && e instanceof ClosedChannelException) {
            return e;
        }
        return closed || e instanceof ClosedChannelException ? new SocketException("Socket closed") : e;
    }
}
