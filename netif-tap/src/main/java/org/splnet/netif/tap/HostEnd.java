package org.splnet.netif.tap;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.unix.Libc;

/// Asks the kernel whether the host has its end of a TAP up (netdevice(7)): by `ioctl`, which waits for
/// nobody and allocates nothing, other than rtnetlink. One thread at a time.
final class HostEnd {
    private static final long SIOCGIFFLAGS = 0x8913;
    /// Any kind of socket will do, and this one the service may have.
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int IFREQ_LEN = 40;
    private static final int IFREQ_FLAGS = 16;

    private final Libc libc = new Libc();
    private final MemorySegment request = Arena.ofAuto().allocate(IFREQ_LEN, 8);
    private final int socket = libc.socket(AF_UNIX, SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);

    HostEnd(String name) {
        request.setString(0, name);
    }

    /// False if it is down. One that cannot be seen may be up: in another network namespace, where it goes on
    /// working.
    boolean up() {
        return libc.ioctl(socket, SIOCGIFFLAGS, request.address()) < 0
                || (request.get(JAVA_SHORT, IFREQ_FLAGS) & Link.IFF_UP) != 0;
    }

    void close() {
        libc.close(socket);
    }
}
