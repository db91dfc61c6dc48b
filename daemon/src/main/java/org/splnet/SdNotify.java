package org.splnet;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the service manager how the daemon fares (sd_notify(3)): a datagram to the Unix socket named by the
/// environment's `NOTIFY_SOCKET`. The JDK has Unix sockets only for streams, hence three calls into the C
/// library.
final class SdNotify {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int FAMILY = 2;
    /// sizeof sun_path
    private static final int PATH_MAX = 108;

    private SdNotify() {
    }

    /// Sends `state`, lines of `NAME=VALUE`; does nothing where nobody listens.
    static void send(String state) {
        send(System.getenv("NOTIFY_SOCKET"), state);
    }

    /// @param socket path, or `@` and an abstract name; null for nobody
    /// @return true if it was sent
    static boolean send(String socket, String state) {
        if (socket == null || socket.isEmpty()) {
            return false;
        }
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        if (path.length >= PATH_MAX) {
            LOG.warn("service manager not told: name too long socket={}", socket);
            return false;
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(FAMILY + PATH_MAX);
            address.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, FAMILY, path.length);
            byte[] octets = state.getBytes(StandardCharsets.UTF_8);
            MemorySegment message = arena.allocate(octets.length);
            MemorySegment.copy(octets, 0, message, ValueLayout.JAVA_BYTE, 0, octets.length);
            boolean sent = send(address, FAMILY + path.length, message, octets.length);
            if (!sent) {
                LOG.warn("service manager not told socket={}", socket);
            }
            return sent;
        } catch (Throwable e) {
            LOG.warn("service manager not told socket={} cause={}", socket, e.toString());
            return false;
        }
    }

    private static boolean send(MemorySegment address, int addressLen, MemorySegment message,
            int len) throws Throwable {
        int fd = (int) call("socket", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)).invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0) {
            return false;
        }
        try {
            long sent = (long) call("sendto",
                    FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT)).invokeExact(fd, message, (long) len, 0, address, addressLen);
            return sent == len;
        } finally {
            int closed = (int) call("close",
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                    .invokeExact(fd);
            assert closed == 0;
        }
    }

    @SuppressWarnings("restricted")             // the launcher enables native access
    private static MethodHandle call(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup libc = linker.defaultLookup();
        return linker.downcallHandle(libc.findOrThrow(name), type);
    }
}
