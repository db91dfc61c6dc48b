package org.splnet.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.Set;
import org.splnet.client.Connection.Phase;

/// A `SocketChannel` on splnet. Beneath it is a Unix channel, always non-blocking, which is the TCP
/// connection once that is established.
final class SplnetSocketChannel extends SocketChannel implements Selectable {
    private final Connection connection;
    private final Keys keys = new Keys();
    private volatile ChannelSocket socket;

    SplnetSocketChannel(SelectorProvider provider, Connection connection) {
        super(provider);
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    // ---- as the selector sees it

    @Override
    public SelectableChannel unix() {
        return connection.channel();
    }

    @Override
    public Keys keys() {
        return keys;
    }

    @Override
    public int unixOps(int ops) {
        return switch (connection.phase()) {
            case NEW, BOUND, CLOSED -> 0;
            case CONNECTING -> (ops & SelectionKey.OP_CONNECT) != 0 && connection.answerDue()
                    ? SelectionKey.OP_READ : 0;
            case OPEN -> ops & (SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        };
    }

    @Override
    public int ready(int unixReady) {
        Phase phase = connection.phase();
        if (connection.answerDue() && (unixReady & SelectionKey.OP_READ) != 0) {
            // What was readable is the answer; what follows a good one the system tells again.
            takeAnswer();
            return phase == Phase.CONNECTING ? early() : unixReady & ~SelectionKey.OP_READ | early();
        }
        return phase == Phase.CONNECTING ? early() : unixReady;
    }

    @Override
    public int early() {
        return switch (connection.phase()) {
            case NEW, BOUND, CLOSED -> 0;
            case CONNECTING -> connection.answerDue() ? 0 : SelectionKey.OP_CONNECT;
            case OPEN -> connection.readableEarly() ? SelectionKey.OP_READ : 0;
        };
    }

    private void takeAnswer() {
        // Held only if the program reads at this moment, and then does the same.
        if (connection.reading.tryLock()) {
            try {
                if (connection.answered() && connection.phase() == Phase.CONNECTING) {
                    keys.changed();
                }
            } finally {
                connection.reading.unlock();
            }
        }
    }

    // ---- connecting

    @Override
    public SocketChannel bind(SocketAddress local) throws IOException {
        InetSocketAddress wanted = local == null ? EndPoint.ANY : EndPoint.checked(local);
        Locks.both(connection, () -> {
            switch (connection.phase()) {
                case NEW -> connection.bind(wanted);
                case CONNECTING -> throw new ConnectionPendingException();
                case BOUND, OPEN -> throw new AlreadyBoundException();
                case CLOSED -> throw new ClosedChannelException();
            }
        });
        return this;
    }

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        return connect(remote, 0);
    }

    /// Connects.
    ///
    /// @param limitNs how long to wait for the connection if the channel is blocking; 0 is for ever
    boolean connect(SocketAddress remote, long limitNs) throws IOException {
        long start = System.nanoTime();
        InetSocketAddress to = EndPoint.destination(remote);
        connection.reading.lock();
        try {
            Locks.both(connection, () -> {
                switch (connection.phase()) {
                    case NEW, BOUND -> {
                        Wait.begins(this);
                        connection.connect(to);
                    }
                    case CONNECTING -> throw new ConnectionPendingException();
                    case OPEN -> throw new AlreadyConnectedException();
                    case CLOSED -> throw new ClosedChannelException();
                }
            });
            keys.changed();
            return isBlocking() && finishConnect(start, limitNs);
        } catch (IOException e) {
            close();
            throw e;
        } finally {
            connection.reading.unlock();
        }
    }

    @Override
    public boolean finishConnect() throws IOException {
        return finishConnect(System.nanoTime(), 0);
    }

    private boolean finishConnect(long start, long limitNs) throws IOException {
        connection.reading.lock();
        try {
            switch (connection.phase()) {
                case OPEN -> {
                    return true;
                }
                case NEW, BOUND -> throw new NoConnectionPendingException();
                case CLOSED -> throw new ClosedChannelException();
                case CONNECTING -> { }
            }
            Wait.begins(this);
            while (!connection.finishConnect()) {
                if (!isBlocking()) {
                    return false;
                }
                connection.unix().awaitReadable(StreamSocket.remaining(start, limitNs, "Connect timed out"),
                        Wait.Interrupts.ALWAYS);
            }
            keys.changed();
            return true;
        } catch (IOException e) {
            close();
            throw e;
        } finally {
            connection.reading.unlock();
        }
    }

    @Override
    public boolean isConnected() {
        return connection.phase() == Phase.OPEN;
    }

    @Override
    public boolean isConnectionPending() {
        return connection.phase() == Phase.CONNECTING;
    }

    // ---- the stream

    @Override
    public int read(ByteBuffer dst) throws IOException {
        Objects.requireNonNull(dst);
        connection.reading.lock();
        try {
            ensureConnected();
            Wait.begins(this);
            int n;
            while ((n = connection.read(dst)) == 0 && isBlocking() && dst.hasRemaining()) {
                connection.unix().awaitReadable(0, Wait.Interrupts.ALWAYS);
            }
            return n;
        } catch (ClosedByInterruptException e) {
            close();
            throw e;
        } finally {
            connection.reading.unlock();
        }
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, dsts.length);
        connection.reading.lock();
        try {
            ensureConnected();
            long total = connection.inputShutdown() ? -1 : 0;
            for (int i = offset; i < offset + length && total >= 0; i++) {
                if (dsts[i].hasRemaining()) {
                    int n = total == 0 ? read(dsts[i]) : readMore(dsts[i]);
                    if (n < 0) {
                        return total == 0 ? -1 : total;
                    }
                    total += n;
                    if (dsts[i].hasRemaining()) {
                        return total;
                    }
                }
            }
            return total;
        } finally {
            connection.reading.unlock();
        }
    }

    /// Reads into another buffer, without waiting. What is wrong is told by the next read, as is the end.
    private int readMore(ByteBuffer dst) throws IOException {
        try {
            return connection.read(dst);
        } catch (SocketException e) {
            return -1;
        }
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return (int) write(new ByteBuffer[] {src}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, srcs.length);
        connection.writing.lock();
        try {
            ensureConnected();
            if (connection.outputShutdown()) {
                throw new ClosedChannelException();
            }
            Wait.begins(this);
            long total = writeSome(srcs, offset, length);
            while (isBlocking() && remaining(srcs, offset, length)) {
                connection.unix().awaitWritable(0, Wait.Interrupts.ALWAYS);
                if (connection.outputShutdown()) {
                    return writtenBeforeShutdown(total);
                }
                total += writeSome(srcs, offset, length);
            }
            return total;
        } catch (ClosedByInterruptException e) {
            close();
            throw e;
        } finally {
            connection.writing.unlock();
        }
    }

    /// The kernel's write too tells first of what it has taken.
    private static long writtenBeforeShutdown(long total) throws AsynchronousCloseException {
        if (total == 0) {
            throw new AsynchronousCloseException();
        }
        return total;
    }

    private long writeSome(ByteBuffer[] srcs, int offset, int length) throws IOException {
        return length == 1 ? connection.write(srcs[offset]) : connection.write(srcs, offset, length);
    }

    private static boolean remaining(ByteBuffer[] srcs, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (srcs[i].hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public SocketChannel shutdownInput() throws IOException {
        ensureConnected();
        connection.shutdownInput();
        keys.early();
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        ensureConnected();
        if (!connection.outputShutdown()) {
            connection.shutdownOutput();
        }
        return this;
    }

    private void ensureConnected() throws ClosedChannelException {
        ensureOpen();
        if (connection.phase() != Phase.OPEN) {
            throw new NotYetConnectedException();
        }
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    // ---- everything else

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        ensureOpen();
        connection.options.set(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        ensureOpen();
        return connection.options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Options.STREAM;
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        return connection.remote();
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return connection.local();
    }

    @Override
    public Socket socket() {
        synchronized (keys) {
            if (socket == null) {
                try {
                    socket = new ChannelSocket(this);
                } catch (IOException e) {
                    throw new IllegalStateException(e); // opens nothing, so nothing fails
                }
            }
            return socket;
        }
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        connection.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // The Unix channel never is.
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(SocketChannel.class.getName()).append('[');
        if (!isOpen()) {
            return text.append("closed]").toString();
        }
        text.append(isConnected() ? "connected" : isConnectionPending() ? "connection-pending"
                : "unconnected");
        text.append(connection.inputShutdown() ? " ishut" : "");
        text.append(connection.outputShutdown() ? " oshut" : "");
        text.append(connection.local() == null ? "" : " local=" + connection.local());
        return text.append(connection.remote() == null ? "" : " remote=" + connection.remote()).append(']')
                .toString();
    }
}
