package org.splnet.unix;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/// The calls themselves, with the arguments of their C declarations, ours and the drivers'. What they return,
/// or `-errno`. Addresses are plain numbers, so that nothing is allocated to pass one: the caller sees to it
/// that what is there stays. By one thread, or whoever holds one lock, at a time, as [Downcall] says.
public final class Libc {
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int AF_UNIX = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = O_NONBLOCK;
    public static final int SOCK_CLOEXEC = O_CLOEXEC;
    public static final int SOL_SOCKET = 1;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int PROT_READ_WRITE = 3;
    public static final int MAP_SHARED = 1;

    private static final MethodHandle OPEN = Downcall.plain("open", 2);
    private static final MethodHandle CLOSE = Downcall.plain("close", 1);
    private static final MethodHandle READ = Downcall.plain("read", 3);
    private static final MethodHandle WRITE = Downcall.plain("write", 3);
    private static final MethodHandle WRITEV = Downcall.plain("writev", 3);
    private static final MethodHandle IOCTL = Downcall.variadic("ioctl", 3, 2);
    private static final MethodHandle SEND = Downcall.plain("send", 4);
    private static final MethodHandle RECV = Downcall.plain("recv", 4);
    private static final MethodHandle SENDMSG = Downcall.plain("sendmsg", 3);
    private static final MethodHandle SENDMMSG = Downcall.plain("sendmmsg", 4);
    private static final MethodHandle RECVMSG = Downcall.plain("recvmsg", 3);
    private static final MethodHandle SHUTDOWN = Downcall.plain("shutdown", 2);
    private static final MethodHandle SOCKET = Downcall.plain("socket", 3);
    private static final MethodHandle SOCKETPAIR = Downcall.plain("socketpair", 4);
    private static final MethodHandle BIND = Downcall.plain("bind", 3);
    private static final MethodHandle LISTEN = Downcall.plain("listen", 2);
    private static final MethodHandle CONNECT = Downcall.plain("connect", 3);
    private static final MethodHandle ACCEPT4 = Downcall.plain("accept4", 4);
    private static final MethodHandle GETSOCKNAME = Downcall.plain("getsockname", 3);
    private static final MethodHandle GETSOCKOPT = Downcall.plain("getsockopt", 5);
    private static final MethodHandle SETSOCKOPT = Downcall.plain("setsockopt", 5);
    private static final MethodHandle EPOLL_CREATE1 = Downcall.plain("epoll_create1", 1);
    private static final MethodHandle EPOLL_CTL = Downcall.plain("epoll_ctl", 4);
    private static final MethodHandle EPOLL_WAIT = Downcall.plain("epoll_wait", 4);
    private static final MethodHandle PPOLL = Downcall.plain("ppoll", 4);
    private static final MethodHandle FCNTL = Downcall.variadic("fcntl", 3, 2);
    private static final MethodHandle EVENTFD = Downcall.plain("eventfd", 2);
    private static final MethodHandle MEMFD_CREATE = Downcall.plain("memfd_create", 2);
    private static final MethodHandle FTRUNCATE = Downcall.plain("ftruncate", 2);
    private static final MethodHandle MMAP = Downcall.plain("mmap", 6);
    private static final MethodHandle MUNMAP = Downcall.plain("munmap", 2);

    private final Downcall call = new Downcall();

    /// @param path is copied for the call
    public int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return call.number((long) OPEN.invokeExact(call.state(),
                    arena.allocateFrom(path).address(), (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int close(int fd) {
        try {
            return call.number((long) CLOSE.invokeExact(call.state(), (long) fd));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long read(int fd, long to, long length) {
        try {
            return call.result((long) READ.invokeExact(call.state(), (long) fd, to, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long write(int fd, long from, long length) {
        try {
            return call.result((long) WRITE.invokeExact(call.state(), (long) fd, from, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long writev(int fd, long vectors, int count) {
        try {
            return call.result((long) WRITEV.invokeExact(call.state(), (long) fd, vectors, (long) count));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    /// @param argument an address or a number, as the request says
    public int ioctl(int fd, long request, long argument) {
        try {
            return call.number((long) IOCTL.invokeExact(call.state(), (long) fd, request, argument));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long send(int fd, long octets, long length, int flags) {
        try {
            return call.result((long) SEND.invokeExact(call.state(),
                    (long) fd, octets, length, (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long recv(int fd, long octets, long length, int flags) {
        try {
            return call.result((long) RECV.invokeExact(call.state(),
                    (long) fd, octets, length, (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long sendmsg(int fd, long message, int flags) {
        try {
            return call.result((long) SENDMSG.invokeExact(call.state(), (long) fd, message, (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int sendmmsg(int fd, long messages, int count, int flags) {
        try {
            return call.number((long) SENDMMSG.invokeExact(call.state(),
                    (long) fd, messages, (long) count, (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long recvmsg(int fd, long message, int flags) {
        try {
            return call.result((long) RECVMSG.invokeExact(call.state(), (long) fd, message, (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int shutdown(int fd, int how) {
        try {
            return call.number((long) SHUTDOWN.invokeExact(call.state(), (long) fd, (long) how));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int socket(int family, int type, int protocol) {
        try {
            return call.number((long) SOCKET.invokeExact(call.state(),
                    (long) family, (long) type, (long) protocol));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int socketpair(int family, int type, int protocol, long two) {
        try {
            return call.number((long) SOCKETPAIR.invokeExact(call.state(),
                    (long) family, (long) type, (long) protocol, two));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int bind(int fd, long address, int length) {
        try {
            return call.number((long) BIND.invokeExact(call.state(), (long) fd, address, (long) length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int listen(int fd, int backlog) {
        try {
            return call.number((long) LISTEN.invokeExact(call.state(), (long) fd, (long) backlog));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int connect(int fd, long address, int length) {
        try {
            return call.number((long) CONNECT.invokeExact(call.state(), (long) fd, address, (long) length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int accept4(int fd, long address, long length, int flags) {
        try {
            return call.number((long) ACCEPT4.invokeExact(call.state(),
                    (long) fd, address, length, (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int getsockname(int fd, long address, long length) {
        try {
            return call.number((long) GETSOCKNAME.invokeExact(call.state(), (long) fd, address, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int getsockopt(int fd, int level, int name, long value, long length) {
        try {
            return call.number((long) GETSOCKOPT.invokeExact(call.state(),
                    (long) fd, (long) level, (long) name, value, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int setsockopt(int fd, int level, int name, long value, int length) {
        try {
            return call.number((long) SETSOCKOPT.invokeExact(call.state(),
                    (long) fd, (long) level, (long) name, value, (long) length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int epollCreate1(int flags) {
        try {
            return call.number((long) EPOLL_CREATE1.invokeExact(call.state(), (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int epollCtl(int epoll, int what, int fd, long event) {
        try {
            return call.number((long) EPOLL_CTL.invokeExact(call.state(),
                    (long) epoll, (long) what, (long) fd, event));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int epollWait(int epoll, long events, int most, int timeoutMs) {
        try {
            return call.number((long) EPOLL_WAIT.invokeExact(call.state(),
                    (long) epoll, events, (long) most, (long) timeoutMs));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    /// @param descriptors so many pollfds
    /// @param time a timespec
    public int ppoll(long descriptors, long count, long time) {
        try {
            return call.number((long) PPOLL.invokeExact(call.state(), descriptors, count, time, 0L));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int fcntl(int fd, int command, int argument) {
        try {
            return call.number((long) FCNTL.invokeExact(call.state(),
                    (long) fd, (long) command, (long) argument));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int eventfd(int value, int flags) {
        try {
            return call.number((long) EVENTFD.invokeExact(call.state(), (long) value, (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int memfdCreate(long name, int flags) {
        try {
            return call.number((long) MEMFD_CREATE.invokeExact(call.state(), name, (long) flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int ftruncate(int fd, long octets) {
        try {
            return call.number((long) FTRUNCATE.invokeExact(call.state(), (long) fd, octets));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long mmap(long address, long octets, int protection, int flags, int fd, long offset) {
        try {
            return call.result((long) MMAP.invokeExact(call.state(),
                    address, octets, (long) protection, (long) flags, (long) fd, offset));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int munmap(long address, long octets) {
        try {
            return call.number((long) MUNMAP.invokeExact(call.state(), address, octets));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }
}
