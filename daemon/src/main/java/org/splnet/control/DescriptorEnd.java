package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Poller;

/// A client whose descriptor is the connection.
///
/// The kernel says of one who has closed that he has left octets unread, but not which: if he has had none of
/// the connection's yet, they are of our answer to his request, which nobody has to read. But who has not
/// read the name of a connection that he was offered has not accepted it.
final class DescriptorEnd implements ClientEnd {
    private static final int FINAL = Poller.END | Poller.HANGUP | Poller.ERROR;
    /// A client that has made room so often after there was none reads much.
    private static final int MUCH = 16;
    /// For such a one the kernel may hold more than it does by itself (208 KiB). It tells of room when three
    /// quarters are, and until a thread has come to fill them the client reads on in the rest: that should be
    /// more than one piece.
    private static final int LARGE = 2 << 20;
    /// What a client has left unread when its connection ends is in its hands, and nobody tells when it reads
    /// that: so long it is counted.
    private static final long UNREAD_NS = 60_000_000_000L;

    private final int fd;
    private final Poller poller;
    private final Account account;
    private final RoomWatch room;
    private final Runnable doubt;
    private ByteBuf before;             // of the talk that came before; by whoever has the turn to write
    private volatile boolean given;     // octets that have to be read

    // By the poller's thread.
    private final ReadSize size = new ReadSize();
    /// The last read gave less than was asked for, and nothing came since: most likely there is no more, and
    /// to read once more can wait. But it must be done: before Linux 6.16 a read also ends where a descriptor
    /// comes along (unix(7)), of which no event tells; and that may be the client's own end, so that he is
    /// not even seen to go until it has been read.
    private boolean drained;
    private boolean doubted;            // it will be read once more
    /// Has it read; null once it is closed, so that who waits to read it once more does not keep all of a
    /// connection that is over: thousands in a tenth of a second, which the collector would take for old.
    private Runnable pull;
    private boolean ended;              // it writes no more: a fact to be read up to
    /// An event has said that and no more; by the time of the read it may have closed.
    private boolean finished;
    private boolean broke;              // a read has said so, and the kernel tells it once
    private int rooms;                  // how often there was some again, up to MUCH
    private boolean large;              // and counted

    /// @param at the descriptor and what the client is owed, this end's
    /// @param pull has it read
    DescriptorEnd(Poller poller, Account account, Handover at, Runnable pull) {
        this.fd = at.fd();
        this.before = at.before();
        this.given = at.offered();
        this.poller = poller;
        this.account = account;
        this.pull = pull;
        this.doubt = this::readOnceMore;
        this.room = new RoomWatch(poller, at.key());
    }

    private void readOnceMore() {
        doubted = false;
        if (pull != null) {
            pull.run();
        }
    }

    @Override
    public int greet() {
        while (before != null) {
            int n = Fd.mine().write(fd, before);
            if (n == -Errno.EAGAIN || Errno.shortage(n)) {
                return n;
            }
            if (n < 0 && n != -Errno.EINTR || !before.isReadable()) {
                forget();
            }
        }
        return 0;
    }

    private void forget() {
        if (before != null) {
            before.release();
            before = null;
        }
    }

    @Override
    public int write(ByteBuf from) {
        given = true;
        return Fd.mine().write(fd, from);
    }

    @Override
    public void flush() {
    }

    @Override
    public void awaitRoom(boolean now) {
        room.await(now);
    }

    @Override
    public void end() {
        Fd.mine().shutdown(fd, Fd.SHUT_WR);
    }

    /// Its writes fail, and what is there it can read.
    @Override
    public void refuse() {
        Fd.mine().shutdown(fd, Fd.SHUT_RD);
    }

    @Override
    public boolean ready(int events) {
        drained = false;
        ended |= (events & FINAL) != 0;
        finished |= (events & (Poller.END | Poller.HANGUP)) == Poller.END;
        boolean some = (events & Poller.OUT) != 0;
        if (some && rooms < MUCH && ++rooms == MUCH) {
            enlarge();
        }
        return some;
    }

    private void enlarge() {
        if (account.spare(LARGE)) {
            large = Fd.mine().enlargeSendBuffer(fd, LARGE);
            if (!large) {
                account.unspare(LARGE);
            }
        }
    }

    @Override
    public int wants() {
        if (!drained || ended) {
            return size.octets();
        }
        drained = false;
        if (!doubted) {
            doubted = true;
            poller.soon(doubt);
        }
        return 0;
    }

    @Override
    public boolean later() {
        return false;
    }

    @Override
    public boolean byAnybody() {
        return false;
    }

    @Override
    public ByteBuf lend(int octets) {
        return null;
    }

    /// The kernel does.
    @Override
    public void settle() {
    }

    @Override
    public int read(ByteBuf to) {
        int n = meant(Fd.mine().read(fd, to));
        drained = n > 0 && to.isWritable();
        if (n > 0) {
            size.read(n);
        }
        return n;
    }

    @Override
    public boolean ended() {
        return finished;
    }

    @Override
    public int last() {
        ByteBuf rest = Unpooled.directBuffer(1, 1);
        int n = meant(Fd.mine().read(fd, rest));
        rest.release();
        return broke || n < 0 && n != -Errno.EAGAIN ? -Errno.ECONNRESET : 0;
    }

    private int meant(int result) {
        boolean reset = result == -Errno.ECONNRESET;
        broke |= reset && given;
        return reset && !given ? 0 : result;
    }

    @Override
    public void retire(Runnable then) {
        then.run();
    }

    @Override
    public void close(int errno) {
        pull = null;
        forget();
        if (large && Fd.mine().unsent(fd) > 0) {
            poller.after(UNREAD_NS, () -> account.unspare(LARGE));
        } else if (large) {
            account.unspare(LARGE);
        }
        Fd.mine().close(fd);
    }
}
