package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.unix.Closer;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Poller;
import org.splnet.wire.Endpoint;

/// A client's descriptor that is a datagram socket of the stack: packets, or frames on a stream, go both
/// ways, each with its ends before it. What the client does not take stays in the socket's own bounded queue.
///
/// From the client: by the poller's thread. To the client: by whatever thread found the socket readable, one
/// at a time ([TurnedWork]), as in [StreamRelay].
final class DatagramRelay {
    private static final int MOST = Names.HEADER + Names.SEGMENT + 65_535;
    static final int MOST_READ = Integer.BYTES + MOST;
    /// Datagrams, either way, before others have their turn.
    private static final int BURST = 64;
    /// Of what a client's descriptor holds, for each datagram besides its own octets: less than Linux counts.
    private static final int COUNTED = 512;
    /// Of a read: there is nothing now, or never again.
    private static final int NOTHING = -1;

    private final Scratch scratch;
    private final Poller poller;
    private final ByteBufAllocator allocator;
    private final SocketTable table;
    private final Lent lent;
    private final DatagramSocket socket;
    private final Account account;
    private final Closer closer;
    private final Framing framing;
    private final int fd;
    private final long key;

    // By the poller's thread.
    private int waiting;                // octets that the client's end can hold
    private ByteBuf in;                 // a frame that has begun, or its length, with room for the rest of it
    private ByteBuf early;              // sent before this began
    private boolean crowded;            // its user has too much in the queues
    private boolean ended;              // the client sends no more: a fact to be read up to
    private boolean over;

    // By whoever has the turn.
    private final TurnedWork turns;
    private ByteBuf out;
    private volatile int waits;         // octets of memory that the client has yet to take
    private Datagram taken;             // there was no memory for its frame yet
    private final RoomWatch room;
    private final Again again;
    private volatile SockError complaint;   // of the last datagram that could not be sent

    DatagramRelay(SocketDesk desk, Lent lent, Handover at, Framing framing) {
        this.scratch = desk.scratch();
        this.poller = desk.poller();
        this.allocator = desk.allocator();
        this.table = desk.table();
        this.lent = lent;
        this.socket = lent.datagram();
        this.account = lent.owner().account();
        this.closer = account.closer();
        this.framing = framing;
        this.fd = at.fd();
        this.key = at.key();
        this.room = new RoomWatch(poller, key);
        this.again = new Again(poller, this::push);
        this.turns = new TurnedWork(poller, this::work, this::finish, this::close);
        this.out = at.before();
        this.early = at.early();
    }

    /// Begins. On the poller's thread.
    void start() {
        // Ours has what theirs has: the same default, or what who made both has asked for.
        waiting = Fd.mine().sendBuffer(fd);
        poller.handler(fd, this::ready);
        table.endsBy(lent, this::finish);
        table.takesBy(lent, this::take);
        table.holds(lent, () -> waits + (in == null ? 0 : MOST));      // what it may come to
        poller.interest(key, RoomWatch.ALWAYS);     // first, for the push may ask to be told of room
        push();
        socket.listener(events -> push());
        ByteBuf frames = early;
        early = null;
        if (frames != null && account.takes() == 0) {
            frames.release();
            finish();                   // what was sent ahead cannot wait
        } else if (frames == null || consumed(frames)) {
            pull();
        }
    }

    private void ready(int events) {
        if (over) {
            return;
        }
        if ((events & Poller.OUT) != 0) {
            push();
        }
        ended |= (events & (Poller.END | Poller.HANGUP | Poller.ERROR)) != 0;
        pull();                         // what was sent before the end goes out
    }

    // ---- from the client

    private void pull() {
        for (int i = 0; i < BURST; i++) {
            if (read() == NOTHING) {
                return;
            }
        }
        poller.execute(this::pull);
    }

    /// Reads what the client has sent by now, and not what it goes on to send meanwhile: everybody waits.
    private void take() {
        for (int octets = 0, n; octets < waiting && (n = read()) != NOTHING; ) {
            octets += n + COUNTED;
        }
    }

    /// @return octets, 0 if it is to be tried again, or [#NOTHING]
    private int read() {
        return over ? NOTHING : framing == Framing.PACKETS ? packet() : frames();
    }

    private int packet() {
        ByteBuf packet = scratch.empty();
        int n = Fd.mine().receive(fd, packet, closer);
        int passed = Fd.mine().passed();
        if (passed != -1) {
            closer.close(passed);       // whoever made the socket can have them passed here, whatever we say
            if (closer.full()) {
                finish();
                return NOTHING;
            }
        }
        if (n > 0) {
            send(packet);
            return n;
        }
        return n == 0 && !ended ? 0 : ended(n);     // before the end that is a packet of nothing
    }

    private int frames() {
        if (in != null) {
            return rest();
        }
        if (!ended && account.takes() == 0) {
            crowded();
            return NOTHING;
        }
        ByteBuf frames = scratch.empty();
        int n = Fd.mine().read(fd, frames);
        return n <= 0 ? ended(n) : took(frames) ? n : NOTHING;
    }

    /// A frame that has begun stays for as long as the client likes, so none begins.
    private void crowded() {
        if (!crowded) {
            crowded = true;
            table.countSoon(poller, account, () -> {
                crowded = false;
                pull();
            });
        }
    }

    /// Sends the frames that are there, and keeps the beginning of one that is not whole. If that fails,
    /// there is no telling where the next begins.
    ///
    /// @return false if the client has lost the thread
    private boolean took(ByteBuf frames) {
        try {
            return sent(frames);
        } catch (RuntimeException | Error fault) {
            finish();
            throw fault;
        }
    }

    private boolean sent(ByteBuf frames) {
        while (frames.isReadable()) {
            int length = length(frames);
            if (length < 0) {
                finish();               // whoever has lost it does not find it again
                return false;
            }
            if (frames.readableBytes() < length) {
                account.took(MOST);
                in = allocator.directBuffer(length, length);
                in.writeBytes(frames, Math.min(length, frames.readableBytes()));
                return true;
            }
            frames.skipBytes(Integer.BYTES);
            ByteBuf datagram = allocator.directBuffer(length).writeBytes(frames, length - Integer.BYTES);
            send(datagram);
            datagram.release();
        }
        return true;
    }

    /// Octets of the frame that begins there, with its length; if that is not there yet, those of the length;
    /// negative if it cannot be.
    private static int length(ByteBuf frame) {
        if (frame.readableBytes() < Integer.BYTES) {
            return Integer.BYTES;
        }
        long length = frame.getUnsignedInt(frame.readerIndex());
        return length < Names.HEADER || length > MOST ? -1 : Integer.BYTES + (int) length;
    }

    /// Reads on in a frame that has begun.
    private int rest() {
        int n = Fd.mine().read(fd, in);
        if (n <= 0) {
            return ended(n);
        }
        if (in.isWritable()) {
            return n;
        }
        ByteBuf whole = in;
        in = null;
        return consumed(whole) ? n : NOTHING;
    }

    /// As [#took], of frames that are this relay's.
    private boolean consumed(ByteBuf frames) {
        try {
            return took(frames);
        } finally {
            frames.release();
        }
    }

    private int ended(int result) {
        if (result == -Errno.EINTR) {
            return 0;
        }
        if (result != -Errno.EAGAIN) {
            finish();
        }
        return NOTHING;
    }

    /// Borrows `datagram`, header and payload. What cannot be sent is lost, as datagrams may be; a socket
    /// with a peer is told why.
    private void send(ByteBuf datagram) {
        if (datagram.readableBytes() < Names.HEADER) {
            return;
        }
        try {
            boolean cuts = Names.cuts(datagram);
            Endpoint to = Names.readEnd(datagram);
            Endpoint from = Names.readEnd(datagram);
            int segment = cuts ? Names.readSegment(datagram) : -1;
            if (to != null && !Policy.mayTalk(lent.owner(), Lent.ruled(lent.protocol(), to))) {
                complain(SockError.EACCES);
            } else {
                boolean any = from == null || from.addr().isUnspecified();
                socket.send(datagram, to, any ? null : from.addr(), segment);
            }
        } catch (SocketException e) {
            complain(e.error());
        } catch (IllegalArgumentException e) {
            complain(SockError.EINVAL);
        }
    }

    private void complain(SockError error) {
        if (socket.remote() != null) {
            complaint = error;
            push();
        }
    }

    // ---- to the client

    private void push() {
        turns.push();
    }

    /// @return false if there is more to be done, and others should have their turn first
    private boolean work() {
        try {
            return again.awaited() || written();
        } catch (OutOfMemoryError e) {              // of buffers: Netty's limit
            waits = taken == null ? 0 : taken.data().readableBytes();
            again.soon();
            return true;
        }
    }

    private boolean written() {
        for (int i = 0; out != null || next(); i++) {
            if (i == BURST) {
                return false;
            }
            int n = Fd.mine().write(fd, out);
            if (n == -Errno.EAGAIN) {
                waits = out.capacity();
                room.await(true);
                return true;
            }
            if (Errno.shortage(n)) {
                again.soon();
                return true;
            }
            if (n < 0 && n != -Errno.EINTR) {
                poller.execute(this::finish);
                return true;
            }
            if (!out.isReadable()) {
                out.release();
                out = null;
                waits = 0;
            }
        }
        room.await(false);
        return true;
    }

    /// @return false if there is nothing for the client
    private boolean next() {
        SockError error = complaint;
        complaint = null;
        if (error == null) {
            try {
                taken = taken == null ? socket.receive() : taken;
                if (taken == null) {
                    return false;
                }
                out = framing.framed(allocator, taken);
                taken.data().release();
                taken = null;
                return true;
            } catch (SocketException e) {
                error = e.error();
                if (error == SockError.ESHUTDOWN) {
                    return false;
                }
            }
        }
        out = framing.frame(allocator, 0);
        Names.writeError(out, SocketErrors.number(error));
        return true;
    }

    // ---- the end

    private void finish() {
        if (over) {
            return;
        }
        over = true;
        socket.listener(null);
        socket.close();
        table.remove(lent);
        turns.close();
    }

    /// Nobody has the turn, or will have it.
    private void close() {
        poller.forget(fd);
        if (framing == Framing.PACKETS) {
            Fd.mine().shutdown(fd, Fd.SHUT_RD);
            Fd.mine().shutdown(fd, Fd.SHUT_WR);     // the client is not to wait for it
            closer.close(fd);           // passed on itself, and maybe with others in what nobody has read
        } else {
            Fd.mine().close(fd);
        }
        ReferenceCountUtil.release(out);
        ReferenceCountUtil.release(in);
        if (taken != null) {
            taken.data().release();
        }
    }
}
