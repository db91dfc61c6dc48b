package org.splnet.netif.tap;

import org.splnet.driver.VirtioNetHeader;
import org.splnet.pkt.Offload;

/// What we and the kernel agreed on for a TAP.
///
/// @param headerLen octets of the virtio header in front of each frame; 0 if there is none
/// @param fromKernel the unfinished packets that the kernel may hand us: bits `TUN_F_`
/// @param toKernel we may hand the kernel unfinished packets
record Negotiation(int headerLen, int fromKernel, boolean toKernel) {
    /// What is asked for, the most first. Datagrams that a sender left to be cut (`UDP_SEGMENT`, Linux 6.2)
    /// are taken in one piece, too: to cut them here costs less than a system call for each.
    private static final int[] WISHES = {
        TunIoctl.TUN_F_CSUM | TunIoctl.TUN_F_TSO4 | TunIoctl.TUN_F_TSO6 | TunIoctl.TUN_F_TSO_ECN
                | TunIoctl.TUN_F_USO4 | TunIoctl.TUN_F_USO6,
        TunIoctl.TUN_F_CSUM | TunIoctl.TUN_F_TSO4 | TunIoctl.TUN_F_TSO6 | TunIoctl.TUN_F_TSO_ECN,
        TunIoctl.TUN_F_CSUM | TunIoctl.TUN_F_TSO4 | TunIoctl.TUN_F_TSO6,
        TunIoctl.TUN_F_CSUM | TunIoctl.TUN_F_TSO4,
        TunIoctl.TUN_F_CSUM,
    };

    /// Comes to terms with the kernel: as much as it will do, down to nothing; just nothing if `offload` is
    /// not wished.
    static Negotiation with(TunIoctl tun, boolean vnetHeader, boolean offload) {
        if (!vnetHeader) {
            tun.setOffload(0);
            return new Negotiation(0, 0, false);
        }
        // refused before Linux 4.0 only, where the native order is this one on all that runs Java 25
        tun.setVnetLittleEndian();
        int headerLen = headerLen(tun);
        for (int wish : offload ? WISHES : new int[0]) {
            if (tun.setOffload(wish) >= 0) {
                return new Negotiation(headerLen, wish, true);
            }
        }
        // whoever had a persistent device before may have left other terms behind
        tun.setOffload(0);
        return new Negotiation(headerLen, 0, offload);
    }

    private static int headerLen(TunIoctl tun) {
        if (tun.setVnetHeaderSize(VirtioNetHeader.LEN_WITH_BUFFERS) >= 0) {
            return VirtioNetHeader.LEN_WITH_BUFFERS;
        }
        int given = tun.vnetHeaderSize();
        return given >= VirtioNetHeader.LEN ? given : VirtioNetHeader.LEN;
    }

    /// Bits of [Offload]. The kernel completes and cuts what we send whenever there is a header to ask by,
    /// datagrams if it knows of those at all; what it sends us unfinished is what it was allowed to.
    int offloads() {
        if (!toKernel) {
            return 0;
        }
        boolean uso = (fromKernel & TunIoctl.TUN_F_USO4) != 0;
        int transmit = Offload.TX_CHECKSUM | Offload.TX_TSO4 | Offload.TX_TSO6 | (uso ? Offload.TX_USO : 0);
        int receive = (fromKernel & TunIoctl.TUN_F_CSUM) != 0 ? Offload.RX_CHECKSUM : 0;
        return transmit | receive
                | ((fromKernel & (TunIoctl.TUN_F_TSO4 | TunIoctl.TUN_F_TSO6)) != 0 ? Offload.RX_MERGED : 0);
    }

    /// The terms as the log shows them.
    String names() {
        if (!toKernel) {
            return "none";
        }
        var all = new StringBuilder("tx:csum,tso4,tso6");
        all.append((offloads() & Offload.TX_USO) != 0 ? ",uso rx:" : " rx:");
        String[] names = {"csum", "tso4", "tso6", "tso-ecn", "ufo", "uso4", "uso6"};
        for (int i = 0; i < names.length; i++) {
            if ((fromKernel >>> i & 1) != 0) {
                all.append(i == 0 ? "" : ",").append(names[i]);
            }
        }
        return all.append(fromKernel == 0 ? "none" : "").toString();
    }
}
