package org.splnet.net;

import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;

/// A network protocol as the link layer sees it: one of the stack's two up-calls (Ethernet type → protocol).
public interface NetworkProtocol {
    /// The Ethernet type it answers to.
    int etherType();

    /// A packet came in: `start == l3` at the network header, link flags and `rcvIf` set. Consumes it.
    /// Called by the interface's input thread, holding nothing. Link padding may stand behind the packet.
    void input(Packet packet, NetIf from, long nowNs);

    /// A packet given to [NetIf#output] and held there cannot be delivered: its next hop does not answer.
    /// `start` is at the network header again. Consumes it, counting [DropReason#NEIGHBOR_UNREACHABLE]; may
    /// first tell the transport, for which this is a soft error (RFC 1122 §2.3.2.2 saves the packet, §2.4
    /// wants its loss reported). Called as deferred work, holding nothing.
    default void unreachable(Packet held, NetIf on, long nowNs) {
        held.drop(DropReason.NEIGHBOR_UNREACHABLE);
    }
}
