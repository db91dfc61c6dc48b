package org.splnet.netif.pcap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.splnet.wire.MacAddr;

/// The NIC as the host's kernel has it.
///
/// @param index its number, which a NIC that comes back under the same name does not have again
/// @param mac its own station address; zero if it has none
/// @param virtual true if no hardware is behind it, so that senders may be on this very machine
/// @param gro received segments are merged in software
/// @param lro received segments are merged by the NIC
record HostNic(String name, int index, MacAddr mac, int mtu, boolean up, boolean virtual, boolean gro,
        boolean lro) {
    private static final int IFF_UP = 1;
    private static final int FLAG_LRO = 1 << 15;

    /// The NIC of that name, or null.
    static HostNic find(String name) {
        try (var ioctl = new InterfaceIoctl(name)) {
            if (!ioctl.ask(InterfaceIoctl.SIOCGIFINDEX)) {
                return null;
            }
            int index = ioctl.number();
            boolean up = ioctl.ask(InterfaceIoctl.SIOCGIFFLAGS) && (ioctl.flags() & IFF_UP) != 0;
            int mtu = ioctl.ask(InterfaceIoctl.SIOCGIFMTU) ? ioctl.number() : 1500;
            long mac = ioctl.ask(InterfaceIoctl.SIOCGIFHWADDR) ? ioctl.station() : 0;
            boolean virtual = !Files.exists(Path.of("/sys/class/net", name, "device"));
            boolean gro = ioctl.ethtool(InterfaceIoctl.ETHTOOL_GGRO) != 0;
            boolean lro = (ioctl.ethtool(InterfaceIoctl.ETHTOOL_GFLAGS) & FLAG_LRO) != 0;
            return new HostNic(name, index, new MacAddr(mac), mtu, up, virtual, gro, lro);
        }
    }

    /// True as long as it has not been removed from the host.
    boolean present() {
        try (var ioctl = new InterfaceIoctl(name)) {
            return ioctl.ask(InterfaceIoctl.SIOCGIFINDEX) && ioctl.number() == index;
        }
    }

    /// True if frames may come with partial checksums or merged from several.
    boolean mayBeUnfinished() {
        return virtual || gro || lro;
    }

    /// What drives it, for the log.
    String driver() {
        try {
            return Path.of("/sys/class/net", name, "device/driver").toRealPath().getFileName().toString();
        } catch (IOException e) {
            return virtual ? "virtual" : "unknown";
        }
    }
}
