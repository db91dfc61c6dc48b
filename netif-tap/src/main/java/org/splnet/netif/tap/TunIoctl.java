package org.splnet.netif.tap;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.unix.Libc;

/// The requests of `linux/if_tun.h` on one descriptor of `/dev/net/tun`. Results are zero (or a value) or
/// `-errno`.
class TunIoctl {
    static final int IFF_TAP = 0x0002;
    static final int IFF_MULTI_QUEUE = 0x0100;
    /// Only told, never asked for: stays when the last descriptor is closed.
    static final int IFF_PERSIST = 0x0800;
    static final int IFF_NO_PI = 0x1000;
    static final int IFF_VNET_HDR = 0x4000;
    /// Fail with EBUSY rather than attach to a device that exists: who made it is then certain.
    static final int IFF_TUN_EXCL = 0x8000;

    static final int TUN_F_CSUM = 1;
    static final int TUN_F_TSO4 = 2;
    static final int TUN_F_TSO6 = 4;
    static final int TUN_F_TSO_ECN = 8;
    static final int TUN_F_USO4 = 0x20;
    static final int TUN_F_USO6 = 0x40;

    private static final long TUNSETIFF = write(202);
    private static final long TUNSETPERSIST = write(203);
    private static final long TUNSETOWNER = write(204);
    private static final long TUNGETFEATURES = read(207);
    private static final long TUNSETOFFLOAD = write(208);
    private static final long TUNGETVNETHDRSZ = read(215);
    private static final long TUNSETVNETHDRSZ = write(216);
    private static final long TUNGETIFF = read(210);
    private static final long TUNSETVNETLE = write(220);
    private static final int IFREQ_LEN = 40;
    private static final int IFREQ_FLAGS = 16;

    private final Libc libc;
    private final int fd;

    TunIoctl(Libc libc, int fd) {
        this.libc = libc;
        this.fd = fd;
    }

    /// Creates the device or attaches to it.
    int setIff(String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IFREQ_LEN, 8);
            request.setString(0, name);
            request.set(JAVA_SHORT, IFREQ_FLAGS, (short) flags);
            return libc.ioctl(fd, TUNSETIFF, request.address());
        }
    }

    /// The `IFF_` flags of the device that the descriptor is attached to; `-errno`, or -1 if it is another
    /// one.
    int flags(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IFREQ_LEN, 8);
            int failed = libc.ioctl(fd, TUNGETIFF, request.address());
            return failed < 0 ? failed : request.getString(0).equals(name)
                    ? request.get(JAVA_SHORT, IFREQ_FLAGS) & 0xffff : -1;
        }
    }

    /// The `IFF_` flags this kernel knows, or `-errno`.
    int features() {
        return getInt(TUNGETFEATURES);
    }

    int setPersist(boolean on) {
        return libc.ioctl(fd, TUNSETPERSIST, on ? 1 : 0);
    }

    int setOwner(long uid) {
        return libc.ioctl(fd, TUNSETOWNER, uid);
    }

    /// Says which unfinished packets we take from the kernel: bits `TUN_F_`. EINVAL if it knows one not.
    int setOffload(int features) {
        return libc.ioctl(fd, TUNSETOFFLOAD, features);
    }

    int vnetHeaderSize() {
        return getInt(TUNGETVNETHDRSZ);
    }

    int setVnetHeaderSize(int octets) {
        return setInt(TUNSETVNETHDRSZ, octets);
    }

    /// Fixes the byte order of the virtio header, which a persistent device remembers from its last user.
    int setVnetLittleEndian() {
        return setInt(TUNSETVNETLE, 1);
    }

    private int getInt(long request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            int failed = libc.ioctl(fd, request, value.address());
            return failed < 0 ? failed : value.get(JAVA_INT, 0);
        }
    }

    private int setInt(long request, int to) {
        try (Arena arena = Arena.ofConfined()) {
            return libc.ioctl(fd, request, arena.allocateFrom(JAVA_INT, to).address());
        }
    }

    // _IOW('T', number, int) and _IOR as asm-generic/ioctl.h composes them
    private static long write(int number) {
        return 0x4004_5400L | number;
    }

    private static long read(int number) {
        return 0x8004_5400L | number;
    }
}
