package org.splnet.netif.pcap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.splnet.net.DeviceException;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// What about a host gets in the way of a second station on one of its NICs, in words for the administrator,
/// each with its cure. Reads what the host says of itself, and changes nothing.
final class Surroundings {
    private static final Path SYSCTL = Path.of("/proc/sys/net/ipv4");
    private static final Path VENDOR = Path.of("/sys/class/dmi/id/sys_vendor");
    private static final List<String> CLOUDS = List.of("amazon", "google", "microsoft", "digitalocean",
            "alibaba", "hetzner", "openstack", "oracle", "vmware");

    private final HostNic nic;
    private final Path sysctl;
    private final Path vendor;

    Surroundings(HostNic nic) {
        this(nic, SYSCTL, VENDOR);
    }

    /// For tests: with other directories in place of the kernel's.
    Surroundings(HostNic nic, Path sysctl, Path vendor) {
        this.nic = nic;
        this.sysctl = sysctl;
        this.vendor = vendor;
    }

    /// No address may be the host's own as well: its kernel would answer for it, and our probe (RFC 5227),
    /// which goes out to the link, would not find that out.
    static void requireFree(List<Cidr> addresses) throws DeviceException {
        for (Cidr each : addresses) {
            String owner = owner(each.addr());
            if (owner != null) {
                throw new DeviceException("addresses: " + each + ": the host itself has " + each.addr()
                        + " on " + owner + " and would answer for it: choose a free address, or take it off"
                        + " the host with: ip addr del " + each + " dev " + owner);
            }
        }
    }

    private static String owner(InetAddr address) throws DeviceException {
        try {
            InetAddress asJava = InetAddress.getByName(address.toString());
            NetworkInterface found = NetworkInterface.getByInetAddress(asJava);
            return found == null ? null : found.getName();
        } catch (SocketException e) {
            return null;            // a host without any address has not this one either
        } catch (IOException e) {
            throw new DeviceException("addresses: " + address + ": is none", e);
        }
    }

    /// What is to be warned of.
    ///
    /// @param mac the station address we use
    List<String> warnings(MacAddr mac) {
        var all = new ArrayList<String>();
        String name = nic.name();
        boolean shared = mac.equals(nic.mac());
        String master = nic.master();
        if (master != null && nic.inBridge()) {
            all.add(name + " is a port of the bridge " + master + ": this host and what else is on the bridge"
                    + " will not reach us; use a TAP in it instead: driver = \"tap\", bridge = \"" + master
                    + "\"");
        } else if (master != null) {
            all.add(name + " belongs to " + master + ", which takes its frames: open that instead: device ="
                    + " \"" + master + "\"");
        }
        if (shared && (on("conf/" + name + "/forwarding") || on("ip_forward"))) {
            all.add("nic-mac = true and the host forwards: it will send what comes for us out again: sysctl"
                    + " net.ipv4.conf." + name + ".forwarding=0, or do without nic-mac");
        } else if (shared) {
            all.add("nic-mac = true shares " + mac + " with the host's kernel, which must have none of our"
                    + " addresses and not forward");
        }
        if (on("conf/" + name + "/proxy_arp") || on("conf/all/proxy_arp")) {
            all.add("the host answers ARP for others on " + name + " (proxy_arp), perhaps for us: sysctl"
                    + " net.ipv4.conf." + name + ".proxy_arp=0 net.ipv4.conf.all.proxy_arp=0");
        }
        if (!shared && nic.wireless()) {
            all.add(name + " is wireless: access points take frames from the station that has signed in only,"
                    + " " + nic.mac() + ": set nic-mac = true, or use a TAP and have the host route");
        }
        if (!shared && nic.driver().equals("macvlan")) {
            all.add(name + " is a macvlan, which passes only frames for its own station address, " + nic.mac()
                    + ", unless its mode is passthru: set nic-mac = true");
        }
        String cloud = cloud();
        if (!shared && cloud != null && !nic.virtual()) {
            all.add("this machine is " + cloud + "'s, whose networks pass only the address they gave to "
                    + name + " (" + nic.mac() + ") unless told otherwise: allow promiscuous mode and forged"
                    + " (spoofed) addresses for it there, or set nic-mac = true with an address of its own");
        }
        return all;
    }

    private boolean on(String key) {
        try {
            return !Files.readString(sysctl.resolve(key)).strip().equals("0");
        } catch (IOException e) {
            return false;
        }
    }

    private String cloud() {
        try {
            String said = Files.readString(vendor).strip();
            String lower = said.toLowerCase(Locale.ROOT);
            return CLOUDS.stream().anyMatch(lower::contains) ? said : null;
        } catch (IOException e) {
            return null;
        }
    }
}
