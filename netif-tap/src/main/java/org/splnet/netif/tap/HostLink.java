package org.splnet.netif.tap;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BiPredicate;
import org.splnet.driver.InterfaceIoctl;
import org.splnet.net.DeviceException;
import org.splnet.unix.Errno;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// The host's side of the TAP: the network interface that the host's own kernel sees. Looks interfaces up and
/// configures the one it is told to, by rtnetlink, without running any command.
final class HostLink implements AutoCloseable {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_SETLINK = 19;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final Netlink netlink = new Netlink();

    /// The interface with that name, or null.
    Link find(String name) throws DeviceException {
        linkHeader(RTM_GETLINK, 0, 0, false);
        netlink.attribute(Link.IFLA_IFNAME, name);
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
                found[0] = Link.read(message);
            }
        });
        if (result != 0 && result != -Errno.ENODEV) {
            throw refused(what, -result);
        }
        return found[0];
    }

    void setMac(Link link, MacAddr mac) throws DeviceException {
        byte[] octets = new byte[6];
        for (int i = 0; i < 6; i++) {
            octets[i] = (byte) (mac.bits() >>> 40 - 8 * i);
        }
        linkHeader(RTM_SETLINK, Netlink.ACK, link.index(), false);
        netlink.attribute(Link.IFLA_ADDRESS, octets);
        change("set the host's MAC of " + link.name() + " to " + mac);
    }

    void setMtu(Link link, int mtu) throws DeviceException {
        linkHeader(RTM_SETLINK, Netlink.ACK, link.index(), false);
        netlink.attribute(Link.IFLA_MTU, mtu);
        change("set the MTU of " + link.name() + " to " + mtu);
    }

    /// Makes `link` a port of `bridge`.
    void enslave(Link link, Link bridge) throws DeviceException {
        linkHeader(RTM_SETLINK, Netlink.ACK, link.index(), false);
        netlink.attribute(Link.IFLA_MASTER, bridge.index());
        change("make " + link.name() + " a port of " + bridge.name());
    }

    void setUp(Link link) throws DeviceException {
        linkHeader(RTM_SETLINK, Netlink.ACK, link.index(), true);
        change("bring " + link.name() + " up");
    }

    /// Gives the host an address on `link`; one that is there already stays as it is.
    void addAddress(Link link, Cidr address) throws DeviceException {
        byte[] octets = octets(address.addr());
        addressHeader(RTM_NEWADDR, Netlink.ACK | Netlink.CREATE | Netlink.EXCL, address, link.index());
        netlink.attribute(IFA_LOCAL, octets).attribute(IFA_ADDRESS, octets);
        if (address.hasBroadcast()) {
            netlink.attribute(IFA_BROADCAST, octets(address.broadcast()));
        }
        int result = netlink.transact((message, type) -> { /* an acknowledgment has no more to say */ });
        if (result != 0 && result != -Errno.EEXIST) {
            throw refused("give the host the address " + address + " on " + link.name(), -result);
        }
    }

    /// The index of another interface than `link` on which the host has that address, or 0.
    int otherOwner(Link link, InetAddr address) throws DeviceException {
        byte[] wanted = octets(address);
        return searchAddresses((index, octets) ->
                index != link.index() && Arrays.equals(octets, wanted));
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
        int upFlag = up ? InterfaceIoctl.IFF_UP : 0;
        netlink.begin(type, flags).putInt(0).putInt(index).putInt(upFlag).putInt(upFlag);
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
        return address.isV4() ? Arrays.copyOfRange(all.array(), 12, 16) : all.array();
    }

    @Override
    public void close() {
        netlink.close();
    }
}
