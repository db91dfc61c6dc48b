package org.splnet.udp;

import java.util.concurrent.atomic.LongAdder;

/// Counters of UDP (RFC 4113 in spirit); what is dropped is counted by its
/// [reason][org.splnet.pkt.DropReason]. Any thread.
public final class UdpStats {
    /// Datagrams handed to a socket; one for several sockets counts once (`udpInDatagrams`).
    public final LongAdder datagramsIn = new LongAdder();
    /// Payload octets of these.
    public final LongAdder octetsIn = new LongAdder();
    /// Datagrams sent (`udpOutDatagrams`).
    public final LongAdder datagramsOut = new LongAdder();
    /// Payload octets of these.
    public final LongAdder octetsOut = new LongAdder();
    /// Datagrams that could not be sent.
    public final LongAdder sendFailures = new LongAdder();
    /// Errors from the network that a socket will be told of.
    public final LongAdder errors = new LongAdder();
    /// Errors from the network that quote a datagram no socket can have sent.
    public final LongAdder strayErrors = new LongAdder();

    /// All of them are zero again.
    public void reset() {
        for (LongAdder each : new LongAdder[] {datagramsIn, octetsIn, datagramsOut, octetsOut, sendFailures,
            errors, strayErrors}) {
            each.reset();
        }
    }
}
