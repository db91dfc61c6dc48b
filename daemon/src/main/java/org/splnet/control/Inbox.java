package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.splnet.unix.Closer;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;

/// What a client has sent and nobody has looked at yet, cut where a request's head ends, so that what follows
/// a request stays here; and the descriptors that came with it. By the poller's thread.
final class Inbox {
    /// A descriptor, with the last octets of a read: unix(7) lets a read end behind a piece that brings one,
    /// and begin before it.
    ///
    /// @param fd a Unix socket of packets; `-EMFILE` if there was no room for it; -1 if it was something else
    /// @param until octets that had come by then
    private record Passed(int fd, long until) { }

    /// A head that is longer is left to the codec to be refused.
    private static final int MOST_HEAD = 32 << 10;
    /// The first that came with a request, and the last, which may be the next one's; as soon as a request is
    /// there whole nothing more is read.
    private static final int MOST_PASSED = 2;

    private final ByteBufAllocator allocator;
    private final int fd;
    private final Closer closer;
    private final Again again;
    private final ArrayDeque<Passed> passed = new ArrayDeque<>(MOST_PASSED);
    private ByteBuf octets;
    private long received;              // octets, from the beginning
    private int searched;

    /// @param closer of descriptors that come
    /// @param again reads once more
    Inbox(ByteBufAllocator allocator, int fd, Closer closer, Again again) {
        this.allocator = allocator;
        this.fd = fd;
        this.closer = closer;
        this.again = again;
    }

    /// Reads at most `room` octets.
    ///
    /// @return how many, 0 at the end, or `-errno`: `-EMFILE` if more descriptors came than can be closed,
    ///     `-ENOMEM` if there is no memory for those that have come; without any `-EAGAIN` if an end has
    int read(int room) {
        try {
            makeRoom(room);
        } catch (OutOfMemoryError e) {              // of buffers: Netty's limit
            again.soon();                           // nobody tells again of an end that has come by now
            return Fd.mine().unread(fd) > 0 ? -Errno.ENOMEM : -Errno.EAGAIN;
        }
        return receive();
    }

    private void makeRoom(int octetsMore) {
        octets = octets == null ? allocator.directBuffer(octetsMore) : octets.ensureWritable(octetsMore);
    }

    private int receive() {
        int n = Fd.mine().receive(fd, octets, closer);
        received += Math.max(n, 0);
        int came = Fd.mine().passed();
        if (came != -1) {
            keep(came);
        }
        if (!octets.isReadable()) {
            clear();
        }
        return came != -1 && closer.full() ? -Errno.EMFILE : n;
    }

    private void keep(int came) {
        // Nothing else is asked for, and a client's own end, kept here, would make it live for ever.
        boolean wanted = came < 0 || Fd.mine().packets(came);
        if (!wanted) {
            closer.close(came);
        }
        if (passed.size() == MOST_PASSED) {
            closer.close(passed.removeLast().fd());
        }
        passed.add(new Passed(wanted ? came : -1, received));
    }

    /// Everything that is left, or null, for who reads the connection from now on. The caller owns it.
    ///
    /// He reads octets alone, and the descriptors of such are closed by the thread that reads. So nobody can
    /// pass on any from now on, and what has come is read here. Before Linux 6.16 they can.
    ///
    /// @throws OutOfMemoryError if there is none to read that into
    ByteBuf takeAll() {
        readAhead();
        ByteBuf all = octets;
        octets = null;
        return all;
    }

    private void readAhead() {
        Fd.mine().passesNone(fd);
        for (int left = Fd.mine().unread(fd); left > 0; ) {
            long before = received;
            makeRoom(left);
            int n = receive();
            left -= (int) (received - before);
            if (n <= 0 && n != -Errno.EINTR && n != -Errno.EMFILE) {
                return;
            }
        }
    }

    /// Octets up to the empty line, or all of too many; null if more must come. The caller owns them.
    ByteBuf head() {
        if (octets == null) {
            return null;
        }
        int end = endOfHead();
        if (end < 0 && octets.readableBytes() < MOST_HEAD) {
            return null;
        }
        return cut(end < 0 ? octets.readableBytes() : end - octets.readerIndex());
    }

    /// The index after an empty line; lines may end with LF alone (RFC 9112 §2.2).
    private int endOfHead() {
        for (int i = Math.max(searched, octets.readerIndex()); i < octets.writerIndex(); i++) {
            if (octets.getByte(i) == '\n' && emptyLineBefore(i)) {
                return i + 1;
            }
        }
        searched = octets.writerIndex();
        return -1;
    }

    private boolean emptyLineBefore(int newline) {
        int before = newline - 1;
        if (before >= octets.readerIndex() && octets.getByte(before) == '\r') {
            before--;
        }
        return before < octets.readerIndex() || octets.getByte(before) == '\n';
    }

    /// At most `most` octets; null if there is none. The caller owns them.
    ByteBuf body(long most) {
        return octets == null || most == 0 ? null : cut((int) Math.min(most, octets.readableBytes()));
    }

    private ByteBuf cut(int length) {
        ByteBuf part = octets.readRetainedSlice(length);
        searched = 0;
        if (!octets.isReadable()) {
            clear();
        }
        return part;
    }

    boolean isEmpty() {
        return octets == null;
    }

    /// The first descriptor that came with the request that was taken last, a Unix socket of packets, the
    /// caller's to close; -1 for none; `-EMFILE` if there was no room for it.
    int takePassed() {
        Passed first = passed.poll();
        return first == null ? -1 : first.fd();
    }

    /// Closes the descriptors that came with what has been taken: there is no use for them, and one may hold
    /// our own peer.
    void forgetPassed() {
        long taken = received - (octets == null ? 0 : octets.readableBytes());
        while (!passed.isEmpty() && passed.peek().until() <= taken) {
            closer.close(passed.poll().fd());
        }
    }

    private void clear() {
        searched = 0;
        if (octets != null) {
            octets.release();
            octets = null;
        }
    }

    /// Forgets everything that has come.
    void forget() {
        clear();
        forgetPassed();
    }

    /// Ends the connection, when nobody watches it any more. In what was not read may be descriptors, and
    /// nothing comes to that once it is shut.
    void close() {
        forget();
        Fd.mine().shutdown(fd, Fd.SHUT_RD);
        if (Fd.mine().unread(fd) > 0) {
            Fd.mine().shutdown(fd, Fd.SHUT_WR);     // the client is not to wait for it
            closer.close(fd);
        } else {
            Fd.mine().close(fd);
        }
    }
}
