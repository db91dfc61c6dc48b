package org.splnet.net;

import org.splnet.pkt.Packet;
import org.splnet.wire.ArpPacket;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// ARP (RFC 826) on one interface: what we say. What we hear is [ArpInput]'s.
///
/// Any thread; nothing here has a state. Requests, at most one a second per neighbor, may make their view of
/// the packet; for replies, as many as others ask for, the worker brings its own.
final class Arp implements Resolver {
    private final EtherIf link;

    Arp(EtherIf link) {
        this.link = link;
    }

    @Override
    public void solicit(Neighbor target, long station, long nowNs) {
        int sender = sender(target.hi(), target.lo());
        if (sender == 0) {
            return;     // without an address of ours this would be a probe, and the answer nobody's
        }
        boolean everybody = station == Neighbor.NONE;
        send(new ArpPacket(), ArpPacket.REQUEST, sender, everybody ? 0 : station, (int) target.lo(),
                everybody ? MacAddr.MASK : station);
    }

    /// RFC 5227 §1.1: asks whether anybody has the address, claiming nothing.
    void probe(int address) {
        send(new ArpPacket(), ArpPacket.REQUEST, 0, 0, address, MacAddr.MASK);
    }

    /// RFC 5227 §2.3: tells everybody that the address is ours, and caches what to replace.
    void announce(int address) {
        send(new ArpPacket(), ArpPacket.REQUEST, address, 0, address, MacAddr.MASK);
    }

    /// Answers the question who has `address`, which we have.
    ///
    /// @param view the calling worker's, to write with
    void reply(ArpPacket view, int address, long askerMac, int asker) {
        send(view, ArpPacket.REPLY, address, askerMac, asker, askerMac);
    }

    /// What there is no memory for is as if it were lost on its way: whoever has asked has armed a timer, and
    /// whoever has a packet to send keeps it.
    private void send(ArpPacket view, int operation, int senderIp, long targetMac, int targetIp,
            long station) {
        // RFC 3927 §2.5: so that others who have the address notice.
        long destination = Ip4Addr.isLinkLocal(senderIp) ? MacAddr.MASK : station;
        Packet packet = link.pool().tryAllocate(ArpPacket.LEN);
        if (packet == null) {
            return;
        }
        int at = packet.append(ArpPacket.LEN);
        view.wrap(packet.buf, at).begin(operation)
                .senderMac(link.mac().bits()).senderIp(senderIp)
                .targetMac(targetMac).targetIp(targetIp);
        packet.l3 = at;
        Ether.prepend(packet, destination, link.mac().bits(), EtherType.ARP);
        link.transmit(packet);
    }

    /// The address of ours that the target can answer to: one in its subnet, else the primary one; 0 if this
    /// interface has none.
    private int sender(long hi, long lo) {
        int primary = 0;
        for (Cidr each : link.addresses()) {
            InetAddr address = each.addr();
            if (address instanceof Ip4Addr(int bits)) {
                if (each.contains(hi, lo)) {
                    return bits;
                }
                primary = primary == 0 ? bits : primary;
            }
        }
        return primary;
    }
}
