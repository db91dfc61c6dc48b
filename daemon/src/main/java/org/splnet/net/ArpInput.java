package org.splnet.net;

import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.ArpPacket;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// ARP (RFC 826, "Packet Reception") on one interface: what we hear. One instance per worker.
///
/// Addresses of other interfaces are not answered for: each address lives on its link (strong host model, RFC
/// 1122 §3.3.4.2).
final class ArpInput {
    private final EtherIf link;
    private final ArpPacket arp = new ArpPacket();
    private final ArpPacket answer = new ArpPacket();

    ArpInput(EtherIf link) {
        this.link = link;
    }

    /// An ARP packet came in, `start` at its first octet. Consumes it.
    void input(Packet packet, long nowNs) {
        arp.wrap(packet.buf, packet.start);
        DropReason reason = process(packet.length(), nowNs);
        if (reason == null) {
            packet.free();
            return;
        }
        switch (reason) {
            case ARP_MALFORMED, ARP_BAD_SENDER -> link.counters().inError();
            default -> link.counters().inDrop();
        }
        packet.drop(reason);
    }

    /// Does what it asks for.
    ///
    /// @return why it was for nothing; null if it was not
    private DropReason process(int len, long nowNs) {
        if (!arp.fits(len) || arp.operation() != ArpPacket.REQUEST && arp.operation() != ArpPacket.REPLY) {
            return DropReason.ARP_MALFORMED;
        }
        if (!senderValid()) {
            return DropReason.ARP_BAD_SENDER;
        }
        int sender = arp.senderIp();
        int target = arp.targetIp();
        boolean request = arp.operation() == ArpPacket.REQUEST;
        // RFC 5227 §2.1.1 and §2.4: somebody uses, or is about to use, an address that is ours or may become.
        if (sender != 0 && link.claims().claimed(sender)) {
            link.claims().conflict(sender, arp.senderMac(), nowNs);
            return DropReason.ARP_CONFLICT;
        }
        if (sender == 0 && link.claims().probing(target)) {
            link.claims().conflict(target, arp.senderMac(), nowNs);
            return DropReason.ARP_CONFLICT;
        }
        boolean ours = link.owns(0, Ip4Addr.lo(target));
        if (sender != 0 && link.interfaces().owner(0, Ip4Addr.lo(sender)) == null) {
            // "Merge flag": news of whom we know, and, if it wants something of us, of whom we do not.
            link.arpNeighbors().heard(0, Ip4Addr.lo(sender), arp.senderMac(), ours && !request,
                    ours && request && onLink(sender), nowNs);
        }
        if (!ours) {
            return sender == target && sender != 0 ? null : DropReason.ARP_NOT_FOR_US;
        }
        if (request) {
            link.arp().reply(answer, target, arp.senderMac(), sender);
        }
        return null;
    }

    /// What must not get into the neighbor table, and what must not be answered: stations that are none, and
    /// addresses that no host has (RFC 1122 §3.2.1.3).
    private boolean senderValid() {
        long mac = arp.senderMac();
        if (MacAddr.isMulticast(mac) || mac == 0 || mac == link.mac().bits()) {
            return false;
        }
        int ip = arp.senderIp();
        if (ip == 0) {
            return arp.isProbe();
        }
        return Ip4Addr.isHost(ip) && !link.isEdge(0, Ip4Addr.lo(ip));
    }

    private boolean onLink(int ip) {
        for (Cidr each : link.addresses()) {
            if (each.contains(0, Ip4Addr.lo(ip))) {
                return true;
            }
        }
        return false;
    }
}
