package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Errno;
import org.splnet.unix.Poller;

/// The direction from the client of a [StreamRelay]: into the send buffer; what does not fit is held, and
/// nothing more is read until there is room. By one thread at a time, see [TurnedWork]: the poller's, or one
/// that carries segments and has come by.
final class FromClient {
    /// Buffers read from one client before others have their turn, by the poller's thread and by one that has
    /// segments to carry.
    private static final int BURST = 16;
    private static final int FEW = 4;

    private final StreamRelay relay;
    private final StreamSocket socket;
    private final Poller poller;
    private final ByteBufAllocator allocator;
    private final Account account;
    private final ClientEnd client;
    private final TurnedWork turns;

    // By whoever has the turn.
    private ByteBuf held;               // from the client, and not taken by the stack
    private long padding;               // octets of the client's that are still to be skipped
    private boolean ended;              // read up to the end

    private volatile long taken;        // octets, by the stack
    private volatile int waits;         // octets of memory that are held for want of room
    private volatile boolean crowded;   // its user has too much in the queues
    private volatile boolean paused;    // waits for room in the send buffer
    private volatile boolean refusing;  // what comes goes nowhere: the connection is over

    /// @param early what the client has sent already, this object's; null for none
    /// @param padding octets to be skipped
    /// @param closed is run by the poller's thread once nobody is at work, nor will be
    FromClient(StreamRelay relay, StreamSocket socket, Poller poller, ByteBufAllocator allocator,
            Account account, ClientEnd client, ByteBuf early, long padding, Runnable closed) {
        this.relay = relay;
        this.socket = socket;
        this.poller = poller;
        this.allocator = allocator;
        this.account = account;
        this.client = client;
        this.held = early;
        this.padding = padding;
        this.turns = new TurnedWork(poller, this::work, relay::kill, () -> {
            drop();
            closed.run();
        });
        skip();
    }

    /// Passes on what there is. The poller's thread, or any if the client's end is a ring.
    void pull() {
        turns.push();
    }

    /// There is room in the send buffer. Any thread.
    void room() {
        if (!paused) {
            return;
        }
        if (client.byAnybody()) {
            pull();
        } else {
            poller.execute(this::pull);
        }
    }

    /// The connection is over. Who has written and waits for room is not to wait for ever. On the poller's
    /// thread.
    void refuses() {
        refusing = true;
        client.refuse();
        pull();
    }

    /// Octets of memory that are neither the client's nor the socket's yet. Any thread, about.
    int held() {
        return waits;
    }

    /// Octets of the client's that the peer has acknowledged. Any thread, about.
    long delivered() {
        return taken - socket.sendQueued();
    }

    /// Ends. On the poller's thread.
    void close() {
        turns.close();
    }

    /// @return false if there is more to be done, and others should have their turn first
    private boolean work() {
        if (ended) {
            relay.mayLeave();
            return true;
        }
        try {
            int left = poller.here() ? BURST : FEW;
            while (offer()) {
                if (left-- == 0) {
                    return client.later();
                }
                if (!more()) {
                    break;
                }
            }
            return true;
        } catch (SocketException e) {
            poller.execute(() -> relay.broken(relay.reason(e)));
            return true;
        }
    }

    /// @return false if the stack did not take all that is held
    private boolean offer() throws SocketException {
        if (refusing) {
            paused = false;
            drop();
        }
        if (held == null) {
            return true;
        }
        paused = true;                  // before it is refused: the event may come at once
        while (held.isReadable()) {
            int n = socket.send(held);
            if (n == 0) {
                waits = held.capacity();
                relay.heirs();
                return false;
            }
            taken += n;
        }
        paused = false;
        drop();
        return true;
    }

    /// Reads a buffer.
    ///
    /// @return false if there is no more just now
    private boolean more() throws SocketException {
        int wants = client.wants();
        if (wants == 0) {
            return false;
        }
        long takes = account.takes();
        if (takes == 0) {
            crowded();
            return false;
        }
        int octets = (int) Math.min(wants, takes);
        ByteBuf to = client.lend(octets);
        if (to == null) {
            to = allocator.directBuffer(octets, octets);
            int n = client.read(to);
            if (n <= 0) {
                to.release();
                return n == -Errno.EINTR || end(n);
            }
        }
        int n = to.readableBytes();
        if (poller.here()) {
            poller.moved(n);
        }
        account.took(n);
        held = to;
        skip();
        return true;
    }

    private void crowded() {
        if (!crowded) {
            crowded = true;
            relay.whenItTakes(() -> {
                crowded = false;
                pull();
            });
        }
        relay.heirs();
    }

    private void skip() {
        if (held == null || padding == 0) {
            return;
        }
        int n = (int) Math.min(padding, held.readableBytes());
        padding -= n;
        held.skipBytes(n);
        if (!held.isReadable()) {
            drop();
        }
    }

    private void drop() {
        if (held != null) {
            held.release();
            held = null;
            if (waits > 0) {
                waits = 0;
            }
        }
    }

    /// @param result 0 at the end of what the client has written, or an error
    /// @return false
    private boolean end(int result) throws SocketException {
        if (result == -Errno.EAGAIN) {
            return false;
        }
        ended = true;
        if (result == -Errno.EPROTO) {
            poller.execute(relay::nonsense);
        } else if (client.ended()) {
            socket.shutdownOutput();
            relay.mayLeave();
        } else if (result != 0) {
            poller.execute(relay::reset);
        } else if (!relay.mayLeave()) {
            socket.shutdownOutput();
        }
        return false;
    }
}
