package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.splnet.service.http.HttpError;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Alarm;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Poller;

/// A client's descriptor that is a listener of the stack: accepted connections are announced, each with its
/// descriptor or as a line. As many as the client's descriptor holds; the others wait in the stack, where the
/// listener's backlog counts them. Everything by the poller's thread.
///
/// A client that is told by lines takes a connection by a Unix connection of its own, and of two that end one
/// may be seen before the other is seen to begin. So it can say first, here, which it is about to take: those
/// outlive their listener.
final class ListenRelay {
    /// What may be on its way to the client: some dozens of announcements, by the kernel's way of counting.
    private static final int SEND_BUFFER = 32 << 10;
    private static final long AGAIN_NS = 20_000_000;
    /// Octets of what is said of a connection: its name, or a line, with numbers of 10 and ends of 21.
    private static final int NOTICE = 128;
    /// Connections announced before others have their turn.
    private static final int BURST = 64;
    /// Connections announced as lines and not taken.
    private static final int MOST_PARKED = 1024;
    private static final int PIECE = 4 << 10;
    private static final int BURST_HEARD = 4;
    private static final int LONGEST_NUMBER = 18;

    private final SocketDesk desk;
    private final Poller poller;
    private final ByteBufAllocator allocator;
    private final Lent lent;
    private final ListenSocket listener;
    private final boolean descriptors;
    private final long octets;          // of a ring for each connection, 0 for none
    private final int fd;
    private final long key;
    private ByteBuf out;                // of the answer or a line
    private int ours = -1;              // for the next connection, and its other end
    private int next = -1;
    private RingEnd ring;               // for the next connection
    private ByteBuf notice;             // of the next connection, still empty
    private int theirs = -1;            // a descriptor that is to be passed on
    private final Set<Long> mine = new HashSet<>();    // announced as lines, not taken or claimed yet
    private long said;                  // of a number that the client is saying
    private int digits;
    private int parked;
    private Alarm again;
    private boolean wantsRoom;
    private boolean over;

    /// @param descriptors true if connections are passed on as such
    /// @param octets of a ring's direction that each of them shares; 0 for none
    ListenRelay(SocketDesk desk, Lent lent, Handover at, boolean descriptors, long octets) {
        this.desk = desk;
        this.poller = desk.poller();
        this.allocator = desk.allocator();
        this.lent = lent;
        this.listener = lent.listener();
        this.descriptors = descriptors;
        this.octets = octets;
        this.fd = at.fd();
        this.key = at.key();
        this.out = at.before();
        if (at.early() != null) {
            at.early().release();
        }
    }

    /// Begins.
    void start() {
        Fd.mine().sendBuffer(fd, SEND_BUFFER);
        poller.handler(fd, this::ready);
        desk.table().endsBy(lent, this::finish);
        listener.listener(events -> poller.execute(this::announce));
        poller.interest(key, RoomWatch.ALWAYS);
        announce();
    }

    /// The descriptor is ready.
    void ready(int events) {
        if (over) {
            return;
        }
        boolean gone = (events & (Poller.END | Poller.HANGUP | Poller.ERROR)) != 0;
        if ((gone || (events & Poller.IN) != 0) && !hear(gone) || gone) {
            finish();
        } else if ((events & Poller.OUT) != 0) {
            poller.interest(key, RoomWatch.ALWAYS);
            announce();
        }
    }

    /// Reads which connections the client is about to take, each number a line.
    ///
    /// @param all whatever it has left
    /// @return false at the end, or if it says something else
    private boolean hear(boolean all) {
        ByteBuf octets = allocator.directBuffer(PIECE, PIECE);
        try {
            for (int i = 0; all || i < BURST_HEARD; i++) {
                int n = Fd.mine().read(fd, octets.clear());
                if (n <= 0 && n != -Errno.EINTR) {
                    return n == -Errno.EAGAIN;
                }
                while (octets.isReadable()) {
                    if (!hear(octets.readByte())) {
                        return false;
                    }
                }
            }
            poller.execute(() -> ready(Poller.IN));
            return true;
        } finally {
            octets.release();
        }
    }

    private boolean hear(byte octet) {
        if (octet == '\n' && digits > 0) {
            mine.remove(said);
            said = 0;
            digits = 0;
            return true;
        }
        said = 10 * said + octet - '0';
        return !descriptors && octet >= '0' && octet <= '9' && ++digits <= LONGEST_NUMBER;
    }

    private void announce() {
        try {
            for (int i = 0; flush(); i++) {
                if (i == BURST) {
                    poller.execute(this::announce);
                    return;
                }
                if (listener.queued() == 0 || !room() || !notice() || descriptors && !pair()) {
                    break;
                }
                StreamSocket socket = listener.accept();
                if (socket == null) {
                    break;
                }
                if (descriptors) {
                    pass(socket);
                } else {
                    tell(socket);
                }
            }
        } catch (SocketException e) {
            finish();
        }
        unpair();
        lent.owner().account().wake();
    }

    /// Whoever comes when there is no room waits in the stack.
    private boolean room() {
        boolean room = desk.room(lent.owner());
        if (!room && !wantsRoom) {
            wantsRoom = true;
            lent.owner().account().whenRoom(() -> {
                wantsRoom = false;
                poller.execute(this::announce);
            });
        }
        return room && parked < MOST_PARKED;    // and else told when one of those is gone
    }

    /// Makes the descriptors, and the ring if there is one, before the connection is taken, which else would
    /// be lost for want of them.
    private boolean pair() {
        if (ours < 0) {
            ours = Fd.mine().pair(Fd.STREAM);
            if (ours < 0) {
                later();
                return false;
            }
            next = Fd.mine().second();
            Fd.mine().passesNone(ours);
            Fd.mine().inLine(ours);     // as in every other stream
        }
        try {
            ring = ring == null ? RingEnd.open(poller, lent.owner(), octets) : ring;
        } catch (HttpError e) {
            later();                    // it waits in the stack
            return false;
        }
        return true;
    }

    /// Has the buffer for what is said of the connection, before that is taken, too.
    private boolean notice() {
        try {
            notice = notice == null ? allocator.directBuffer(NOTICE, NOTICE) : notice;
            return true;
        } catch (OutOfMemoryError e) {
            later();                    // it waits in the stack
            return false;
        }
    }

    private void unpair() {
        if (notice != null) {
            notice.release();
            notice = null;
        }
        if (ours >= 0) {
            Fd.mine().close(ours);
            Fd.mine().close(next);
            ours = -1;
        }
    }

    private void later() {
        if (again == null) {
            again = poller.after(AGAIN_NS, () -> {
                again = null;
                announce();
            });
        }
    }

    /// @return false if the client, or the kernel, takes no more just now
    private boolean flush() {
        while (!over && (out != null || theirs >= 0)) {
            int n = out != null ? Fd.mine().write(fd, out) : Fd.mine().pass(fd, 'A', theirs);
            if (n == -Errno.EAGAIN) {
                poller.interest(key, RoomWatch.ALWAYS | Poller.OUT);
                return false;
            }
            if (Errno.shortage(n)) {
                later();
                return false;
            }
            if (n < 0 && n != -Errno.EINTR) {
                finish();
            } else if (out == null && n > 0) {
                Fd.mine().close(theirs);
                theirs = -1;
            } else if (out != null && !out.isReadable()) {
                out.release();
                out = null;
            }
        }
        return !over;
    }

    /// The connection's name is in its descriptor before that is passed, so nobody has to wait for it.
    private void pass(StreamSocket socket) {
        long watch = poller.watch(ours, null, 0);
        if (watch < 0) {
            socket.abort();             // the kernel watches no more of them
            return;
        }
        theirs = next;
        Lent accepted = desk.lend(lent.owner(), socket);
        Names.writeName(notice, accepted.id(), socket.local(), socket.remote());
        Handover at = new Handover(ours, watch, notice, null, true);
        ours = -1;
        notice = null;
        RingEnd shared = ring;
        ring = null;
        desk.relay(accepted, at, shared, 0);
    }

    private void tell(StreamSocket socket) {
        Lent accepted = desk.lend(lent.owner(), socket);
        parked++;
        mine.add(accepted.id());
        desk.parking().park(accepted, () -> {
            parked--;
            mine.remove(accepted.id());
            announce();
        });
        out = notice;
        notice = null;
        out.writeCharSequence("{\"socket\":" + accepted.id() + ",\"local\":\"" + socket.local()
                + "\",\"remote\":\"" + socket.remote() + "\"}\n", StandardCharsets.US_ASCII);
    }

    private void finish() {
        if (over) {
            return;
        }
        over = true;
        if (again != null) {
            again.cancel();
        }
        unpair();
        RingEnd.discard(ring);
        ring = null;
        listener.listener(null);
        listener.close();
        desk.table().remove(lent);
        for (long id : List.copyOf(mine)) {
            desk.parking().drop(id);
        }
        poller.forget(fd);
        Fd.mine().close(fd);
        if (theirs >= 0) {
            Fd.mine().close(theirs);    // its relay sees that nobody will read, and resets the connection
            theirs = -1;
        }
        if (out != null) {
            out.release();
            out = null;
        }
    }
}
