package org.splnet.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A Unix connection to the daemon, in non-blocking mode, and waiting for it.
///
/// One thread may read and one may write at a time; whoever uses this sees to that. Any thread may close it,
/// which ends the waits of both.
final class UnixStream implements Closeable {
    /// Between two tries to get into the daemon's backlog.
    private static final long BACKLOG_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /// What the JDK copies at once into a buffer outside the heap, which it then keeps for the thread.
    private static final int PIECE = 128 << 10;

    private final SocketChannel channel;
    private final Wait reader = new Wait();
    private final Wait writer = new Wait();

    private UnixStream(SocketChannel channel) {
        this.channel = channel;
    }

    /// Makes Unix channels, which are not connected.
    interface Maker {
        SocketChannel make() throws IOException;
    }

    /// Makes them as the system lets it.
    static final Maker SYSTEM = () -> NativeProvider.get().openSocketChannel(StandardProtocolFamily.UNIX);

    /// Connects to the daemon.
    ///
    /// @param limitNs how long to try while its backlog is full
    /// @throws ConnectException if there is none, or none that we may talk to
    static UnixStream open(Path path, long limitNs, Maker maker) throws IOException {
        var address = UnixDomainSocketAddress.of(path);
        long start = System.nanoTime();
        while (true) {
            // At the limit of descriptors this fails, which has nothing to do with the daemon.
            SocketChannel channel = maker.make();
            try {
                channel.configureBlocking(false);
                // A Unix connect that does not block is done, or fails with EAGAIN: the backlog is full.
                channel.connect(address);
                return new UnixStream(channel);
            } catch (IOException e) {
                channel.close();
                if (e.getClass() != SocketException.class || !Files.exists(path)
                        || System.nanoTime() - start > limitNs) {
                    throw (SocketException) new ConnectException("no splnet at " + path + ": "
                            + e.getMessage()).initCause(e);
                }
                pause();
            }
        }
    }

    private static void pause() {
        // To park while interrupted would be a busy loop.
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(BACKLOG_PAUSE_NS);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    SocketChannel channel() {
        return channel;
    }

    /// Reads what is there; 0 if nothing is, -1 at the end.
    int read(ByteBuffer to) throws IOException {
        if (to.isDirect() || to.remaining() <= PIECE) {
            return channel.read(to);
        }
        int limit = to.limit();
        try {
            return channel.read(to.limit(to.position() + PIECE));
        } finally {
            to.limit(limit);
        }
    }

    /// Writes what there is room for.
    int write(ByteBuffer from) throws IOException {
        int limit = from.limit();
        int written = 0;
        try {
            while (written < limit && from.position() < limit) {
                from.limit(from.isDirect() ? limit : Math.min(limit, from.position() + PIECE));
                int n = channel.write(from);
                written += n;
                if (n == 0 || from.hasRemaining()) {
                    return written;
                }
            }
            return written;
        } finally {
            from.limit(limit);
        }
    }

    /// Sends a request; a new connection has room for it.
    void send(String request) throws IOException {
        ByteBuffer octets = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
        while (octets.hasRemaining()) {
            if (channel.write(octets) == 0) {
                awaitWritable(0, Wait.Interrupts.NEVER);
            }
        }
    }

    /// Sends a request and waits for its answer, good or bad.
    ///
    /// @param limitNs how long at most; 0 is for ever
    /// @throws java.net.SocketTimeoutException if it took longer
    Answer exchange(String request, long limitNs) throws IOException {
        long start = System.nanoTime();
        send(request);
        AnswerReader answer = new AnswerReader(0);
        Answer complete;
        while ((complete = answer.read(channel)) == null) {
            awaitReadable(StreamSocket.remaining(start, limitNs, "splnet does not answer"),
                    Wait.Interrupts.NEVER);
        }
        return complete;
    }

    /// Waits until there may be something to read.
    ///
    /// @param nanos how long at most; 0 is for ever
    /// @throws AsynchronousCloseException if this is closed, or gets closed
    /// @throws ClosedByInterruptException if the thread is interrupted, and hears it; this is closed then
    void awaitReadable(long nanos, Wait.Interrupts interrupts) throws IOException {
        await(reader, SelectionKey.OP_READ, nanos, interrupts);
    }

    /// Waits until there may be room to write; otherwise as [#awaitReadable].
    void awaitWritable(long nanos, Wait.Interrupts interrupts) throws IOException {
        await(writer, SelectionKey.OP_WRITE, nanos, interrupts);
    }

    private void await(Wait side, int ops, long nanos, Wait.Interrupts interrupts) throws IOException {
        if (side.await(channel, ops, nanos, interrupts) == Wait.End.INTERRUPTED) {
            close();
            throw new ClosedByInterruptException();
        }
        if (!channel.isOpen()) {
            throw new AsynchronousCloseException();
        }
    }

    /// Closes it, and does nothing before. Without being told so the JDK ends the writing side at once if
    /// somebody waits for the channel, and the rest when he has gone: the peer would read an end first.
    void abort() throws IOException {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (ClosedChannelException e) {
            // by an interrupt
        }
        close();
    }

    /// Ends the reader's wait; he looks again at what he waits for.
    void wakeReader() {
        reader.wake();
    }

    /// Ends the writer's wait, so too.
    void wakeWriter() {
        writer.wake();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        reader.wake();
        writer.wake();
    }
}
