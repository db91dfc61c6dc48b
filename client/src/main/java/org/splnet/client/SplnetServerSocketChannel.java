package org.splnet.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A `ServerSocketChannel` on splnet: readable announcements are connections to be accepted.
final class SplnetServerSocketChannel extends ServerSocketChannel implements Selectable {
    private static final int DEFAULT_BACKLOG = 50;

    private final Listener listener;
    private final SplnetSelectorProvider provider;
    private final Keys keys = new Keys();
    private volatile ChannelServerSocket socket;

    SplnetServerSocketChannel(SplnetSelectorProvider provider, Listener listener) {
        super(provider);
        this.provider = provider;
        this.listener = listener;
    }

    Listener listener() {
        return listener;
    }

    // ---- as the selector sees it

    @Override
    public SelectableChannel unix() {
        UnixStream unix = listener.unix();
        return unix == null ? null : unix.channel();
    }

    @Override
    public Keys keys() {
        return keys;
    }

    @Override
    public int unixOps(int ops) {
        return listener.listening() && (ops & SelectionKey.OP_ACCEPT) != 0 ? SelectionKey.OP_READ : 0;
    }

    @Override
    public int ready(int unixReady) {
        // Held only if another thread accepts at this moment, and then takes the announcement.
        if (!listener.reading.tryLock()) {
            return 0;
        }
        try {
            if (!listener.ready()) {
                return 0;
            }
            keys.early();
            return SelectionKey.OP_ACCEPT;
        } catch (IOException e) {
            return SelectionKey.OP_ACCEPT; // accept tells it
        } finally {
            listener.reading.unlock();
        }
    }

    @Override
    public int early() {
        return listener.waiting() ? SelectionKey.OP_ACCEPT : 0;
    }

    // ---- as the program sees it

    @Override
    public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
        InetSocketAddress wanted = local == null ? EndPoint.ANY : EndPoint.checked(local);
        listener.reading.lock();
        try {
            ensureOpen();
            if (listener.local() != null) {
                throw new AlreadyBoundException();
            }
            listener.bind(wanted);
            listener.listen(backlog < 1 ? DEFAULT_BACKLOG : backlog);
        } finally {
            listener.reading.unlock();
        }
        keys.changed();
        return this;
    }

    @Override
    public SocketChannel accept() throws IOException {
        Connection accepted = accept(0);
        return accepted == null ? null : new SplnetSocketChannel(provider, accepted);
    }

    /// Accepts a connection.
    ///
    /// @param timeoutMs how long to wait for one; 0 is for ever
    /// @return null if the channel is not blocking and there is none
    Connection accept(int timeoutMs) throws IOException {
        long start = System.nanoTime();
        long limitNs = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        listener.reading.lock();
        try {
            ensureOpen();
            if (!listener.listening()) {
                throw new NotYetBoundException();
            }
            Wait.begins(this);
            Connection next;
            while ((next = listener.poll()) == null) {
                if (!isBlocking()) {
                    return null;
                }
                listener.unix().awaitReadable(StreamSocket.remaining(start, limitNs, "Accept timed out"),
                        Wait.Interrupts.ALWAYS);
            }
            return next;
        } catch (ClosedByInterruptException e) {
            close();
            throw e;
        } finally {
            keys.early();                   // also if the next could not be taken
            listener.reading.unlock();
        }
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        ensureOpen();
        listener.options.set(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        ensureOpen();
        return listener.options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Options.LISTENER;
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return listener.local();
    }

    @Override
    public ServerSocket socket() {
        synchronized (keys) {
            if (socket == null) {
                try {
                    socket = new ChannelServerSocket(this);
                } catch (IOException e) {
                    throw new IllegalStateException(e); // opens nothing, so nothing fails
                }
            }
            return socket;
        }
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        listener.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // The Unix channel never is.
    }

    @Override
    public String toString() {
        return ServerSocketChannel.class.getName() + "[" + (!isOpen() ? "closed"
                : listener.local() == null ? "unbound" : listener.local()) + "]";
    }
}
