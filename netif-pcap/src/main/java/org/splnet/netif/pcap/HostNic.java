package org.splnet.netif.pcap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.splnet.driver.InterfaceIoctl;
import org.splnet.wire.MacAddr;

/// The NIC as the host's kernel has it.
///
/// @param index its number, which a NIC that comes back under the same name does not have again
/// @param hardware what it carries, a number of `ARPHRD_`
/// @param mac its own station address; zero if it has none
/// @param running it has a carrier
record HostNic(String name, int index, int hardware, MacAddr mac, int mtu, boolean up, boolean running) {
    private static final Path ALL = Path.of("/sys/class/net");

    /// The NIC of that name, or null.
    static HostNic find(String name) {
        try (var ioctl = new InterfaceIoctl(name)) {
            if (!ioctl.ask(InterfaceIoctl.SIOCGIFINDEX)) {
                return null;
            }
            int index = ioctl.number();
            int flags = ioctl.ask(InterfaceIoctl.SIOCGIFFLAGS) ? ioctl.flags() : 0;
            int mtu = ioctl.ask(InterfaceIoctl.SIOCGIFMTU) ? ioctl.number() : 1500;
            boolean known = ioctl.ask(InterfaceIoctl.SIOCGIFHWADDR);
            return new HostNic(name, index, known ? ioctl.hardware() : 0,
                    new MacAddr(known ? ioctl.station() : 0), mtu, (flags & InterfaceIoctl.IFF_UP) != 0,
                    (flags & InterfaceIoctl.IFF_RUNNING) != 0);
        }
    }

    /// How often the NIC of that name and number has got or lost its carrier; -1 if the kernel does not say.
    static int carrierChanges(String name, int index) {
        // of a namespace that does not have /sys mounted anew that shows another one's
        return number(name, "ifindex") == index ? number(name, "carrier_changes") : -1;
    }

    private static int number(String name, String file) {
        try {
            return Integer.parseInt(Files.readString(ALL.resolve(name).resolve(file)).strip());
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    /// True if no hardware is behind it, so that senders may be on this very machine.
    boolean virtual() {
        return !has("device");
    }

    /// True if it is a station of a wireless network.
    boolean wireless() {
        return has("phy80211") || has("wireless");
    }

    /// The bridge, bond or the like that it is a port of; null if none.
    String master() {
        try {
            return ALL.resolve(name).resolve("master").toRealPath().getFileName().toString();
        } catch (IOException e) {
            return null;
        }
    }

    /// True if its [#master] is a bridge.
    boolean inBridge() {
        return has("master/bridge");
    }

    private boolean has(String file) {
        return Files.exists(ALL.resolve(name).resolve(file));
    }

    /// What drives it, as `ethtool -i` shows it; empty if the kernel does not say.
    String driver() {
        try (var ioctl = new InterfaceIoctl(name)) {
            return ioctl.driver();
        }
    }
}
