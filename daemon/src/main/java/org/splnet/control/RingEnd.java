package org.splnet.control;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;
import org.splnet.kern.Deferred;
import org.splnet.kern.Lookout;
import org.splnet.service.http.HttpError;
import org.splnet.socket.StreamSocket;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Poller;
import org.splnet.unix.Ring;
import org.splnet.unix.RingReader;
import org.splnet.unix.RingWriter;
import org.splnet.unix.SharedMemory;

/// A client with whom the octets are shared in memory, a [Ring] for each direction. Its descriptor carries
/// the memory to it, then an octet whenever one of the two sleeps and should not any more, and ends with it.
///
/// What the client has written goes on by reference if the socket soon gives it back
/// ([StreamSocket#returnsSoon]); else a window's worth of octets would find no room in the ring, and copying
/// them makes it.
final class RingEnd extends Deferred.Call implements ClientEnd {
    /// Reads of what wakes us before others have their turn.
    private static final int BURST = 16;

    /// In which a client asks for one, and is answered.
    static final String FIELD = "Splnet-Ring";
    /// What may be asked for.
    static final String ALLOWED = "a power of two in " + Ring.LEAST + ".." + Ring.MOST;

    /// What it has written, as long as somebody looks.
    private final class Written extends Lookout.Place {
        @Override
        protected boolean ready(boolean last) {
            return gone || !(last ? in.sleeps() : in.quiet());      // who has gone wakes nobody
        }

        @Override
        protected void work() {
            reads.run();
        }
    }

    private final Poller poller;
    private final Account account;
    private final int capacity;
    private final SharedMemory memory;
    private final RingWriter out;
    private final RingReader in;
    private int shared;                 // the memory's descriptor, until it is passed on
    private ByteBuf before;             // to be sent before that
    private int untold;                 // octets written of which the client may have to be told
    private int fd = -1;
    private RoomWatch room;             // for the greeting
    private StreamSocket socket;
    private Runnable settles;
    private volatile boolean left;      // the client has closed
    private volatile boolean gone;      // the client writes no more
    private volatile boolean closed;
    private final AtomicBoolean freed = new AtomicBoolean();
    private final Lookout.Place written = new Written();
    private Runnable reads;

    private RingEnd(Poller poller, Account account, int capacity, SharedMemory memory, int shared) {
        this.poller = poller;
        this.account = account;
        this.capacity = capacity;
        this.memory = memory;
        this.shared = shared;
        this.out = new RingWriter(memory, Ring.OUT, capacity);
        this.in = new RingReader(memory, Ring.IN, capacity, () -> Deferred.later(this));
    }

    /// @param what says so
    /// @throws HttpError 422 for octets that a direction cannot have; 0, for no ring, is allowed
    static void check(String what, long octets) throws HttpError {
        if (octets != 0 && (octets < Ring.LEAST || octets > Ring.MOST || Long.bitCount(octets) != 1)) {
            throw SocketErrors.refused("EINVAL", what + ": " + octets + " must be " + ALLOWED + ".");
        }
    }

    /// Makes one; [#at] follows, or [#close]. By the poller's thread.
    ///
    /// @param octets of each direction; 0 for none
    /// @return null for none
    /// @throws HttpError 422 for octets that a direction cannot have; 429 if they are more than the owner's
    ///     rule allows, or the kernel has none
    static RingEnd open(Poller poller, Owner owner, long octets) throws HttpError {
        if (octets == 0) {
            return null;
        }
        check(FIELD, octets);
        owner.account().reserve(2 * octets);
        RingEnd ring = make(poller, owner.account(), (int) octets);
        if (ring == null) {
            owner.account().unreserve(2 * octets);
            throw SocketErrors.tooMany("ENOBUFS", "The kernel has no memory or descriptor for a ring.");
        }
        return ring;
    }

    /// What was made is not needed.
    ///
    /// @param ring null for none
    static void discard(RingEnd ring) {
        if (ring != null) {
            ring.close(0);
        }
    }

    /// Octets of each direction.
    int capacity() {
        return capacity;
    }

    private static RingEnd make(Poller poller, Account account, int capacity) {
        int shared = SharedMemory.make(Ring.size(capacity));
        if (shared < 0) {
            return null;
        }
        SharedMemory memory = SharedMemory.map(shared, Ring.size(capacity));
        if (memory == null) {
            Fd.mine().close(shared);
            return null;
        }
        Ring.begin(memory, capacity);
        return new RingEnd(poller, account, capacity, memory, shared);
    }

    /// Where the client is.
    ///
    /// @param at its descriptor, and what it is owed before the memory; this end's from now on. What it has
    ///     sent already is as good as nothing: it has the memory for its octets
    /// @param to who gets what it writes
    /// @param pull is run when there is something to read
    /// @param settle is run, by any thread, when there is room to be told of
    void at(Handover at, StreamSocket to, Runnable pull, Runnable settle) {
        socket = to;
        reads = pull;
        settles = settle;
        fd = at.fd();
        room = new RoomWatch(poller, at.key());
        before = at.before();
        if (at.early() != null) {
            at.early().release();
        }
    }

    @Override
    public int greet() {
        while (before != null) {
            int n = Fd.mine().write(fd, before);
            if (n < 0 && n != -Errno.EINTR) {
                return n;
            }
            if (!before.isReadable()) {
                before.release();
                before = null;
            }
        }
        if (shared >= 0) {
            int n = Fd.mine().pass(fd, 'M', shared);
            if (n < 0) {
                return n;
            }
            Fd.mine().close(shared);
            shared = -1;
        }
        return 0;
    }

    @Override
    public int write(ByteBuf from) {
        if (left) {
            return -Errno.EPIPE;        // nothing else would say so: a ring takes octets, or has no room
        }
        int n = out.write(from);
        untold += Math.max(n, 0);
        if (untold >= capacity / 4) {
            flush();
        }
        return n;
    }

    /// Of several pieces the client is told at once: it would sleep after each.
    @Override
    public void flush() {
        if (untold > 0) {
            untold = 0;
            wake();
        }
    }

    private void wake() {
        if (out.readerMustBeWoken()) {
            Fd.mine().ring(fd);
        }
    }

    /// Who reads a ring rings when there is room; only before that the kernel has to tell.
    @Override
    public void awaitRoom(boolean now) {
        room.await(now && shared >= 0);
    }

    @Override
    public void end() {
        out.end();
        wake();
    }

    /// Told by the reason in the memory, once what is left has been taken.
    @Override
    public void refuse() {
    }

    @Override
    public boolean ready(int events) {
        if ((events & Poller.HANGUP) != 0) {
            left = true;
        }
        if ((events & (Poller.END | Poller.HANGUP | Poller.ERROR)) != 0) {
            gone = true;
        }
        if ((events & Poller.IN) != 0) {
            rung();
        }
        return true;
    }

    /// All that has come: in what is left there could, before Linux 6.16, be a descriptor, even of the
    /// client's own end, which would never be closed then.
    private void rung() {
        for (int i = 0; i < BURST; i++) {
            if (!Fd.mine().rung(fd)) {
                return;
            }
        }
        poller.execute(() -> {
            if (!closed) {
                rung();
                settles.run();          // what was asked for by what is taken now
                reads.run();
            }
        });
    }

    /// As long as somebody looks for more by himself, the client need not wake anybody.
    @Override
    public int wants() {
        if (!gone && in.quiet() && (poller.lookout().watch(written) || in.sleeps())) {
            return 0;
        }
        return Math.clamp(in.available(), 1, ReadSize.MOST);       // 1 for the end, too
    }

    /// Those who look and carry segments go on before the poller, which would carry none.
    @Override
    public boolean later() {
        return (!poller.here() || poller.lookout().others()) && poller.lookout().watch(written);
    }

    @Override
    public boolean byAnybody() {
        return true;
    }

    @Override
    public ByteBuf lend(int octets) {
        return octets >= RingReader.WORTH_LENDING && socket.returnsSoon() ? in.lend(octets) : null;
    }

    /// The writer is told of room when it is worth it: at the latest when he sees no more than three quarters
    /// of what there is.
    @Override
    public int read(ByteBuf to) {
        boolean ended = gone || in.ended();
        int n = in.read(to);
        if (n == 0 && !ended) {
            return -Errno.EAGAIN;
        }
        if (n > 0 && in.unsettled() >= capacity / 4 && !in.lends()) {
            settles.run();
        }
        return n;
    }

    @Override
    public boolean ended() {
        return in.ended();
    }

    @Override
    public void settle() {
        in.settle();
        if (in.writerMustBeWoken()) {
            Fd.mine().ring(fd);
        }
    }

    /// Something that was lent was given back.
    @Override
    protected void run() {
        if (closed) {
            free();
        } else {
            settles.run();
        }
    }

    @Override
    public int last() {
        return out.unread() ? -Errno.ECONNRESET : 0;
    }

    @Override
    public void retire(Runnable then) {
        poller.lookout().forget(written, () -> poller.execute(then));
    }

    @Override
    public void close(int errno) {
        if (errno != 0) {
            Ring.fail(memory, errno);
        }
        in.close();
        closed = true;                  // behind that whoever gives the last back unmaps the memory
        free();
        if (before != null) {
            before.release();
            before = null;
        }
        if (shared >= 0) {
            Fd.mine().close(shared);
            shared = -1;
        }
        if (fd >= 0) {
            Fd.mine().close(fd);
        }
    }

    /// Once it is closed and nothing is lent any more: what the client has left behind may be on its way yet.
    private void free() {
        if (in.lends() || !freed.compareAndSet(false, true)) {
            return;
        }
        memory.close();
        if (poller.here()) {
            account.unreserve(2L * capacity);
        } else {
            poller.execute(() -> account.unreserve(2L * capacity));
        }
    }
}
