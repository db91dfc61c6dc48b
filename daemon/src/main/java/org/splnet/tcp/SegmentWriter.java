package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import org.splnet.inet.Network;
import org.splnet.inet.Path;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Checksum;
import org.splnet.wire.IpProto;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.TcpOptions;

/// Makes segments: a fresh small buffer for the header, payload behind it by reference, the checksum left to
/// the device or the network beneath. The one place where a TCP header is written.
final class SegmentWriter {
    /// Where the checksum lies in the header.
    private static final int CHECKSUM_OFFSET = 16;
    /// MSS; NOP, window scale; NOP, NOP, SACK-permitted.
    private static final int SYN_OPTIONS = 12;
    /// NOP, NOP, kind and length of a SACK option (RFC 2018 §3).
    private static final int SACK_HEAD = 4;
    private static final int SACK_BLOCK = 8;

    private final Network network;
    private final ReceiveWindow window;
    private final TcpStats stats;

    SegmentWriter(Network network, ReceiveWindow window, TcpStats stats) {
        this.network = network;
        this.window = window;
        this.stats = stats;
    }

    /// A packet with room for a header without options and nothing in it. The caller owns it.
    Packet open() {
        Packet packet = network.pool().allocate(TcpHeader.MIN_LEN);
        packet.l4 = packet.append(TcpHeader.MIN_LEN);
        return packet;
    }

    /// Writes the header of a connection's segment and sends it. Consumes `packet`, which has its payload.
    Output send(Packet packet, Tcb tcb, int seq, int flags, long nowNs) {
        assert tcb.lock.held();
        TcpHeader header = new TcpHeader().wrap(packet.buf, packet.l4);
        header.begin(TcpHeader.MIN_LEN, 0);
        return send(packet, header, tcb, seq, flags, nowNs);
    }

    private Output send(Packet packet, TcpHeader header, Tcb tcb, int seq, int flags, long nowNs) {
        boolean acks = (flags & TcpHeader.ACK) != 0;
        int bits = flags;
        int urgent = 0;
        if (tcb.sndUp - seq > 0 && tcb.sndUp - tcb.sndUna > 0) {
            bits |= TcpHeader.URG;             // RFC 9293 §3.8.5, MUST-62: points behind the urgent data
            urgent = Math.min(tcb.sndUp - seq, 0xffff);
        }
        header.flags(bits).seq(seq).ack(acks ? tcb.rcvNxt : 0)
                .window(acks ? window.advertise(tcb) : 0).urgentPointer(urgent);
        if (acks) {
            acknowledged(tcb);
        }
        SocketOptions options = tcb.socket.options;
        packet.ttl = options.ttl();
        packet.tos = options.tos();
        return down(packet, header, tcb.path, tcb.localPort, tcb.remotePort, nowNs);
    }

    /// A segment that only acknowledges: `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`.
    ///
    /// With SACK blocks while something is out of order (RFC 2018 §4). Segments with text do without them:
    /// their size is settled, and whatever is out of order has been acknowledged by a segment of its own.
    Output ack(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        int blocks = tcb.sack == null || tcb.reassembly == null ? 0 : tcb.sack.collect(tcb.reassembly);
        if (blocks == 0) {
            return send(open(), tcb, tcb.sndMax, TcpHeader.ACK, nowNs);
        }
        int headerLen = TcpHeader.MIN_LEN + SACK_HEAD + blocks * SACK_BLOCK;
        Packet packet = network.pool().allocate(headerLen);
        packet.l4 = packet.append(headerLen);
        TcpHeader header = new TcpHeader().wrap(packet.buf, packet.l4).begin(headerLen, 0);
        int at = header.options();
        packet.buf.setInt(at, TcpOptions.NOP << 24 | TcpOptions.NOP << 16 | TcpOptions.SACK << 8
                | 2 + blocks * SACK_BLOCK);
        for (int i = 0; i < blocks; i++) {
            packet.buf.setInt(at + SACK_HEAD + i * SACK_BLOCK, tcb.sack.left(i));
            packet.buf.setInt(at + SACK_HEAD + i * SACK_BLOCK + 4, tcb.sack.right(i));
        }
        return send(packet, header, tcb, tcb.sndMax, TcpHeader.ACK, nowNs);
    }

    /// A SYN or SYN,ACK of a connection that was opened actively.
    Output syn(Tcb tcb, boolean acks, long nowNs) {
        assert tcb.lock.held();
        SocketOptions options = tcb.socket.options;
        int wnd = ReceiveWindow.unscaled(tcb.receiveSpace());
        if (acks) {
            tcb.rcvAdv = tcb.rcvNxt + wnd;
            acknowledged(tcb);
        }
        return syn(tcb.path, tcb.localPort, tcb.remotePort, tcb.iss, acks ? tcb.rcvNxt : 0, acks, wnd,
                tcb.offeredScale, acks ? tcb.sackAgreed : tcb.tcp.cfg.sack(), options, nowNs);
    }

    /// A SYN or SYN,ACK with its options.
    ///
    /// @param scale window scale to offer, negative for none
    /// @param sack say that SACK is permitted
    Output syn(Path path, int localPort, int remotePort, int seq, int ack, boolean acks, int wnd, int scale,
            boolean sack, SocketOptions options, long nowNs) {
        Packet packet = network.pool().allocate(TcpHeader.MIN_LEN + SYN_OPTIONS);
        int optionsLen = 4 + (scale < 0 ? 0 : 4) + (sack ? 4 : 0);
        packet.l4 = packet.append(TcpHeader.MIN_LEN + optionsLen);
        TcpHeader header = new TcpHeader().wrap(packet.buf, packet.l4);
        header.begin(TcpHeader.MIN_LEN + optionsLen, TcpHeader.SYN | (acks ? TcpHeader.ACK : 0))
                .seq(seq).ack(ack).window(wnd);
        writeSynOptions(packet.buf, header.options(), Mss.announced(path), scale, sack);
        packet.ttl = options.ttl();
        packet.tos = options.tos();
        return down(packet, header, path, localPort, remotePort, nowNs);
    }

    /// A segment without payload and options on behalf of no [Tcb].
    Output bare(Path path, int localPort, int remotePort, int seq, int ack, int flags, int wnd, long nowNs) {
        Packet packet = open();
        TcpHeader header = new TcpHeader().wrap(packet.buf, packet.l4);
        header.begin(TcpHeader.MIN_LEN, flags).seq(seq).ack(ack).window(wnd);
        return down(packet, header, path, localPort, remotePort, nowNs);
    }

    /// `<SEQ=SND.NXT><CTL=RST>`: an abort (RFC 9293 §3.10.5).
    void reset(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        stats.add(Counter.RESETS_OUT);
        bare(tcb.path, tcb.localPort, tcb.remotePort, tcb.sndMax, 0, TcpHeader.RST, 0, nowNs);
    }

    /// RFC 9293 §3.7.1 (SHLD-5: always there), RFC 7323 §2.2, RFC 2018 §2.
    private static void writeSynOptions(ByteBuf buf, int at, int mss, int scale, boolean sack) {
        int next = at;
        buf.setInt(next, TcpOptions.MSS << 24 | 4 << 16 | mss);
        next += 4;
        if (scale >= 0) {
            buf.setInt(next, TcpOptions.NOP << 24 | TcpOptions.WINDOW_SCALE << 16 | 3 << 8 | scale);
            next += 4;
        }
        if (sack) {
            buf.setInt(next,
                    TcpOptions.NOP << 24 | TcpOptions.NOP << 16 | TcpOptions.SACK_PERMITTED << 8 | 2);
        }
    }

    /// Every segment with an ACK is the one that was owed.
    private static void acknowledged(Tcb tcb) {
        tcb.ackNow = false;
        tcb.ackedSeq = tcb.rcvNxt;
        TcpTimers.disarm(tcb, TcpTimer.DELACK);
    }

    private Output down(Packet packet, TcpHeader header, Path path, int localPort, int remotePort,
            long nowNs) {
        int len = packet.length();
        header.srcPort(localPort).dstPort(remotePort).checksum(Checksum.pseudo(path.localHi(),
                path.localLo(), path.remoteHi(), path.remoteLo(), IpProto.TCP, len));
        packet.proto = IpProto.TCP;
        packet.csumStart = packet.l4;
        packet.csumOffset = CHECKSUM_OFFSET;
        // path MTU discovery needs DF (RFC 1191 §3); TCP never wants to be fragmented
        packet.flags |= Packet.CHECKSUM_PARTIAL | Packet.DONT_FRAGMENT;
        stats.add(Counter.SEGMENTS_OUT);
        return network.output(packet, path, nowNs);
    }
}
