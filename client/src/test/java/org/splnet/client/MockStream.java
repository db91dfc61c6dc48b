package org.splnet.client;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import org.splnet.client.MockDaemon.Request;

/// A Unix connection that becomes a TCP connection of the kernel's.
final class MockStream {
    private static final int PIECE = 16 << 10;

    private final MockDaemon daemon;
    private final SocketChannel unix;
    private Socket tcp;
    private MockOptions options;
    private long id;

    MockStream(MockDaemon daemon, SocketChannel unix) {
        this.daemon = daemon;
        this.unix = unix;
    }

    void connect(Request request, ServerSocket bound) throws IOException {
        id = daemon.ids.incrementAndGet();
        tcp = new Socket();
        options = new MockOptions(tcp);
        try {
            String wanted = request.header("Splnet-Options");
            if (wanted != null) {
                options.set(FlatJson.read(wanted));
            }
            if (bound != null) {
                bound.close();
                tcp.bind(bound.getLocalSocketAddress());
            }
            tcp.connect(EndPoint.parse(request.target()));
        } catch (IOException e) {
            throw e instanceof MockError mine ? mine : MockError.of(e);
        }
        established();
    }

    void attach(long parked) throws IOException {
        tcp = daemon.parked.remove(parked);
        if (tcp == null) {
            throw new MockError("ENOENT", "no such connection");
        }
        id = parked;
        options = new MockOptions(tcp);
        established();
    }

    private void established() throws IOException {
        daemon.options.put(id, options);
        MockDaemon.answer(unix, 200, Map.of("Splnet-Socket", Long.toString(id),
                "Splnet-Local", MockDaemon.text(tcp.getLocalSocketAddress()),
                "Splnet-Remote", MockDaemon.text(tcp.getRemoteSocketAddress())), "");
        Thread inwards = Thread.ofVirtual().start(this::inwards);
        outwards();
        join(inwards);
        daemon.options.remove(id);
        tcp.close();
    }

    /// From the peer to the client.
    private void inwards() {
        byte[] octets = new byte[PIECE];
        try {
            for (int n; (n = tcp.getInputStream().read(octets)) >= 0;) {
                ByteBuffer piece = ByteBuffer.wrap(octets, 0, n);
                while (piece.hasRemaining()) {
                    if (!write(piece)) {
                        return;
                    }
                }
            }
            daemon.fins.add(id);
            unix.shutdownOutput();
        } catch (IOException e) {
            broken(e);
        }
    }

    /// False if the client has gone without reading: then the peer is reset.
    private boolean write(ByteBuffer piece) throws IOException {
        try {
            unix.write(piece);
            return true;
        } catch (IOException e) {
            reset();
            return false;
        }
    }

    /// From the client to the peer.
    private void outwards() {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        while (true) {
            try {
                if (unix.read(piece.clear()) < 0) {
                    end();
                    return;
                }
            } catch (IOException e) {
                reset();
                return;
            }
            try {
                tcp.getOutputStream().write(piece.array(), 0, piece.position());
            } catch (IOException e) {
                broken(e);
                return;
            }
        }
    }

    /// The client ends writing, or has gone: that makes a difference only if it does not linger.
    private void end() throws IOException {
        if (tcp.getSoLinger() == 0) {
            unix.configureBlocking(false);
            if (Wait.hungUp(unix)) {
                tcp.close();
                return;
            }
        }
        tcp.shutdownOutput();
    }

    private void reset() {
        try {
            tcp.setSoLinger(true, 0);
            tcp.close();
        } catch (IOException e) {
            // it is gone already
        }
    }

    private void broken(IOException e) {
        if (!tcp.isClosed()) {
            daemon.errors.putIfAbsent(id, String.valueOf(e.getMessage()).contains("timed out") ? "ETIMEDOUT"
                    : "ECONNRESET");
        }
        try {
            tcp.close();
            // Both directions at once.
            unix.close();
        } catch (IOException again) {
            // gone
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
