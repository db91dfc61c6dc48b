package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// The calls themselves, with the arguments of their C declarations, ours and the drivers'. What they return,
/// or `-errno`. Addresses are plain numbers, so that nothing is allocated to pass one: the caller sees to it
/// that what is there stays. By one thread, or whoever holds one lock, at a time, as [Downcall] says.
public final class Libc {
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = O_NONBLOCK;
    public static final int SOCK_CLOEXEC = O_CLOEXEC;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int PROT_READ_WRITE = 3;
    public static final int MAP_SHARED = 1;

    private static final MethodHandle OPEN = Downcall.plain("open",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE = Downcall.plain("close",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle READ = Downcall.plain("read",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE = Downcall.plain("write",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle READV = Downcall.plain("readv",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle WRITEV = Downcall.plain("writev",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle IOCTL = Downcall.variadic("ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), 2);
    private static final MethodHandle SEND = Downcall.plain("send",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV = Downcall.plain("recv",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SENDMSG = Downcall.plain("sendmsg",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SENDMMSG = Downcall.plain("sendmmsg",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle RECVMSG = Downcall.plain("recvmsg",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SHUTDOWN = Downcall.plain("shutdown",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SOCKET = Downcall.plain("socket",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SOCKETPAIR = Downcall.plain("socketpair",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle BIND = Downcall.plain("bind",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle LISTEN = Downcall.plain("listen",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CONNECT = Downcall.plain("connect",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle ACCEPT4 = Downcall.plain("accept4",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle GETSOCKOPT = Downcall.plain("getsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SETSOCKOPT = Downcall.plain("setsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle EPOLL_CREATE1 = Downcall.plain("epoll_create1",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_CTL = Downcall.plain("epoll_ctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle EPOLL_WAIT = Downcall.plain("epoll_wait",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle FCNTL = Downcall.variadic("fcntl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle EVENTFD = Downcall.plain("eventfd",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle MEMFD_CREATE = Downcall.plain("memfd_create",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle FTRUNCATE = Downcall.plain("ftruncate",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MMAP = Downcall.plain("mmap",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = Downcall.plain("munmap",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private final Downcall call = new Downcall();

    /// @param path is copied for the call
    public int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call.result((int) OPEN.invokeExact(call.state(),
                    arena.allocateFrom(path).address(), flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int close(int fd) {
        try {
            return (int) call.result((int) CLOSE.invokeExact(call.state(), fd));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long read(int fd, long to, long length) {
        try {
            return call.result((long) READ.invokeExact(call.state(), fd, to, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long write(int fd, long from, long length) {
        try {
            return call.result((long) WRITE.invokeExact(call.state(), fd, from, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long readv(int fd, long vectors, int count) {
        try {
            return call.result((long) READV.invokeExact(call.state(), fd, vectors, count));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long writev(int fd, long vectors, int count) {
        try {
            return call.result((long) WRITEV.invokeExact(call.state(), fd, vectors, count));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    /// @param argument an address or a number, as the request says
    public int ioctl(int fd, long request, long argument) {
        try {
            return (int) call.result((int) IOCTL.invokeExact(call.state(), fd, request, argument));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long send(int fd, long octets, long length, int flags) {
        try {
            return call.result((long) SEND.invokeExact(call.state(), fd, octets, length, flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long recv(int fd, long octets, long length, int flags) {
        try {
            return call.result((long) RECV.invokeExact(call.state(), fd, octets, length, flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long sendmsg(int fd, long message, int flags) {
        try {
            return call.result((long) SENDMSG.invokeExact(call.state(), fd, message, flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int sendmmsg(int fd, long messages, int count, int flags) {
        try {
            return (int) call.result((int) SENDMMSG.invokeExact(call.state(), fd, messages, count, flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long recvmsg(int fd, long message, int flags) {
        try {
            return call.result((long) RECVMSG.invokeExact(call.state(), fd, message, flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int shutdown(int fd, int how) {
        try {
            return (int) call.result((int) SHUTDOWN.invokeExact(call.state(), fd, how));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int socket(int family, int type, int protocol) {
        try {
            return (int) call.result((int) SOCKET.invokeExact(call.state(), family, type, protocol));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int socketpair(int family, int type, int protocol, long two) {
        try {
            return (int) call.result((int) SOCKETPAIR.invokeExact(call.state(),
                    family, type, protocol, two));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int bind(int fd, long address, int length) {
        try {
            return (int) call.result((int) BIND.invokeExact(call.state(), fd, address, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int listen(int fd, int backlog) {
        try {
            return (int) call.result((int) LISTEN.invokeExact(call.state(), fd, backlog));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int connect(int fd, long address, int length) {
        try {
            return (int) call.result((int) CONNECT.invokeExact(call.state(), fd, address, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int accept4(int fd, long address, long length, int flags) {
        try {
            return (int) call.result((int) ACCEPT4.invokeExact(call.state(), fd, address, length, flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int getsockopt(int fd, int level, int name, long value, long length) {
        try {
            return (int) call.result((int) GETSOCKOPT.invokeExact(call.state(),
                    fd, level, name, value, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int setsockopt(int fd, int level, int name, long value, int length) {
        try {
            return (int) call.result((int) SETSOCKOPT.invokeExact(call.state(),
                    fd, level, name, value, length));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int epollCreate1(int flags) {
        try {
            return (int) call.result((int) EPOLL_CREATE1.invokeExact(call.state(), flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int epollCtl(int epoll, int what, int fd, long event) {
        try {
            return (int) call.result((int) EPOLL_CTL.invokeExact(call.state(), epoll, what, fd, event));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int epollWait(int epoll, long events, int most, int timeoutMs) {
        try {
            return (int) call.result((int) EPOLL_WAIT.invokeExact(call.state(),
                    epoll, events, most, timeoutMs));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int fcntl(int fd, int command, int argument) {
        try {
            return (int) call.result((int) FCNTL.invokeExact(call.state(), fd, command, argument));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int eventfd(int value, int flags) {
        try {
            return (int) call.result((int) EVENTFD.invokeExact(call.state(), value, flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int memfdCreate(long name, int flags) {
        try {
            return (int) call.result((int) MEMFD_CREATE.invokeExact(call.state(), name, flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int ftruncate(int fd, long octets) {
        try {
            return (int) call.result((int) FTRUNCATE.invokeExact(call.state(), fd, octets));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public long mmap(long address, long octets, int protection, int flags, int fd, long offset) {
        try {
            return call.result((long) MMAP.invokeExact(call.state(),
                    address, octets, protection, flags, fd, offset));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    public int munmap(long address, long octets) {
        try {
            return (int) call.result((int) MUNMAP.invokeExact(call.state(), address, octets));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }
}
