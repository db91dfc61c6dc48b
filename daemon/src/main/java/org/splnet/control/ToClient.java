package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Errno;
import org.splnet.unix.Poller;

/// The direction to the client of a [StreamRelay]: what the socket has received. By one thread at a time, see
/// [TurnedWork].
final class ToClient {
    private static final int MOST = 64 << 10;
    /// Buffers for one client before others have their turn.
    private static final int BURST = 16;
    /// When the kernel may have memory again.
    private static final long AGAIN_NS = 20_000_000;

    private final StreamRelay relay;
    private final StreamSocket socket;
    private final Poller poller;
    private final ClientEnd client;
    private final TurnedWork turns;

    // By whoever has the turn.
    private ByteBuf out;                // not taken by the client
    private boolean ended;              // the client has been told of the end, or reads no more
    private boolean failed;             // the socket has said so

    private volatile int waits;         // octets of memory that the client has yet to take
    private volatile boolean leaving;   // the client has gone; ends when it is known what it has left unread
    private volatile boolean flushing;  // ends once nothing is left

    /// @param closed is run by the poller's thread once nobody is at work, nor will be
    ToClient(StreamRelay relay, StreamSocket socket, Poller poller, ClientEnd client, Runnable closed) {
        this.relay = relay;
        this.socket = socket;
        this.poller = poller;
        this.client = client;
        this.turns = new TurnedWork(poller, this::work, relay::kill, () -> {
            if (out != null) {
                settle();
            }
            closed.run();
        });
    }

    /// The client has gone: the relay is told whether it has left anything unread. On the poller's thread.
    void leaves() {
        leaving = true;
        push();
    }

    /// The connection is over: tells the relay when the client has what had come before. On the poller's
    /// thread.
    void endsSoon() {
        flushing = true;
        push();
    }

    /// Octets of memory that are no longer the socket's and not yet the client's. Any thread, about.
    int held() {
        return waits;
    }

    /// Ends. On the poller's thread.
    void close() {
        turns.close();
    }

    /// Passes on what there is. Any thread.
    void push() {
        turns.push();
    }

    /// @return false if there is more to be done, and others should have their turn first
    private boolean work() {
        if (leaving) {
            leaving = false;
            relay.gone(out == null);
            return true;
        }
        client.settle();
        try {
            if (waits(client.greet())) {
                return true;
            }
            for (int i = 0; ; i++) {
                if (i == BURST) {
                    return false;
                }
                if (out == null && !receive()) {
                    break;
                }
                int n = client.write(out);
                if (waits(n)) {
                    waits = out.capacity();
                    return true;
                }
                if (n == -Errno.EPROTO) {
                    poller.execute(relay::nonsense);
                    return true;
                }
                if (n < 0 && n != -Errno.EINTR) {
                    refused();
                } else if (!out.isReadable()) {
                    settle();
                }
            }
            flushed();
        } catch (SocketException e) {
            // Who says so again, as one that was closed does to every call, has nothing left to give.
            poller.execute(failed ? relay::flushed : () -> relay.broken(relay.reason(e)));
            failed = true;
        } finally {
            client.flush();
        }
        return true;
    }

    private boolean receive() throws SocketException {
        ByteBuf data = ended ? Unpooled.EMPTY_BUFFER : socket.receive(MOST);
        if (data == null) {
            return false;
        }
        if (!data.isReadable()) {
            data.release();
            if (!flushing) {
                end();
            }
            return false;
        }
        out = data;
        return true;
    }

    /// Nothing more comes, but perhaps an error, which ends the other direction too: it may be the end of a
    /// connection whose error a call of the other direction has been told, and the client is not to see that
    /// end before it can ask for the reason.
    private void end() throws SocketException {
        SockError why = socket.failure();
        if (why != null) {
            throw new SocketException(why, "receive");
        }
        if (!ended) {
            ended = true;
            client.end();
        }
    }

    private void settle() {
        out.release();
        out = null;
        if (waits > 0) {
            waits = 0;
        }
    }

    /// The client reads no more.
    private void refused() throws SocketException {
        settle();
        ended = true;
        if (!flushing) {
            socket.shutdownInput();
        }
    }

    /// @param result of a write
    /// @return true if it is to be done again when there is room for it
    private boolean waits(int result) {
        if (result == -Errno.EAGAIN) {
            client.awaitRoom(true);
            return true;
        }
        if (Errno.shortage(result)) {
            poller.execute(() -> poller.after(AGAIN_NS, this::push));
            return true;
        }
        return false;
    }

    private void flushed() {
        client.awaitRoom(false);
        if (flushing) {
            poller.execute(relay::flushed);
        }
    }
}
