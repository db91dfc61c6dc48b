package org.splnet.inet;

import org.splnet.pkt.Packet;

/// A transport protocol as the network protocols see it: one of the stack's two up-calls (protocol number →
/// transport), the other being Ethernet type → network protocol.
public interface Transport {
    /// The protocol number it answers to.
    int number();

    /// A datagram for us: whole, header-checked, addresses in the packet, `l4` at the transport header, `end`
    /// behind its last octet. Consumes `packet`. Called by an input thread that holds nothing.
    void input(Packet packet, long nowNs);

    /// A datagram of ours met an error, reported by a router or the other host, or by ourselves
    /// (`ctlinput`). Called holding nothing.
    ///
    /// @return false if no endpoint can have sent it
    boolean error(NetworkError error, long nowNs);
}
