package org.splnet.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AsynchronousCloseException;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// A UDP socket of the stack as seen from here, for both faces: datagrams with their lengths on a Unix
/// connection.
///
/// Lock key: (r) `reading`  (w) `writing`  (a) volatile, any thread
final class Datagrams implements Closeable {
    /// The length, the other end, and our end, before the payload.
    static final int HEADER = 4 + 2 * EndPoint.LENGTH;
    private static final int ROOM = 4096;
    /// The largest payload over IPv4 (RFC 768, RFC 791).
    static final int LARGEST = 65535 - 20 - 8;

    /// Whoever receives holds it, also while waiting.
    final ReentrantLock reading = new ReentrantLock();
    /// Whoever sends holds it, also while waiting.
    final ReentrantLock writing = new ReentrantLock();
    final Options options;
    /// Whoever makes the socket holds it, and neither of those above: a sender that finds the socket not yet
    /// made waits for that, and not for what the receiver who makes it waits for then.
    private final ReentrantLock binding = new ReentrantLock();

    private final Splnet splnet;
    private ByteBuffer in = ByteBuffer.allocate(ROOM).limit(0);  // (r) grows to one datagram, the largest
    private ByteBuffer out = ByteBuffer.allocate(ROOM).limit(0); // (w) so too
    private volatile UnixStream unix;          // (a) null as long as not bound
    private volatile boolean closed;           // (a)
    private volatile InetSocketAddress local;  // (a) null as long as not bound
    private volatile InetSocketAddress remote; // (a) null if not connected
    private volatile boolean waiting;          // (a) changed as (r)
    private volatile long socket;              // (a)

    Datagrams(Splnet splnet) throws IOException {
        this.splnet = splnet;
        options = new Options(splnet.control(), Options.DATAGRAM);
    }

    UnixStream unix() {
        return unix;
    }

    InetSocketAddress local() {
        return local;
    }

    InetSocketAddress remote() {
        return remote;
    }

    /// Makes the socket, at this address.
    ///
    /// @throws AlreadyBoundException if there is one
    void bind(InetSocketAddress wanted) throws IOException {
        if (!bindIfNeeded(wanted)) {
            throw new AlreadyBoundException();
        }
    }

    /// Makes the socket, at this address, if there is none.
    ///
    /// @return whether there was none
    boolean bindIfNeeded(InetSocketAddress wanted) throws IOException {
        binding.lock();
        try {
            if (local != null) {
                return false;
            }
            make(wanted);
            return true;
        } finally {
            binding.unlock();
        }
    }

    private void make(InetSocketAddress wanted) throws IOException {
        unix = splnet.open();
        if (closed) {
            unix.close();
        }
        var members = new LinkedHashMap<String, Object>();
        members.put("local", EndPoint.format(wanted));
        members.put("options", options.forRequest());
        members.put("descriptors", false);
        try {
            Answer answer = splnet.exchange(unix, "/v1/datagram", members);
            socket = answer.socket();
            local = answer.local();
            options.made(socket);
        } catch (IOException e) {
            unix.close();
            unix = null;
            local = null;
            throw e;
        }
    }

    /// Connects it to `to`, or disconnects it if that is null.
    void connect(InetSocketAddress to) throws IOException {
        var members = new LinkedHashMap<String, Object>();
        members.put("remote", to == null ? null : EndPoint.format(to));
        Answer answer = splnet.control().exchange("PUT", "/v1/sockets/" + socket + "/remote",
                FlatJson.write(members));
        remote = to;
        if (answer.headers().containsKey("Splnet-Local")) {
            local = answer.local();
        }
    }

    /// Copies the next datagram that is there to `payload`; what does not fit is lost, as `recvfrom` does.
    ///
    /// @param keep leave it to be received again
    /// @return where it came from; null if none is there
    /// @throws SocketException for an error of a connected socket, or if the daemon has gone
    InetSocketAddress receive(ByteBuffer payload, boolean keep) throws IOException {
        assert reading.isHeldByCurrentThread();
        if (closed) {
            throw new AsynchronousCloseException();
        }
        while (complete() || fill()) {
            int at = in.position();
            int end = at + 4 + in.getInt(at);
            int family = in.get(at + 4) & 0xFF;
            InetSocketAddress from = EndPoint.get(in, at + 4);
            in.position(end);
            waiting = complete();
            if (family == EndPoint.ERROR) {
                throw Errno.datagram(from.getPort());
            }
            InetSocketAddress peer = remote;
            if (peer != null && !from.equals(peer)) {
                continue;                   // came before it was connected: the JDK throws these away then
            }
            int n = Math.min(end - at - HEADER, payload.remaining());
            payload.put(payload.position(), in, at + HEADER, n).position(payload.position() + n);
            if (keep) {
                in.position(at);
                waiting = true;
            }
            return from;
        }
        return null;
    }

    /// Reads on.
    ///
    /// @return whether a datagram is complete with that
    private boolean fill() throws IOException {
        int n;
        ByteBuffer to = room();
        try {
            n = unix.channel().read(to);
        } finally {
            to.flip();
        }
        if (n < 0) {
            throw new SocketException("splnet has ended the socket");
        }
        return complete();
    }

    /// The buffer with room for what is still to come of a datagram.
    private ByteBuffer room() {
        int needed = in.remaining() < 4 ? 0 : 4 + in.getInt(in.position());
        if (needed <= in.capacity()) {
            return in.compact();
        }
        in = ByteBuffer.allocate(needed).put(in);
        return in;
    }

    private boolean complete() throws IOException {
        if (in.remaining() < 4) {
            return false;
        }
        int length = in.getInt(in.position());
        if (length < 2 * EndPoint.LENGTH || length > HEADER + LARGEST) {
            throw new IOException("the daemon sends a datagram of " + length + " octets");
        }
        return in.remaining() >= 4 + length;
    }

    /// Hands `payload` over to be sent.
    ///
    /// @param to where; null if the socket is connected
    /// @return false if there is no room yet for what was handed over before
    /// @throws SocketException if it is larger than a datagram can be, or a broadcast that was not asked for
    boolean send(ByteBuffer payload, InetSocketAddress to) throws IOException {
        assert writing.isHeldByCurrentThread();
        if (!flush()) {
            return false;
        }
        if (payload.remaining() > LARGEST) {
            throw new SocketException("Message too long");
        }
        if (to != null && to.getAddress().equals(EndPoint.BROADCAST)
                && !options.asks(StandardSocketOptions.SO_BROADCAST, 1)) {
            // That of a subnet looks like any other address here: the stack throws it away without a word.
            throw Errno.exception("EACCES", null);
        }
        int length = HEADER + payload.remaining();
        out = length <= out.capacity() ? out.clear() : ByteBuffer.allocate(length);
        out.putInt(2 * EndPoint.LENGTH + payload.remaining());
        EndPoint.put(out, to);
        EndPoint.put(out, null);
        out.put(payload).flip();
        flush();
        return true;
    }

    /// Whether all that was handed over is on its way.
    boolean flush() throws IOException {
        if (out.hasRemaining()) {
            unix.channel().write(out);
        }
        return !out.hasRemaining();
    }

    /// Whether one has been read that nobody has received.
    boolean waiting() {
        return waiting;
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
