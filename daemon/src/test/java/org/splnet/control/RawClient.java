package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;

/// The client's end of a Unix connection as a bare descriptor, which can pass others on. Reads and writes
/// wait, but not for ever.
final class RawClient implements AutoCloseable {
    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final int MOST = 70_000;

    final int fd;
    private boolean closed;

    private RawClient(int fd) {
        this.fd = fd;
    }

    /// One end of a socket pair, whose other end the server takes for a client that has connected.
    static RawClient of(ControlServer server) {
        return having(server, "");
    }

    /// As [#of], by one who has written `text` before the server sees him.
    static RawClient having(ControlServer server, String text) {
        RawClient client = new RawClient(Fd.mine().pair(Fd.STREAM));
        int theirs = Fd.mine().second();
        client.write(text);
        server.poller().execute(() -> server.admit(theirs));
        return client;
    }

    /// This end of a new pair; the other one is given to `server` with the first octet of a request for a
    /// datagram socket.
    static RawClient packets(RawClient asking, String json) {
        return packets(asking, json, 0);
    }

    /// @param buffer octets that may be on their way; 0 for the system's default
    static RawClient packets(RawClient asking, String json, int buffer) {
        RawClient mine = new RawClient(Fd.mine().pair(Fd.PACKETS));
        int theirs = Fd.mine().second();
        if (buffer > 0) {
            Fd.mine().sendBuffer(mine.fd, buffer);
            Fd.mine().sendBuffer(theirs, buffer);
        }
        asking.pass('P', theirs);
        Fd.mine().close(theirs);
        asking.write(request("POST", "/v1/datagram", json).substring(1));
        return mine;
    }

    static String request(String method, String path, String json) {
        return method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + json.length() + "\r\n\r\n"
                + json;
    }

    /// Sends one octet and a descriptor with it; -errno if it cannot be.
    int pass(int octet, int what) {
        return Fd.mine().pass(fd, octet, what);
    }

    RawClient write(String text) {
        return write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// All of it, or, to one who has closed, as much as he took.
    RawClient write(byte[] octets) {
        ByteBuf buf = Unpooled.directBuffer(Math.max(octets.length, 1)).writeBytes(octets);
        long untilNs = System.nanoTime() + PATIENCE_NS;
        while (buf.isReadable()) {
            int n = Fd.mine().write(fd, buf);
            if (n < 0 && n != -Errno.EAGAIN) {
                break;
            }
            inTime(untilNs);
        }
        buf.release();
        return this;
    }

    /// What one read gives; null at the end or if it is broken.
    byte[] read() {
        ByteBuf buf = Unpooled.directBuffer(MOST, MOST);
        try {
            long untilNs = System.nanoTime() + PATIENCE_NS;
            for (int n; ; inTime(untilNs)) {
                n = Fd.mine().read(fd, buf);
                if (n != -Errno.EAGAIN) {
                    byte[] octets = new byte[Math.max(n, 0)];
                    buf.readBytes(octets);
                    return n <= 0 ? null : octets;
                }
            }
        } finally {
            buf.release();
        }
    }

    /// Text up to the end of an answer's head and of its body.
    String answer() {
        StringBuilder text = new StringBuilder();
        for (int end; (end = text.indexOf("\r\n\r\n")) < 0 || text.length() < end + 4 + length(text); ) {
            byte[] more = read();
            if (more == null) {
                throw new AssertionError("the end after: " + text);
            }
            text.append(new String(more, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    private static int length(StringBuilder head) {
        int at = head.indexOf("content-length: ");
        return at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf("\r", at)));
    }

    private static void inTime(long untilNs) {
        if (System.nanoTime() - untilNs > 0) {
            throw new AssertionError("waited for too long");
        }
        Thread.onSpinWait();
    }

    /// Ends its side.
    void endsSending() {
        Fd.mine().shutdown(fd, Fd.SHUT_WR);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Fd.mine().close(fd);
        }
    }
}
