package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/// What can be done with a descriptor; none of the calls waits.
/// Results are the kernel's: what the call returns, or `-errno` ([Errno]). Each thread has an instance of its
/// own, with the memory that calls need.
public final class Fd {
    /// `socketpair`, a stream.
    public static final int STREAM = 1;
    /// `socketpair`, packets in order.
    public static final int PACKETS = 5;

    /// `shutdown`: nothing more is read.
    public static final int SHUT_RD = 0;
    /// `shutdown`: nothing more is written.
    public static final int SHUT_WR = 1;

    // struct epoll_event is packed on x86-64 alone.
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    static final int EVENT = PACKED ? 12 : 16;
    static final int EVENT_DATA = PACKED ? 4 : 8;

    private static final ThreadLocal<Fd> MINE = ThreadLocal.withInitial(Fd::new);

    /// Calls do not wait for it, and programs that are started do not have it.
    private static final int OURS = Libc.O_NONBLOCK | Libc.O_CLOEXEC;
    private static final int F_SETFD = 2;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int FD_CLOEXEC = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_SNDBUF = 7;
    private static final int SO_OOBINLINE = 10;
    private static final int SO_SNDBUFFORCE = 32;
    private static final long SIOCOUTQ = 0x5411;
    private static final long SIOCINQ = 0x541B;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;
    private static final int SO_PASSRIGHTS = 83;
    private static final int OCTET = 104;
    private static final int SCRATCH = 512;
    private static final int SUN_PATH = 108;
    private static final int RINGS = 256;

    /// The last descriptors are not for clients: the daemon needs some itself, to load a class or open a
    /// file.
    private static final int RESERVE = 16;
    public static final long CEILING = most() - RESERVE;
    /// So far below it nobody asks yet whether a number is free.
    private static final int NEAR = 1024;

    private final Libc libc = new Libc();
    private final MemorySegment scratch = Arena.ofAuto().allocate(SCRATCH, 8);
    private final long at = scratch.address();
    private Message message;            // for who passes descriptors on, or takes some
    private int accepted;               // the last one

    private Fd() {
    }

    /// An instance for whoever holds one lock, in whatever thread, rather than for one thread.
    public static Fd locked() {
        return new Fd();
    }

    /// The instance of the thread that asks.
    public static Fd mine() {
        return MINE.get();
    }

    /// Reads into the writable octets of `to`, which is direct and in one piece, and moves its index.
    public int read(int fd, ByteBuf to) {
        int most = to.writableBytes();
        long n = libc.recv(fd, NativeAddress.of(to) + to.writerIndex(), most, Libc.MSG_DONTWAIT);
        if (n > 0) {
            to.writerIndex(to.writerIndex() + (int) n);
        }
        return (int) n;
    }

    /// As [#read], and takes a descriptor that came with the octets, see [#passed]; of several the first.
    ///
    /// @param closer gets the others
    public int receive(int fd, ByteBuf to, Closer closer) {
        return message().receive(libc, fd, to, closer);
    }

    /// The descriptor that came with the last [#receive], the caller's to close, which may take its time
    /// ([Closer]), or `-EMFILE` if only the reserve was left; -1 for none.
    public int passed() {
        return message().passed();
    }

    private Message message() {
        if (message == null) {
            message = new Message();
        }
        return message;
    }

    /// Writes the readable octets of `from`, which is direct and in one piece, and moves its index over what
    /// was taken.
    public int write(int fd, ByteBuf from) {
        long n = libc.send(fd, NativeAddress.of(from) + from.readerIndex(), from.readableBytes(),
                Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
        if (n > 0) {
            from.readerIndex(from.readerIndex() + (int) n);
        }
        return (int) n;
    }

    /// Sends one octet and, with it, `what`: a descriptor that stays open here too.
    public int pass(int fd, int octet, int what) {
        return message().send(libc, fd, octet, what);
    }

    /// From now on no descriptor can be passed to `fd` (Linux 6.16; before, any can, and the kernel closes it
    /// by the thread that reads its octets alone).
    public void passesNone(int fd) {
        option(fd, SO_PASSRIGHTS, 0);
    }

    /// False before Linux 6.16, see [#passesNone].
    public boolean canPassNone(int fd) {
        return option(fd, SO_PASSRIGHTS) >= 0;
    }

    /// From now on an octet that is out of band comes in its place, with the descriptors that it brings. Else
    /// reading goes past it, and the kernel closes those by the thread that reads.
    public void inLine(int fd) {
        option(fd, SO_OOBINLINE, 1);
    }

    /// Octets that a stream has to be read; or `-errno`.
    public int unread(int fd) {
        int code = libc.ioctl(fd, SIOCINQ, at);
        return code < 0 ? code : scratch.get(JAVA_INT, 0);
    }

    /// Ends one direction ([#SHUT_RD], [#SHUT_WR]).
    public int shutdown(int fd, int how) {
        return libc.shutdown(fd, how);
    }

    /// Closes it.
    public void close(int fd) {
        libc.close(fd);
    }

    /// Two connected sockets; see [#second] for the other one. They block, for whoever is given one.
    ///
    /// @param type [#STREAM] or [#PACKETS]
    /// @return one of them, or `-errno`; `-EMFILE` if only the reserve is left
    public int pair(int type) {
        int code = libc.socketpair(Libc.AF_UNIX, type | Libc.SOCK_CLOEXEC, 0, at + OCTET);
        if (code >= 0 && second() >= CEILING) {
            close(scratch.get(JAVA_INT, OCTET));
            close(second());
            return -Errno.EMFILE;
        }
        return code < 0 ? code : scratch.get(JAVA_INT, OCTET);
    }

    /// The other one of the last [#pair].
    public int second() {
        return scratch.get(JAVA_INT, OCTET + 4);
    }

    /// A socket that listens at `path`, which must not be there.
    ///
    /// @param backlog connections that may wait to be accepted
    public int listen(String path, int backlog) throws IOException {
        int length = address(path);
        if (length < 0) {
            throw new IOException("longer than " + (SUN_PATH - 1) + " octets");
        }
        int fd = checked(libc.socket(Libc.AF_UNIX, STREAM | OURS, 0), "socket");
        int code = libc.bind(fd, at + OCTET, length);
        if (code >= 0) {
            code = libc.listen(fd, backlog);
        }
        if (code < 0) {
            close(fd);
            checked(code, "bind");
        }
        return fd;
    }

    /// A stream connected to who listens at `path`, or `-errno`; [Errno#EAGAIN] if too many wait there.
    public int connect(String path) {
        int length = address(path);
        if (length < 0) {
            return length;
        }
        int fd = libc.socket(Libc.AF_UNIX, STREAM | OURS, 0);
        if (fd < 0) {
            return fd;
        }
        int code = libc.connect(fd, at + OCTET, length);
        if (code < 0) {
            close(fd);
            return code;
        }
        return fd;
    }

    /// Leaves a `struct sockaddr_un` in the scratch memory.
    ///
    /// @return its length, or `-ENAMETOOLONG`
    private int address(String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= SUN_PATH) {
            return -Errno.ENAMETOOLONG;
        }
        scratch.asSlice(OCTET, SUN_PATH + 2).fill((byte) 0);
        scratch.set(JAVA_BYTE, OCTET, (byte) Libc.AF_UNIX);
        MemorySegment.copy(name, 0, scratch, JAVA_BYTE, OCTET + 2, name.length);
        return 2 + name.length + 1;
    }

    /// A connection of a listening socket, or `-errno`: `-EMFILE` if only the reserve is left for it, which
    /// waits on.
    public int accept(int listener) {
        return accept(listener, CEILING);
    }

    int accept(int listener, long ceiling) {
        if (accepted >= ceiling - NEAR && !free(listener, ceiling)) {
            return -Errno.EMFILE;
        }
        int fd = libc.accept4(listener, 0, 0, OURS);
        accepted = fd < 0 ? accepted : fd;
        return fd;
    }

    /// Descriptors have the lowest number that is free.
    private boolean free(int any, long ceiling) {
        int next = libc.fcntl(any, F_DUPFD_CLOEXEC, 0);
        if (next >= 0) {
            close(next);
        }
        return next >= 0 && next < ceiling;
    }

    private static long most() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean host
                ? host.getMaxFileDescriptorCount() : Integer.MAX_VALUE;
    }

    /// Listens anew at a socket that somebody else has made: to whom it has come clients see by SO_PEERCRED,
    /// which names who had called listen(2) last when they connected. Who connected before this sees another.
    public void listen(int fd, int backlog) throws IOException {
        checked(libc.listen(fd, backlog), "listen");
    }

    /// True if `fd` is a Unix stream socket that listens.
    public boolean listening(int fd) {
        return option(fd, SO_ACCEPTCONN) == 1 && option(fd, SO_DOMAIN) == Libc.AF_UNIX
                && option(fd, SO_TYPE) == STREAM;
    }

    /// Makes a descriptor that came from elsewhere like those made here: calls do not wait for it, and
    /// programs that are started do not have it.
    public void adopt(int fd) {
        libc.fcntl(fd, F_SETFL, Libc.O_NONBLOCK);
        libc.fcntl(fd, F_SETFD, FD_CLOEXEC);
    }

    /// True if `fd` is a Unix socket of packets ([#PACKETS]).
    public boolean packets(int fd) {
        return option(fd, SO_DOMAIN) == Libc.AF_UNIX && option(fd, SO_TYPE) == PACKETS;
    }

    private int option(int fd, int name) {
        scratch.set(JAVA_INT, 0, 4);
        int code = libc.getsockopt(fd, Libc.SOL_SOCKET, name, at + 8, at);
        return code < 0 ? code : scratch.get(JAVA_INT, 8);
    }

    private int option(int fd, int name, int value) {
        scratch.set(JAVA_INT, 0, value);
        return libc.setsockopt(fd, Libc.SOL_SOCKET, name, at, 4);
    }

    /// How much may be on its way in `fd`, with what the kernel needs for it; or `-errno`.
    public int sendBuffer(int fd) {
        return option(fd, SO_SNDBUF);
    }

    /// How much may be on its way in `fd` until [#write] says `EAGAIN`; the kernel doubles it.
    public int sendBuffer(int fd, int octets) {
        return option(fd, SO_SNDBUF, octets);
    }

    /// The same for so much as is to be after that, if it is not yet.
    ///
    /// @return false if nothing has changed: there is as much, or this process may not go beyond what is
    ///     everybody's (`CAP_NET_ADMIN`)
    public boolean enlargeSendBuffer(int fd, int octets) {
        if (sendBuffer(fd) >= octets) {
            return false;
        }
        return option(fd, SO_SNDBUFFORCE, octets / 2) >= 0;
    }

    /// What was written and has not been read, with what the kernel needs for it; or `-errno`.
    public int unsent(int fd) {
        int code = libc.ioctl(fd, SIOCOUTQ, at);
        return code < 0 ? code : scratch.get(JAVA_INT, 0);
    }

    /// Who connected `fd`, as the kernel saw it then.
    public Credentials credentials(int fd) throws IOException {
        return Credentials.of(libc, fd);
    }

    /// Sends one octet.
    ///
    /// @return 1, or `-errno`
    public int ring(int fd) {
        scratch.set(JAVA_BYTE, OCTET, (byte) 0);
        return (int) libc.send(fd, at + OCTET, 1, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
    }

    /// Takes what [#ring] has sent, one as good as many; the kernel closes descriptors that came along.
    ///
    /// @return true if there may be more
    public boolean rung(int fd) {
        return libc.recv(fd, at + OCTET, RINGS, Libc.MSG_DONTWAIT) > 0;
    }

    int epoll() throws IOException {
        return checked(libc.epollCreate1(Libc.O_CLOEXEC), "epoll");
    }

    int eventfd() throws IOException {
        return checked(libc.eventfd(0, OURS), "eventfd");
    }

    /// Adds one to an eventfd.
    void signal(int eventfd) {
        scratch.set(JAVA_LONG, 0, 1);
        libc.write(eventfd, at, 8);
    }

    /// Sets an eventfd to zero.
    void clear(int eventfd) {
        libc.read(eventfd, at, 8);
    }

    int epollControl(int epoll, int what, int fd, long event) {
        return libc.epollCtl(epoll, what, fd, event);
    }

    /// A `struct epoll_event` in this thread's memory, good until the next call.
    long event(int interest, long data) {
        scratch.set(JAVA_INT, 0, interest);
        scratch.set(JAVA_LONG_UNALIGNED, EVENT_DATA, data);
        return at;
    }

    int epollWait(int epoll, long events, int most, int timeoutMs) {
        return libc.epollWait(epoll, events, most, timeoutMs);
    }

    static int checked(int result, String call) throws IOException {
        if (result < 0) {
            throw new IOException(call + ": " + switch (-result) {
                case Errno.EPERM, Errno.EACCES -> "Permission denied";
                case Errno.ENOENT -> "No such directory";
                case Errno.ENOSPC -> "No space left on device";
                case Errno.EROFS -> "Read-only file system";
                case Errno.EADDRINUSE -> "Address already in use";
                default -> Errno.name(-result);
            });
        }
        return result;
    }
}
