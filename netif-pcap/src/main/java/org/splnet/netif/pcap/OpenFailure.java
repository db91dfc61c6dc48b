package org.splnet.netif.pcap;

import java.util.List;
import java.util.stream.Collectors;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface;
import org.splnet.net.DeviceException;

/// Why a NIC could not be had, in words for the administrator: what was tried, error, cause and cure.
final class OpenFailure {
    private static final int PCAP_ERROR_NO_SUCH_DEVICE = -5;
    private static final int PCAP_ERROR_PERM_DENIED = -8;
    private static final int PCAP_ERROR_IFACE_NOT_UP = -9;
    private static final int PCAP_ERROR_PROMISC_PERM_DENIED = -11;

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
        String names = present.stream().map(PcapNetworkInterface::getName).sorted()
                .collect(Collectors.joining(", "));
        return new DeviceException("cannot open " + device + ": there is no such NIC; there "
                + (names.isEmpty() ? "is none that this user may open" : "are " + names));
    }

    /// libpcap refused.
    static DeviceException refused(String device, PcapNativeException error) {
        String said = String.valueOf(error.getMessage()).strip();
        int code = error.getReturnCode() == null ? 0 : error.getReturnCode();
        String why = switch (code) {
            case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED ->
                    "needs CAP_NET_RAW: run it with sudo, or as systemd/splnetd.service does";
            case PCAP_ERROR_IFACE_NOT_UP -> "the NIC is down: ip link set " + device + " up";
            case PCAP_ERROR_NO_SUCH_DEVICE -> "it has just been removed";
            default -> said.contains("ermi") ? "needs CAP_NET_RAW: run it with sudo" : "";
        };
        return new DeviceException("cannot open " + device + ": " + said
                + (why.isEmpty() ? "" : " (" + why + ")"), error);
    }

    /// It is one of the names by which libpcap captures from elsewhere.
    static DeviceException notANic(String device) {
        return new DeviceException("cannot open " + device + ": libpcap knows it, but the host has no such"
                + " interface: choose an Ethernet NIC");
    }

    /// It carries something else than Ethernet.
    static DeviceException notEthernet(String device, String type) {
        return new DeviceException("cannot open " + device + ": it carries " + type
                + ", not Ethernet frames: choose an Ethernet NIC");
    }
}
