package org.splnet.netif.tap;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.splnet.unix.Downcall;

/// The calls of the C library that a TAP needs, with the kernel's own convention for results: what the call
/// returns, or `-errno`. Nothing here allocates.
///
/// An instance belongs to one thread, or to whoever holds one lock, at a time, as [Downcall] does.
final class Libc {
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int SOCK_CLOEXEC = O_CLOEXEC;

    private static final MethodHandle OPEN = Downcall.plain("open",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = Downcall.plain("close", FunctionDescriptor.of(JAVA_INT,
            JAVA_INT));
    private static final MethodHandle READ = Downcall.plain("read",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE = Downcall.plain("write",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle READV = Downcall.plain("readv",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle WRITEV = Downcall.plain("writev",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle IOCTL_ADDRESS = Downcall.variadic("ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);
    private static final MethodHandle IOCTL_LONG = Downcall.variadic("ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), 2);
    private static final MethodHandle SOCKET = Downcall.plain("socket",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND = Downcall.plain("bind",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETSOCKOPT = Downcall.plain("setsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    private final Downcall call = new Downcall();

    int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call.result((int) OPEN.invokeExact(call.state(), arena.allocateFrom(path), flags));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int close(int fd) {
        try {
            return (int) call.result((int) CLOSE.invokeExact(call.state(), fd));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long read(int fd, MemorySegment to, long len) {
        try {
            return call.result((long) READ.invokeExact(call.state(), fd, to, len));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long write(int fd, MemorySegment from, long len) {
        try {
            return call.result((long) WRITE.invokeExact(call.state(), fd, from, len));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long readv(int fd, MemorySegment iovecs, int count) {
        try {
            return call.result((long) READV.invokeExact(call.state(), fd, iovecs, count));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    long writev(int fd, MemorySegment iovecs, int count) {
        try {
            return call.result((long) WRITEV.invokeExact(call.state(), fd, iovecs, count));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int ioctl(int fd, long request, MemorySegment argument) {
        try {
            return (int) call.result((int) IOCTL_ADDRESS.invokeExact(call.state(), fd, request, argument));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int ioctl(int fd, long request, long argument) {
        try {
            return (int) call.result((int) IOCTL_LONG.invokeExact(call.state(), fd, request, argument));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int socket(int family, int type, int protocol) {
        try {
            return (int) call.result((int) SOCKET.invokeExact(call.state(), family, type, protocol));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int bind(int fd, MemorySegment address) {
        try {
            return (int) call.result((int) BIND.invokeExact(call.state(), fd, address,
                    (int) address.byteSize()));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }

    int setsockopt(int fd, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment at = arena.allocateFrom(JAVA_INT, value);
            return (int) call.result((int) SETSOCKOPT.invokeExact(call.state(), fd, level, option, at, 4));
        } catch (Throwable e) {
            throw Downcall.unexpected(e);
        }
    }
}
