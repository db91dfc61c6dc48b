package org.splnet.tcp;

import org.splnet.inet.Network;
import org.splnet.inet.Path;
import org.splnet.kern.Entropy;
import org.splnet.pkt.Packet;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.InetAddr;
import org.splnet.wire.TcpHeader;

/// RST in answer to a segment that fits no connection (RFC 9293 §3.5.2, §3.10.7.1), and other answers for
/// which there is no connection to send them. Rate-limited; never in answer to a RST.
final class Reset {
    private final Network network;
    private final SegmentWriter writer;
    private final SecretBudget limit;
    private final TcpStats stats;

    Reset(TcpConfig cfg, Network network, SegmentWriter writer, TcpStats stats, Entropy entropy) {
        this.network = network;
        this.writer = writer;
        this.limit = new SecretBudget(cfg.resetsPerSecond(), entropy);
        this.stats = stats;
    }

    /// Answers `seg`, which must not have been trimmed, with the RST that its sender will believe.
    void answer(TcpSegment seg, long nowNs) {
        if (seg.rst()) {
            return;
        }
        if (!limit.allow(nowNs)) {
            stats.add(Counter.RESETS_LIMITED);
            return;
        }
        if (seg.hasAck()) {
            send(seg, seg.ack, 0, TcpHeader.RST, 0, null, 0, 0, nowNs);
        } else {
            send(seg, 0, seg.seq + seg.len(), TcpHeader.RST | TcpHeader.ACK, 0, null, 0, 0, nowNs);
        }
    }

    /// As if none had been sent.
    void forget() {
        limit.reset();
    }

    /// Sends a bare segment back to where `seg` came from.
    ///
    /// @param timestamps to be put in, or null
    /// @param ttl as for [SegmentWriter#bare]
    /// @param tos the same
    void send(TcpSegment seg, int seq, int ack, int flags, int wnd, Timestamps timestamps, int ttl, int tos,
            long nowNs) {
        Packet from = seg.packet;
        Path path = network.path(InetAddr.of(from.dstHi, from.dstLo), InetAddr.of(from.srcHi, from.srcLo),
                nowNs);
        if (path != null) {
            writer.bare(path, seg.dstPort, seg.srcPort, seq, ack, flags, wnd, timestamps, ttl, tos, nowNs);
        }
    }
}
