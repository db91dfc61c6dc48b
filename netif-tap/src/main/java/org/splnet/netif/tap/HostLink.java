package org.splnet.netif.tap;

import java.nio.ByteBuffer;
import java.util.function.BiPredicate;
import org.splnet.net.DeviceException;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// The host's side of the TAP: the network interface that the host's own kernel sees. Looks interfaces up and
/// configures the one it is told to, by rtnetlink, without running any command.
final class HostLink implements AutoCloseable {
    /// What the kernel says of one of its interfaces.
    ///
    /// @param kind what made it (`tun`, `bridge`, `veth`), or nothing for hardware
    /// @param master index of the bridge it is a port of, or 0
    /// @param tap true if `kind` is `tun` and it carries Ethernet frames
    /// @param multiQueue true for a TAP made with `multi_queue`
    record Link(int index, String name, boolean up, int mtu, MacAddr mac, int master, String kind, boolean tap,
            boolean multiQueue) {
    }

    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_SETLINK = 19;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_TUN_TYPE = 3;
    private static final int IFLA_TUN_MULTI_QUEUE = 8;
    private static final int TUN_TYPE_TAP = 2;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFF_UP = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final Netlink netlink = new Netlink();

    /// The interface with that name, or null.
    Link find(String name) throws DeviceException {
        linkHeader(RTM_GETLINK, 0, 0, false);
        netlink.attribute(IFLA_IFNAME, name);
        return ask("look up " + name);
    }

    /// The interface with that index, or null.
    Link find(int index) throws DeviceException {
        linkHeader(RTM_GETLINK, 0, index, false);
        return ask("look up interface " + index);
    }

    private Link ask(String what) throws DeviceException {
        var found = new Link[1];
        int result = netlink.transact((message, type) -> {
            if (type == RTM_NEWLINK) {
                found[0] = link(message);
            }
        });
        if (result != 0 && result != -Errno.ENODEV) {
            throw refused(what, -result);
        }
        return found[0];
    }

    private static Link link(ByteBuffer message) {
        var link = new LinkReader(message.getInt(4), (message.getInt(8) & IFF_UP) != 0);
        message.position(16);
        Netlink.attributes(message, link::attribute);
        return link.read();
    }

    /// The attributes of an interface, gathered.
    private static final class LinkReader {
        private final int index;
        private final boolean up;
        private String name = "";
        private int mtu;
        private int master;
        private MacAddr mac = MacAddr.ZERO;
        private String kind = "";
        private boolean tap;
        private boolean multiQueue;

        LinkReader(int index, boolean up) {
            this.index = index;
            this.up = up;
        }

        void attribute(ByteBuffer value, int type) {
            switch (type) {
                case IFLA_IFNAME -> name = Netlink.text(value);
                case IFLA_MTU -> mtu = value.getInt(0);
                case IFLA_MASTER -> master = value.getInt(0);
                case IFLA_ADDRESS -> mac = value.limit() == 6 ? mac(value) : MacAddr.ZERO;
                case IFLA_LINKINFO -> Netlink.attributes(value, this::info);
                default -> { /* one of the fifty others */ }
            }
        }

        private void info(ByteBuffer value, int type) {
            if (type == IFLA_INFO_KIND) {
                kind = Netlink.text(value);
            } else if (type == IFLA_INFO_DATA && kind.equals("tun")) {
                Netlink.attributes(value, this::tun);
            }
        }

        private void tun(ByteBuffer value, int type) {
            if (type == IFLA_TUN_TYPE) {
                tap = value.get(0) == TUN_TYPE_TAP;
            } else if (type == IFLA_TUN_MULTI_QUEUE) {
                multiQueue = value.get(0) != 0;
            }
        }

        Link read() {
            return new Link(index, name, up, mtu, mac, master, kind, tap, multiQueue);
        }

        private static MacAddr mac(ByteBuffer octets) {
            long bits = 0;
            for (int i = 0; i < 6; i++) {
                bits = bits << 8 | octets.get(i) & 0xff;
            }
            return new MacAddr(bits);
        }
    }

    void setMac(Link link, MacAddr mac) throws DeviceException {
        byte[] octets = new byte[6];
        for (int i = 0; i < 6; i++) {
            octets[i] = (byte) (mac.bits() >>> 40 - 8 * i);
        }
        linkHeader(RTM_SETLINK, Netlink.ACK, link.index, false);
        netlink.attribute(IFLA_ADDRESS, octets);
        change("set the host's MAC of " + link.name + " to " + mac);
    }

    void setMtu(Link link, int mtu) throws DeviceException {
        linkHeader(RTM_SETLINK, Netlink.ACK, link.index, false);
        netlink.attribute(IFLA_MTU, mtu);
        change("set the MTU of " + link.name + " to " + mtu);
    }

    /// Makes `link` a port of `bridge`.
    void enslave(Link link, Link bridge) throws DeviceException {
        linkHeader(RTM_SETLINK, Netlink.ACK, link.index, false);
        netlink.attribute(IFLA_MASTER, bridge.index);
        change("make " + link.name + " a port of " + bridge.name);
    }

    void setUp(Link link) throws DeviceException {
        linkHeader(RTM_SETLINK, Netlink.ACK, link.index, true);
        change("bring " + link.name + " up");
    }

    /// Gives the host an address on `link`; one that is there already stays as it is.
    void addAddress(Link link, Cidr address) throws DeviceException {
        byte[] octets = octets(address.addr());
        addressHeader(RTM_NEWADDR, Netlink.ACK | Netlink.CREATE | Netlink.EXCL, address, link.index);
        netlink.attribute(IFA_LOCAL, octets).attribute(IFA_ADDRESS, octets);
        if (address.hasBroadcast()) {
            netlink.attribute(IFA_BROADCAST, octets(address.broadcast()));
        }
        int result = netlink.transact((message, type) -> { /* an acknowledgment has no more to say */ });
        if (result != 0 && result != -Errno.EEXIST) {
            throw refused("give the host the address " + address + " on " + link.name, -result);
        }
    }

    /// The index of another interface than `link` on which the host has that address, or 0.
    int otherOwner(Link link, InetAddr address) throws DeviceException {
        byte[] wanted = octets(address);
        return searchAddresses((index, octets) -> index != link.index && java.util.Arrays.equals(octets, wanted));
    }

    private int searchAddresses(BiPredicate<Integer, byte[]> wanted) throws DeviceException {
        var found = new int[1];
        netlink.begin(RTM_GETADDR, Netlink.DUMP).putLong(0);
        int result = netlink.transact((message, type) -> {
            int index = message.getInt(4);
            message.position(8);
            Netlink.attributes(message, (value, attribute) -> {
                byte[] octets = new byte[value.limit()];
                value.get(0, octets);
                if ((attribute == IFA_LOCAL || attribute == IFA_ADDRESS) && wanted.test(index, octets)) {
                    found[0] = index;
                }
            });
        });
        if (result != 0) {
            throw refused("list the host's addresses", -result);
        }
        return found[0];
    }

    private void linkHeader(int type, int flags, int index, boolean up) {
        netlink.begin(type, flags).putInt(0).putInt(index).putInt(up ? IFF_UP : 0).putInt(up ? IFF_UP : 0);
    }

    private void addressHeader(int type, int flags, Cidr address, int index) {
        netlink.begin(type, flags).put((byte) (address.addr().isV4() ? AF_INET : AF_INET6))
                .put((byte) address.prefix()).put((byte) 0).put((byte) 0).putInt(index);
    }

    private void change(String what) throws DeviceException {
        int result = netlink.transact((message, type) -> { /* an acknowledgment has no more to say */ });
        if (result != 0) {
            throw refused(what, -result);
        }
    }

    private DeviceException refused(String what, int errno) {
        return OpenFailure.configuring(what, errno, netlink.explanation());
    }

    private static byte[] octets(InetAddr address) {
        ByteBuffer all = ByteBuffer.allocate(16).putLong(address.hi()).putLong(address.lo());
        return address.isV4() ? java.util.Arrays.copyOfRange(all.array(), 12, 16) : all.array();
    }

    @Override
    public void close() {
        netlink.close();
    }
}
