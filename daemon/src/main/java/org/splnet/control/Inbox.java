package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;

/// What a client has sent and nobody has looked at yet, cut where a request's head ends, so that what follows
/// a request stays here; and the descriptor that came with it. By the poller's thread.
final class Inbox {
    /// A head that is longer is left to the codec to be refused.
    private static final int MOST_HEAD = 32 << 10;

    private final ByteBufAllocator allocator;
    private final int fd;
    private ByteBuf octets;
    private int searched;
    private int passed = -1;

    Inbox(ByteBufAllocator allocator, int fd) {
        this.allocator = allocator;
        this.fd = fd;
    }

    /// Reads at most `room` octets.
    ///
    /// @return how many, 0 at the end, or `-errno`
    int read(int room) {
        if (octets == null) {
            octets = allocator.directBuffer(room);
        }
        octets.ensureWritable(room);
        int n = Fd.mine().receive(fd, octets);
        int came = Fd.mine().passed();
        // Nothing else is asked for, and a client's own end, kept here, would make it live for ever.
        if (came == -Errno.EMFILE || came >= 0 && Fd.mine().packets(came)) {
            forgetPassed();
            passed = came;
        } else if (came >= 0) {
            Fd.mine().close(came);
        }
        if (!octets.isReadable()) {
            clear();
        }
        return n;
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

    /// Everything that is left, or null. The caller owns it.
    ByteBuf takeAll() {
        ByteBuf all = octets;
        octets = null;
        return all;
    }

    /// The descriptor that came last, a Unix socket of packets, the caller's to close; -1 for none; `-EMFILE`
    /// if there was no room for it.
    int takePassed() {
        int taken = passed;
        passed = -1;
        return taken;
    }

    /// A request is done: if nothing came behind it, neither did the descriptor.
    void requestEnds() {
        if (octets == null) {
            forgetPassed();             // it came with a request that had no use for it; maybe our own peer
        }
    }

    /// Closes the descriptor that came last.
    void forgetPassed() {
        if (passed >= 0) {
            Fd.mine().close(passed);
        }
        passed = -1;
    }

    /// Forgets the octets.
    void clear() {
        searched = 0;
        if (octets != null) {
            octets.release();
            octets = null;
        }
    }

    void close() {
        clear();
        forgetPassed();
    }
}
