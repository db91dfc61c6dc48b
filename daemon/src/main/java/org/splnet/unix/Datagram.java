package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.kern.Witness;

/// One datagram to a Unix socket, with a descriptor or without. Any thread, holding nothing; waits a second
/// for a reader who is behind.
public final class Datagram {
    /// sizeof sun_path
    public static final int PATH_MAX = 108;

    private static final int SO_SNDTIMEO = 21;
    private static final int TIMEVAL = 16;
    private static final int SCM_RIGHTS = 1;

    // struct msghdr, struct iovec, struct cmsghdr with one descriptor, on every 64-bit Linux
    private static final int HEADER = 56;
    private static final int VECTOR = 16;
    private static final int CONTROL_LENGTH = 20;
    private static final int CONTROL_ROOM = 24;

    private Datagram() {
    }

    /// Sends it.
    ///
    /// @param path of the socket; begins with a zero if it is an abstract name. Shorter than [#PATH_MAX]
    /// @param what descriptor that goes with it and stays open here too; -1 for none
    /// @return octets sent, or `-errno`
    public static int send(byte[] path, byte[] octets, int what) {
        Witness.beforeBlocking("telling the service manager");
        Libc libc = new Libc();
        int fd = libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            return fd;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(2 + PATH_MAX, 8);
            address.set(JAVA_BYTE, 0, (byte) Libc.AF_UNIX);
            MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
            MemorySegment vector = arena.allocate(VECTOR, 8);
            vector.set(JAVA_LONG, 0, arena.allocateFrom(JAVA_BYTE, octets).address());
            vector.set(JAVA_LONG, 8, octets.length);
            MemorySegment header = arena.allocate(HEADER, 8);
            header.set(JAVA_LONG, 0, address.address());
            header.set(JAVA_INT, 8, 2 + path.length);
            header.set(JAVA_LONG, 16, vector.address());
            header.set(JAVA_LONG, 24, 1);
            if (what >= 0) {
                MemorySegment control = arena.allocate(CONTROL_ROOM, 8);
                control.set(JAVA_LONG, 0, CONTROL_LENGTH);
                control.set(JAVA_INT, 8, Libc.SOL_SOCKET);
                control.set(JAVA_INT, 12, SCM_RIGHTS);
                control.set(JAVA_INT, 16, what);
                header.set(JAVA_LONG, 32, control.address());
                header.set(JAVA_LONG, 40, CONTROL_ROOM);
            }
            MemorySegment second = arena.allocate(TIMEVAL, 8);
            second.set(JAVA_LONG, 0, 1);
            libc.setsockopt(fd, Libc.SOL_SOCKET, SO_SNDTIMEO, second.address(), TIMEVAL);
            return (int) libc.sendmsg(fd, header.address(), Libc.MSG_NOSIGNAL);
        } finally {
            libc.close(fd);
        }
    }
}
