package org.splnet.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.LongAdder;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.Tcp;
import org.splnet.wire.Endpoint;

/// What the two ends do with their connections, all of it on the threads that carry the queues.
final class Work {
    /// The kinds.
    enum Kind {
        /// The client sends as much as goes; counted in octets.
        BULK,
        /// An octet there, an octet back.
        ROUND_TRIP,
        /// Connect, an octet there and back, close.
        CONNECT
    }

    private static final Endpoint SERVER = Endpoint.parse("10.0.0.2:80");
    private static final SocketOptions OPTIONS = SocketOptions.DEFAULTS.withNoDelay(true);
    private static final int CHUNK = 1 << 16;

    final LongAdder done = new LongAdder();
    private final Kind kind;
    private final Tcp client;
    private final ByteBuf chunk = Unpooled.directBuffer(CHUNK).writeZero(CHUNK);
    private volatile boolean over;

    Work(Kind kind, Tcp client, Tcp server) throws SocketException {
        this.kind = kind;
        this.client = client;
        ListenSocket listener = server.listen(SERVER, 20_000, OPTIONS);
        listener.listener(events -> accept(listener));
    }

    /// So many connections at a time.
    void start(int connections) throws SocketException {
        for (int i = 0; i < connections; i++) {
            connect();
            if (i % 64 == 63) {
                Thread.yield();
            }
        }
    }

    /// Nothing more is begun.
    void end() {
        over = true;
    }

    /// After the threads have ended.
    void free() {
        chunk.release();
    }

    private void accept(ListenSocket listener) {
        try {
            for (StreamSocket socket; (socket = listener.accept()) != null; ) {
                StreamSocket accepted = socket;
                accepted.listener(events -> serve(accepted));
            }
        } catch (SocketException closed) {
            // the bench is over
        }
    }

    private void serve(StreamSocket socket) {
        try {
            for (ByteBuf data; (data = socket.receive(CHUNK)) != null; ) {
                int n = data.readableBytes();
                if (n == 0) {
                    socket.close();
                    return;
                }
                if (kind == Kind.BULK) {
                    done.add(n);
                } else {
                    socket.send(data);
                }
                data.release();
            }
        } catch (SocketException gone) {
            socket.close();
        }
    }

    private void connect() throws SocketException {
        StreamSocket socket = client.connect(null, SERVER, OPTIONS);
        socket.listener(events -> {
            try {
                drive(socket, events);
            } catch (SocketException gone) {
                socket.close();
            }
        });
    }

    private void drive(StreamSocket socket, int events) throws SocketException {
        if (over) {
            return;
        }
        if ((events & Readiness.CONNECTED) != 0 && kind != Kind.BULK) {
            send(socket, 1);
        }
        if (kind == Kind.BULK) {
            for (int n = CHUNK; n == CHUNK; ) {
                n = send(socket, CHUNK);
            }
            return;
        }
        for (ByteBuf data; (data = socket.receive(CHUNK)) != null; ) {
            data.release();
            done.increment();
            if (kind == Kind.CONNECT) {
                socket.abort();                            // no TIME-WAIT: ports are for the next ones
                connect();
                return;
            }
            send(socket, 1);
        }
    }

    private int send(StreamSocket socket, int octets) throws SocketException {
        return socket.send(chunk.slice(0, octets));
    }
}
