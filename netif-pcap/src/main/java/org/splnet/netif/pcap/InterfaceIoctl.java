package org.splnet.netif.pcap;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.nio.charset.StandardCharsets;

/// What the host's kernel says of one of its interfaces (netdevice(7)). By `ioctl`, because the JDK's own
/// class shows no interface that has no IP address, and one for libpcap alone needs none. Used at opening,
/// and to see whether the NIC is still there; one thread.
final class InterfaceIoctl implements AutoCloseable {
    static final int SIOCGIFFLAGS = 0x8913;
    static final int SIOCGIFMTU = 0x8921;
    static final int SIOCGIFHWADDR = 0x8927;
    static final int SIOCGIFINDEX = 0x8933;

    private static final int SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GDRVINFO = 3;
    private static final int DRVINFO_LEN = 196;
    private static final int DRVINFO_DRIVER = 4;
    /// Any kind of socket will do, and this one even a service may have that is kept from the host's network.
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 0x80002;
    private static final int IFREQ_LEN = 40;
    private static final int IFREQ_DATA = 16;

    private final NativeLibrary libc = NativeLibrary.getInstance("c");
    private final Memory request = new Memory(IFREQ_LEN);
    private final int socket = call("socket", AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);

    /// @param name the interface's, at most 15 octets
    InterfaceIoctl(String name) {
        request.clear();
        request.write(0, name.getBytes(StandardCharsets.US_ASCII), 0, name.length());
    }

    /// Asks; the answer is then to be read with the methods below.
    ///
    /// @return false if there is no such interface, or the kernel does not say
    boolean ask(int what) {
        // two fixed arguments, then the one that stands for the dots
        return call("ioctl", socket, (long) what, request) >= 0;
    }

    /// The answer as a number of 32 bits.
    int number() {
        return request.getInt(IFREQ_DATA);
    }

    /// The answer as flags of 16 bits.
    int flags() {
        return request.getShort(IFREQ_DATA);
    }

    /// What the interface carries, after [#SIOCGIFHWADDR]: a number of `ARPHRD_`.
    int hardware() {
        return request.getShort(IFREQ_DATA) & 0xffff;
    }

    /// The answer as a station address, or zero if it is of another kind.
    long station() {
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = bits << 8 | request.getByte(IFREQ_DATA + 2 + i) & 0xff;
        }
        return hardware() == HostNic.ETHERNET ? bits : 0;
    }

    /// What drives it; empty if the kernel does not say.
    String driver() {
        try (Memory info = new Memory(DRVINFO_LEN)) {
            info.clear();
            info.setInt(0, ETHTOOL_GDRVINFO);
            request.setPointer(IFREQ_DATA, info);
            return ask(SIOCETHTOOL) ? info.getString(DRVINFO_DRIVER, "US-ASCII") : "";
        }
    }

    private int call(String function, Object... arguments) {
        return libc.getFunction(function).invokeInt(arguments);
    }

    @Override
    public void close() {
        call("close", socket);
        request.close();
    }
}
