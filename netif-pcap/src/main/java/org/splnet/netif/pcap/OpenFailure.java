package org.splnet.netif.pcap;

import java.util.List;
import java.util.stream.Collectors;
import org.pcap4j.core.PcapNetworkInterface;
import org.splnet.driver.InterfaceIoctl;
import org.splnet.net.DeviceException;
import org.splnet.unix.Errno;

/// Why a NIC could not be had, in words for the administrator: what was tried, error, cause and cure.
final class OpenFailure {
    private OpenFailure() {
    }

    /// The library did not load.
    static DeviceException loading(String device, LinkageError error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String said = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        String cure = said.contains("jnidispatch") || said.contains("jna")
                ? "JNA could not unpack its own library: give it a directory that allows execution,"
                + " -Djna.tmpdir=DIR" : "install it: apt-get install libpcap0.8";
        return new DeviceException("cannot open " + device + ": libpcap did not load: " + said
                + " (" + cure + ")", error);
    }

    /// There is no such NIC.
    static DeviceException missing(String device, List<PcapNetworkInterface> present) {
        String names = present.stream().map(PcapNetworkInterface::getName).map(HostNic::find)
                .filter(nic -> nic != null && nic.hardware() == InterfaceIoctl.ARPHRD_ETHER)
                .map(HostNic::name).sorted().collect(Collectors.joining(", "));
        return new DeviceException("cannot open " + device + ": there is no such NIC; there "
                + (names.isEmpty() ? "is none that this user may open (needs CAP_NET_RAW: run it with sudo)"
                : "are " + names));
    }

    /// The kernel refused.
    static DeviceException refused(String device, NicSocket.Refused refused) {
        String why = switch (refused.errno()) {
            case Errno.EPERM, Errno.EACCES ->
                    " (needs CAP_NET_RAW: run it with sudo, or as a service with the drop-in nic.conf)";
            // what RestrictAddressFamilies of a unit answers
            case Errno.EAFNOSUPPORT -> " (this process may have no packet sockets: as a service it needs the"
                    + " drop-in nic.conf, /usr/share/doc/splnet/examples)";
            case Errno.ENODEV, Errno.ENXIO -> " (it has just been removed)";
            case Errno.EMFILE -> " (too many open files: raise the limit: ulimit -n, LimitNOFILE=)";
            // Behind a virtio header a ring is laid since Linux 4.6.
            case Errno.EINVAL, Errno.ENOPROTOOPT -> " (this kernel, " + System.getProperty("os.version")
                    + ", is too old: Linux 4.6 or newer is needed)";
            case Errno.EADDRNOTAVAIL, Errno.EOPNOTSUPP -> " (its driver cannot do that)";
            default -> "";
        };
        return new DeviceException("cannot open " + device + ": " + refused.getMessage() + ": "
                + Errno.name(refused.errno()) + why, refused);
    }

    /// It carries something else than Ethernet.
    static DeviceException notEthernet(String device, int hardware) {
        String what = switch (hardware) {
            case 772 -> "the host's own loopback frames";
            case 803, 801, 802 -> "raw radio frames";
            case 512, 65534 -> "IP packets without Ethernet";
            default -> "frames of another kind (ARPHRD " + hardware + ")";
        };
        return new DeviceException("cannot open " + device + ": it carries " + what
                + ", not Ethernet frames: choose an Ethernet NIC");
    }
}
