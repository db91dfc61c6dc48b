package org.splnet.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// A TCP socket of the stack as seen from here: a Unix connection and what has been agreed on it. Both faces,
/// `java.net` and channels, are on this one.
///
/// Nothing here waits for the network except [#bind], which is one exchange with the daemon, and the question
/// for the reason when a connection has broken. Who waits does it on [#unix].
///
/// Lock key: (r) `reading`  (w) `writing`  (e) `ending`, behind either of them  (a) volatile, any thread
final class Connection implements Closeable {
    /// How far it is.
    enum Phase { NEW, BOUND, CONNECTING, OPEN, CLOSED }

    /// The shortest head of a good answer to CONNECT: a status line, `Splnet-Socket: 1`, and two ends
    /// `1.1.1.1:1`.
    private static final int LEAST_ANSWER = 15 + 18 + 25 + 26 + 2;
    /// How much is read ahead at first, and as long as nobody reads; the latter is a buffer of Linux's.
    private static final int AHEAD = 8192;
    private static final int MOST_AHEAD = 64 << 10;

    /// Whoever reads, or finishes a connect, holds it, also while waiting.
    final ReentrantLock reading = new ReentrantLock();
    /// Whoever writes holds it, also while waiting.
    final ReentrantLock writing = new ReentrantLock();
    /// Whoever asks why it broke holds it until he is answered: who reads and who writes may ask at once.
    private final ReentrantLock ending = new ReentrantLock();
    final Options options;

    private final Splnet splnet;
    private volatile AnswerReader answer;       // (r) to change; null if no answer is due
    private volatile IOException failure;       // (r) to change; a bad answer, or the connection broke
    private volatile ByteBuffer ahead;          // (r) to change; what available() has read, or null
    private ByteBuffer room;                    // (r) null, or what available() reads into, ahead or emptied
    private volatile boolean ended;             // (r) to change; the peer's FIN
    private Ending left;                        // (e) what the reader was told, for the writer; null if taken
    private boolean told;                       // (e) why it broke, as SO_ERROR: once
    private volatile UnixStream unix;           // (a) null as long as nothing was asked of the daemon
    private volatile Phase phase = Phase.NEW;   // (a) changed by who holds both locks, or by close()
    private volatile boolean inputShutdown;     // (a)
    private volatile boolean outputShutdown;    // (a)
    private volatile InetSocketAddress local;   // (a) null as long as not bound
    private volatile InetSocketAddress remote;  // (a) null as long as nobody has asked to connect
    private volatile long socket;               // (a) 0 as long as unknown

    /// A socket that is nothing yet, of which the daemon does not know.
    Connection(Splnet splnet) {
        this(splnet, Map.of());
    }

    private Connection(Splnet splnet, Map<String, Object> inherited) {
        this.splnet = splnet;
        options = new Options(splnet.control(), Options.STREAM, inherited);
    }

    /// A connection that a listener has announced, taken over without waiting for the answer: as long as that
    /// is due there is nothing to be read, and what is written waits in the Unix connection.
    ///
    /// @param inherited options of the listener, which the stack has given the connection
    /// @param to a new connection to the daemon, which is closed if this fails
    Connection(Splnet splnet, Announcement announced, Map<String, Object> inherited, UnixStream to)
            throws IOException {
        this(splnet, inherited);
        unix = to;
        try {
            unix.send(Control.request("POST", "/v1/attach/" + announced.socket(), "", Map.of()));
            options.made(announced.socket());
        } catch (IOException e) {
            unix.close();
            throw e;
        }
        local = announced.local();
        remote = announced.remote();
        socket = announced.socket();
        answer = new AnswerReader(LEAST_ANSWER);
        phase = Phase.OPEN;
    }

    Splnet splnet() {
        return splnet;
    }

    UnixStream unix() {
        return unix;
    }

    /// The Unix channel; null as long as there is none.
    SocketChannel channel() {
        UnixStream opened = unix;
        return opened == null ? null : opened.channel();
    }

    private void open() throws IOException {
        if (unix == null || !unix.channel().isOpen()) {
            unix = splnet.open();
        }
        if (phase == Phase.CLOSED) {
            unix.close();
            throw new AsynchronousCloseException();
        }
    }

    Phase phase() {
        return phase;
    }

    InetSocketAddress local() {
        return local;
    }

    InetSocketAddress remote() {
        return remote;
    }

    /// Whether the daemon still owes the answer to CONNECT or attach.
    boolean answerDue() {
        return answer != null;
    }

    /// Whether reading gives something, if only the end, whatever the Unix connection has.
    boolean readableEarly() {
        return ahead != null || inputShutdown || failure != null;
    }

    boolean inputShutdown() {
        return inputShutdown;
    }

    boolean outputShutdown() {
        return outputShutdown;
    }

    /// Reserves an address and port.
    void bind(InetSocketAddress wanted) throws IOException {
        assert reading.isHeldByCurrentThread() && writing.isHeldByCurrentThread();
        open();
        local = splnet.bind(unix, wanted, options);
        become(Phase.BOUND);
    }

    /// Asks for a connection.
    void connect(InetSocketAddress to) throws IOException {
        assert reading.isHeldByCurrentThread() && writing.isHeldByCurrentThread();
        var headers = new LinkedHashMap<String, String>();
        Map<String, Object> wanted = options.forRequest();
        if (!wanted.isEmpty()) {
            headers.put("Splnet-Options", FlatJson.write(wanted));
        }
        open();
        remote = to;
        answer = new AnswerReader(LEAST_ANSWER);
        become(Phase.CONNECTING);
        unix.send(Control.request("CONNECT", EndPoint.format(to), "", headers));
    }

    /// Reads of the answer what has come.
    ///
    /// @return whether it is complete, and [#finishConnect] tells how it is
    boolean answered() {
        assert reading.isHeldByCurrentThread();
        if (answer == null) {
            return true;
        }
        try {
            Answer complete = answer.read(unix.channel());
            if (complete == null) {
                return false;
            }
            complete.ok();
            socket = complete.socket();
            local = complete.local();
            if (phase == Phase.CONNECTING) {
                options.made(socket);
            }
        } catch (IOException e) {
            // Whoever has an accepted connection already hears of it as of one that is lost.
            failure = phase == Phase.OPEN && !(e instanceof ClosedChannelException)
                    ? Errno.broken("ECONNRESET") : e;
        }
        answer = null;
        return true;
    }

    /// Takes the connection as established if the answer says so.
    ///
    /// @return false if there is no answer yet
    /// @throws IOException why there is no connection; this is closed then
    boolean finishConnect() throws IOException {
        if (!answered()) {
            return false;
        }
        if (failure != null) {
            close();
            throw failure;
        }
        become(Phase.OPEN);
        return true;
    }

    /// Reads what is there: 0 if nothing is, or there is no room for it, -1 at the end of the stream.
    ///
    /// @throws SocketException if the connection broke
    int read(ByteBuffer to) throws IOException {
        assert reading.isHeldByCurrentThread();
        if (!answered()) {
            return 0;
        }
        if (!to.hasRemaining() && !inputShutdown && failure == null) {
            return 0;                   // as the kernel: not even the end is told
        }
        if (ahead != null && !inputShutdown) {
            return readAhead(to);
        }
        int n = inputShutdown ? -1 : receive(to);
        if (failure != null) {
            throw failure instanceof ClosedChannelException ? failure
                    : new SocketException(failure.getMessage());
        }
        return n;
    }

    /// Reads from the Unix connection, whatever has been read ahead: 0 if nothing is there, -1 if nothing
    /// will be, and then `failure` is set if the connection broke.
    private int receive(ByteBuffer to) throws IOException {
        if (ended || failure != null) {
            return -1;
        }
        int n;
        try {
            n = unix.read(to);
        } catch (SocketException e) {
            n = -1;
        }
        if (n < 0) {
            failure = Wait.hungUp(unix.channel()) ? forReader() : null;
            ended = failure == null;
        }
        return n;
    }

    /// How much can be read without waiting, at least. Whether the connection broke behind that is for the
    /// next read to tell.
    int available() throws IOException {
        if (inputShutdown || !answered()) {
            return 0;
        }
        makeRoom();
        try {
            receive(room);
        } finally {
            ahead = room.flip().hasRemaining() ? room : null;
        }
        return room.remaining();
    }

    private void makeRoom() {
        if (room == null) {
            room = ByteBuffer.allocate(AHEAD);
        } else if (room.remaining() == room.capacity() && room.capacity() < MOST_AHEAD) {
            room = ByteBuffer.allocate(2 * room.capacity()).put(room);
        } else {
            room.compact();
        }
    }

    private int readAhead(ByteBuffer to) {
        int n = Math.min(to.remaining(), ahead.remaining());
        to.put(to.position(), ahead, ahead.position(), n).position(to.position() + n);
        ahead.position(ahead.position() + n);
        if (!ahead.hasRemaining()) {
            ahead = null;
        }
        return n;
    }

    /// Writes what there is room for.
    ///
    /// @throws SocketException if the connection broke
    int write(ByteBuffer from) throws IOException {
        assert writing.isHeldByCurrentThread();
        try {
            return unix.write(from);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /// Writes what there is room for, of several buffers.
    ///
    /// @throws SocketException if the connection broke
    long write(ByteBuffer[] from, int offset, int length) throws IOException {
        assert writing.isHeldByCurrentThread();
        try {
            return unix.channel().write(from, offset, length);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private IOException broken(IOException e) throws IOException {
        if (e instanceof ClosedChannelException) {
            // Not closed, but shut down: the kernel's EPIPE, of which the JDK's Unix channel makes this.
            return outputShutdown && channel().isOpen() ? new SocketException("Broken pipe") : e;
        }
        ending.lock();
        try {
            Ending how = left;
            left = null;
            return (how == null ? ending() : how).toWriter();
        } finally {
            ending.unlock();
        }
    }

    /// What whoever reads is told, now that both directions have ended; null if it is the end of the stream,
    /// and the rest is for who writes.
    private IOException forReader() throws IOException {
        ending.lock();
        try {
            Ending how = ending();
            IOException why = how.toReader();
            left = why == null ? how : null;
            return why;
        } finally {
            ending.unlock();
        }
    }

    /// Why both directions have ended.
    private Ending ending() throws IOException {
        assert ending.isHeldByCurrentThread();
        if (!channel().isOpen()) {
            throw new AsynchronousCloseException();
        }
        if (told) {
            return new Ending(null, false);
        }
        Ending how;
        try {
            how = splnet.control().error(socket);
        } catch (IOException e) {
            how = new Ending("ECONNRESET", false);      // the daemon itself has gone
        }
        told = true;
        // As long as we have not ended ours, it is by breaking that both end at once: a daemon that knows of
        // nothing is another than ours was, and does not know of the FIN that we have.
        return new Ending(how.errno() == null && !outputShutdown ? "ECONNRESET" : how.errno(),
                how.fin() || ended);
    }

    /// From now on reading is at the end; the stack is not told, so that the peer is held up and not reset.
    void shutdownInput() {
        inputShutdown = true;
        unix.wakeReader();
    }

    /// FIN.
    void shutdownOutput() throws IOException {
        outputShutdown = true;
        unix.channel().shutdownOutput();
        unix.wakeWriter();
    }

    @Override
    public void close() throws IOException {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        if (unix == null) {
            return;
        }
        if (options.asks(StandardSocketOptions.SO_LINGER, 0)) {
            unix.abort();
        } else {
            unix.close();
        }
    }

    private void become(Phase next) {
        if (phase != Phase.CLOSED) {
            phase = next;
        }
    }
}
