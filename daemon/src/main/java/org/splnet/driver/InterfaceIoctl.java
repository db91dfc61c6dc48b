package org.splnet.driver;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.unix.Libc;

/// For drivers: what the host's kernel says of one of its interfaces (netdevice(7)). By `ioctl`, which waits
/// for nobody and allocates nothing, other than rtnetlink; the JDK's own class shows no interface that has no
/// IP address. One thread at a time.
public final class InterfaceIoctl implements AutoCloseable {
    public static final int SIOCGIFFLAGS = 0x8913;
    public static final int SIOCGIFMTU = 0x8921;
    public static final int SIOCGIFHWADDR = 0x8927;
    public static final int SIOCGIFINDEX = 0x8933;

    /// Of [#flags]: it has been brought up.
    public static final int IFF_UP = 1;
    /// Of [#flags]: it has a carrier.
    public static final int IFF_RUNNING = 0x40;
    /// Of [#hardware]: Ethernet.
    public static final int ARPHRD_ETHER = 1;

    private static final int SIOCGIFNAME = 0x8910;
    private static final int SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GDRVINFO = 3;
    private static final int DRVINFO_LEN = 196;
    private static final int DRVINFO_DRIVER = 4;
    private static final int IFREQ_LEN = 40;
    private static final int IFREQ_DATA = 16;

    private final Libc libc = new Libc();
    private final MemorySegment request = Arena.ofAuto().allocate(IFREQ_LEN, 8);
    /// Any kind of socket will do, and this one even a service may have that is kept from the host's network.
    private final int socket = libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);

    /// @param name the interface's, at most 15 octets
    public InterfaceIoctl(String name) {
        about(name);
    }

    /// From now on asks about what has that name.
    public void about(String name) {
        request.setString(0, name);
    }

    /// From now on asks about what has that number, under the name that it has at the moment.
    ///
    /// @return false if there is no such interface
    public boolean about(int index) {
        request.set(JAVA_INT, IFREQ_DATA, index);
        return ask(SIOCGIFNAME);
    }

    /// Which is asked about.
    public String name() {
        return request.getString(0);
    }

    /// Asks; the answer is then to be read with the methods below.
    ///
    /// @param what one of `SIOCGIF`
    /// @return false if there is no such interface here, or the kernel does not say
    public boolean ask(int what) {
        return libc.ioctl(socket, what, request.address()) >= 0;
    }

    /// The answer as a number of 32 bits.
    public int number() {
        return request.get(JAVA_INT, IFREQ_DATA);
    }

    /// The answer as flags of 16 bits.
    public int flags() {
        return request.get(JAVA_SHORT, IFREQ_DATA);
    }

    /// What the interface carries, after [#SIOCGIFHWADDR]: a number of `ARPHRD_`.
    public int hardware() {
        return request.get(JAVA_SHORT, IFREQ_DATA) & 0xffff;
    }

    /// The answer as a station address, or zero if it is of another kind.
    public long station() {
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = bits << 8 | request.get(JAVA_BYTE, IFREQ_DATA + 2 + i) & 0xff;
        }
        return hardware() == ARPHRD_ETHER ? bits : 0;
    }

    /// What drives it; empty if the kernel does not say.
    public String driver() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(DRVINFO_LEN, 8);
            info.set(JAVA_INT, 0, ETHTOOL_GDRVINFO);
            request.set(JAVA_LONG, IFREQ_DATA, info.address());
            return ask(SIOCETHTOOL) ? info.getString(DRVINFO_DRIVER) : "";
        }
    }

    @Override
    public void close() {
        libc.close(socket);
    }
}
