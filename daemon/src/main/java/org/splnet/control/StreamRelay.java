package org.splnet.control;

import io.netty.buffer.ByteBufAllocator;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Alarm;
import org.splnet.unix.Errno;
import org.splnet.unix.Poller;

/// A client's end ([ClientEnd]) that is a connection of the stack: octets go both ways ([FromClient],
/// [ToClient]), each direction stops when its reader does, and each end of a direction is passed on.
///
/// What comes from a descriptor is read by the poller's thread; what comes through a ring by whoever looks
/// there; what goes to the client is written by whatever thread found the socket readable. So most often it
/// is the one that carried the segment in or will carry the next, and no other thread has to wake up in
/// between. In each direction one at a time ([TurnedWork]). How it ends is decided by the poller's thread,
/// which closes the client's end once no thread is at work with it and none can come.
final class StreamRelay {
    /// How often it is looked whether the peer takes what a client has left behind when it went, and after
    /// how many looks in vain that is given up: after ten minutes, as the stack does by itself with a
    /// connection without a user (`tcp.retransmit-timeout`).
    private static final long LOOK_NS = 60_000_000_000L;
    private static final int LOOKS = 10;

    private final Poller poller;
    private final SocketTable table;
    private final Lent lent;
    private final StreamSocket socket;
    private final int fd;
    private final long key;
    private final ClientEnd client;
    private final ToClient toClient;
    private final FromClient fromClient;
    private volatile boolean clientGone;    // it has closed

    // By the poller's thread.
    private boolean over;
    private int directions = 2;         // in which somebody may be at work
    private SockError why;
    private Alarm legacy;

    /// @param at the client's descriptor, and what it is owed and has sent; this relay's from now on
    /// @param ring what it shares with us in memory, this relay's from now on; null for nothing
    /// @param padding octets of the descriptor to be skipped
    StreamRelay(Poller poller, ByteBufAllocator allocator, SocketTable table, Lent lent, Handover at,
            RingEnd ring, long padding) {
        this.poller = poller;
        this.table = table;
        this.lent = lent;
        this.socket = lent.stream();
        this.fd = at.fd();
        this.key = at.key();
        if (ring != null) {
            ring.at(at, socket, this::pull, this::settle);
        }
        this.client = ring != null ? ring
                : new DescriptorEnd(poller, lent.owner().account(), at, this::pull);
        this.toClient = new ToClient(this, socket, poller, client, this::closed);
        // Beside a ring no octet of the descriptor is the stream's, nor need any be skipped.
        this.fromClient = new FromClient(this, socket, poller, allocator, lent.owner().account(), client,
                ring != null ? null : at.early(), ring != null ? 0 : padding, this::closed);
    }

    /// Begins. On the poller's thread.
    void start() {
        poller.handler(fd, this::ready);
        table.endsBy(lent, this::kill);
        table.holds(lent, () -> toClient.held() + fromClient.held());
        // What is there already is told anew. First, for the push may find no room and ask to be told of it.
        poller.interest(key, RoomWatch.ALWAYS);
        // Padding is read ahead of the answer: whoever waits for the connection by poll finds the descriptor
        // writable no later than readable, as a kernel's.
        pull();
        toClient.push();
        socket.listener(this::told);
    }

    /// The descriptor is ready. On the poller's thread.
    void ready(int events) {
        if (over) {
            return;
        }
        if ((events & Poller.HANGUP) != 0) {
            clientGone = true;
        }
        if (client.ready(events)) {
            toClient.push();
        }
        pull();
    }

    /// The socket is ready. Any thread.
    private void told(int events) {
        if ((events & (Readiness.WRITABLE | Readiness.ERROR | Readiness.HANGUP)) != 0) {
            fromClient.room();
        }
        toClient.push();
    }

    private void pull() {
        fromClient.pull();
    }

    private void settle() {
        toClient.push();
    }

    /// What the client shares with us cannot be. On the poller's thread.
    void nonsense() {
        aborts(SockError.EPROTO, false);
    }

    /// The client has closed, and left octets unread (RFC 2525 §2.17) or written ones that the peer does not
    /// take, or broken. On the poller's thread.
    void reset() {
        aborts(null, true);
    }

    private void aborts(SockError error, boolean unread) {
        if (!over) {
            socket.abort(unread);
            finish(error);
        }
    }

    /// The client has ended its writing, and if it has closed, too, it has to be seen how. Any thread.
    ///
    /// @return false if it has not closed
    boolean mayLeave() {
        if (!clientGone) {
            return false;
        }
        byPoller(this::leave);
        return true;
    }

    /// The client has gone, and it is known whether it had been given all there was. Any thread.
    void gone(boolean givenAll) {
        byPoller(givenAll ? () -> finish(null) : this::reset);
    }

    /// At once where that can be: before anybody who asks is answered, and closes.
    private void byPoller(Runnable task) {
        if (poller.here()) {
            task.run();
        } else {
            poller.execute(task);
        }
    }

    private void leave() {
        if (over) {
            return;
        }
        if (client.last() == -Errno.ECONNRESET) {
            reset();
        } else {
            toClient.leaves();
        }
    }

    /// What the client has written does not fit yet: if it has gone, that may stay for as long as the peer
    /// goes on taking it. Any thread.
    void heirs() {
        if (clientGone) {
            poller.execute(() -> {
                if (!over && legacy == null) {
                    look(fromClient.delivered(), 1);
                }
            });
        }
    }

    private void look(long before, int nth) {
        legacy = poller.after(LOOK_NS, () -> {
            long now = fromClient.delivered();
            if (now != before) {
                look(now, 1);
            } else if (nth < LOOKS) {
                look(before, nth + 1);
            } else {
                reset();
            }
        });
    }

    /// Has `again` run by the poller's thread when more may be taken from clients of this user. Any thread.
    void whenItTakes(Runnable again) {
        poller.execute(() -> table.countSoon(poller, lent.owner().account(), again));
    }

    /// The connection has ended with an error: the client gets what had come, and then the end. On the
    /// poller's thread.
    void broken(SockError error) {
        if (over) {
            return;
        }
        if (clientGone) {
            finish(error);
            return;
        }
        if (why == null) {
            why = error;
            table.fails(lent, error);   // before the client can see that it cannot write, and ask
        }
        fromClient.refuses();
        toClient.endsSoon();
    }

    /// Two directions are told of one error, and only the first by its name.
    SockError reason(SocketException told) {
        SockError failure = socket.failure();
        return failure != null ? failure : told.error();
    }

    /// It has to end: somebody says so, or a fault of ours came in between. On the poller's thread.
    void kill() {
        aborts(SockError.ECONNABORTED, false);
    }

    /// The client is owed nothing more.
    void flushed() {
        finish(why);
    }

    /// @param error for the client to ask for; null for none
    void finish(SockError error) {
        if (over) {
            return;
        }
        over = true;
        if (legacy != null) {
            legacy.cancel();
        }
        socket.listener(null);
        lent.closeStream();
        if (why == null && error != null) {
            table.fails(lent, error);   // before the client can see the end, and ask
        }
        why = error;
        table.remove(lent);
        toClient.close();
        fromClient.close();
    }

    private void closed() {
        if (--directions == 0) {
            client.retire(this::close);
        }
    }

    /// No thread is at work with the client's end, or will be. On the poller's thread.
    private void close() {
        poller.forget(fd);
        client.close(why == null ? 0 : SocketErrors.number(why));
    }
}
