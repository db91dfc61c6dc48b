package org.splnet.net;

import org.splnet.pkt.Packet;

/// A network protocol as the link layer sees it: one of the stack's two up-calls (Ethernet type → protocol).
public interface NetworkProtocol {
    /// The Ethernet type it answers to.
    int etherType();

    /// A packet came in: `start == l3` at the network header, link flags and `rcvIf` set. Consumes it.
    /// Called by the
    /// interface's input thread, holding nothing.
    void input(Packet packet, NetIf from, long nowNs);
}
