package org.splnet.netif.tap;

import java.nio.ByteBuffer;
import org.splnet.driver.InterfaceIoctl;
import org.splnet.wire.MacAddr;

/// What the host's kernel says of one of its interfaces.
///
/// @param index its number
/// @param up true if it has been brought up
/// @param master index of the bridge it is a port of, or 0
/// @param kind what made it (`tun`, `bridge`, `veth`), or nothing for hardware
/// @param tap true if `kind` is `tun` and it carries Ethernet frames
/// @param multiQueue true for a TAP made with `multi_queue`
record Link(int index, String name, boolean up, int mtu, MacAddr mac, int master, String kind, boolean tap,
        boolean multiQueue) {
    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_MASTER = 10;

    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_TUN_TYPE = 3;
    private static final int IFLA_TUN_MULTI_QUEUE = 7;
    private static final int TUN_TYPE_TAP = 2;
    private static final int HEADER = 16;

    /// From the body of an RTM_NEWLINK message.
    static Link read(ByteBuffer message) {
        var gathered = new Gathered();
        boolean up = (message.getInt(8) & InterfaceIoctl.IFF_UP) != 0;
        int index = message.getInt(4);
        message.position(HEADER);
        Netlink.attributes(message, gathered::attribute);
        return new Link(index, gathered.name, up, gathered.mtu, gathered.mac, gathered.master, gathered.kind,
                gathered.tap, gathered.multiQueue);
    }

    private static final class Gathered {
        private String name = "";
        private int mtu;
        private int master;
        private MacAddr mac = MacAddr.ZERO;
        private String kind = "";
        private boolean tap;
        private boolean multiQueue;

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

        private static MacAddr mac(ByteBuffer octets) {
            long bits = 0;
            for (int i = 0; i < 6; i++) {
                bits = bits << 8 | octets.get(i) & 0xff;
            }
            return new MacAddr(bits);
        }
    }
}
