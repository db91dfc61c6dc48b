package org.splnet.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/// A listening TCP socket of the stack as seen from here, for both faces.
///
/// Lock key: (r) `reading`  (a) volatile, any thread
final class Listener implements Closeable {
    /// No announcement is as long as this.
    private static final int LINE_LIMIT = 1024;
    /// The kernel takes any number and lowers it; the daemon wants one that it can have.
    private static final int MOST_BACKLOG = 65535;

    /// Whoever takes announcements holds it, also while waiting for one.
    final ReentrantLock reading = new ReentrantLock();
    final Options options;

    private final Splnet splnet;
    private final ByteBuffer buf = ByteBuffer.allocate(8192);        // (r) octets without an end of line yet
    private final Queue<Announcement> announced = new ArrayDeque<>(); // (r) no more than one buffer holds
    private volatile InetSocketAddress local;                        // (a) null as long as not bound
    private volatile UnixStream unix;                                // (a) null as long as not bound
    private volatile boolean closed;                                 // (a)
    private volatile boolean listening;                              // (a)
    private volatile boolean waiting;                                // (a) announced has some; changed as (r)

    Listener(Splnet splnet) throws IOException {
        this.splnet = splnet;
        options = new Options(splnet.control(), Options.LISTENER);
        // As the JDK does with every server's socket.
        options.set(StandardSocketOptions.SO_REUSEADDR, true);
    }

    UnixStream unix() {
        return unix;
    }

    Splnet splnet() {
        return splnet;
    }

    InetSocketAddress local() {
        return local;
    }

    boolean listening() {
        return listening;
    }

    /// Reserves an address and port.
    void bind(InetSocketAddress wanted) throws IOException {
        assert reading.isHeldByCurrentThread();
        unix = splnet.open();
        if (closed) {
            unix.close();
        }
        try {
            local = splnet.bind(unix, wanted, options);
        } catch (IOException e) {
            forget();
            throw e;
        }
    }

    /// Is as it was before it was bound, and can be again.
    private void forget() throws IOException {
        unix.close();
        unix = null;
        local = null;
    }

    /// Accepts connections from now on.
    void listen(int backlog) throws IOException {
        assert reading.isHeldByCurrentThread();
        var members = new LinkedHashMap<String, Object>();
        members.put("backlog", Math.min(backlog, MOST_BACKLOG));
        members.put("options", options.forRequest());
        members.put("descriptors", false);
        try {
            Answer answer = splnet.exchange(unix, "/v1/listen", members);
            local = answer.local();
            listening = true;
            options.made(answer.socket());
        } catch (IOException e) {
            forget();
            listening = false;
            throw e;
        }
    }

    /// Takes over the next connection that has been announced; null if none is. The daemon is told so, and
    /// keeps the connection even if this is closed before the request for it has come there.
    ///
    /// @throws IOException if the listener is closed, or the daemon has gone, or nothing can be opened for
    ///         the connection, which is then the next one's
    Connection poll() throws IOException {
        if (!ready()) {
            return null;
        }
        UnixStream its = splnet.open();
        Announcement next = announced.remove();
        waiting = !announced.isEmpty();
        try {
            unix.send(next.socket() + "\n");
        } catch (IOException e) {
            its.close();
            throw e;
        }
        return new Connection(splnet, next, options.wanted(), its);
    }

    /// Whether [#poll] has one.
    boolean ready() throws IOException {
        assert reading.isHeldByCurrentThread();
        if (announced.isEmpty()) {
            fill();
        }
        waiting = !announced.isEmpty();
        return waiting;
    }

    /// Whether some announcements have been read that nobody has taken.
    boolean waiting() {
        return waiting;
    }

    private void fill() throws IOException {
        int n = unix.read(buf);
        if (n < 0) {
            throw new SocketException("splnet has ended the listener");
        }
        buf.flip();
        int from = 0;
        for (int at = 0; at < buf.limit(); at++) {
            if (buf.get(at) == '\n') {
                announced.add(Announcement.parse(
                        new String(buf.array(), from, at - from, StandardCharsets.US_ASCII)));
                from = at + 1;
            }
        }
        buf.position(from).compact();
        if (buf.position() > LINE_LIMIT) {
            throw new IOException("the daemon announces more than " + LINE_LIMIT + " octets in a line");
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        UnixStream bound = unix;                // a bind that fails at this moment forgets it
        if (bound != null) {
            bound.close();
        }
    }
}
