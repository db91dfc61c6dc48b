package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import org.splnet.inet.Network;
import org.splnet.inet.Path;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.socket.SendBuffer;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Checksum;
import org.splnet.wire.IpProto;
import org.splnet.wire.Seq;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.TcpOptions;

/// Makes segments: a fresh small buffer for the header, payload behind it by reference unless it is little,
/// the checksum left to the device or the network beneath. The one place where a TCP header is written.
///
/// What there is no memory for is refused as by a full queue: nothing was lost, and soon there may be some.
final class SegmentWriter {
    /// NOP, NOP, kind and length of timestamps (RFC 7323, appendix A) and of a SACK option (RFC 2018 §3).
    private static final int TIMESTAMPS_HEAD = TcpOptions.NOP << 24 | TcpOptions.NOP << 16
            | TcpOptions.TIMESTAMPS << 8 | 10;
    private static final int SACK_HEAD = TcpOptions.NOP << 24 | TcpOptions.NOP << 16 | TcpOptions.SACK << 8
            | 2;
    private static final int SACK_HEAD_LEN = 4;
    private static final int SACK_BLOCK = 8;
    private static final FastThreadLocal<TcpOptions> SYN_OPTIONS = new FastThreadLocal<>() {
        @Override
        protected TcpOptions initialValue() {
            return new TcpOptions();
        }
    };

    private final Network network;
    private final ReceiveWindow window;
    private final TcpStats stats;
    private final TcpConfig cfg;

    SegmentWriter(TcpConfig cfg, Network network, ReceiveWindow window, TcpStats stats) {
        this.cfg = cfg;
        this.network = network;
        this.window = window;
        this.stats = stats;
    }

    /// Octets of options in every segment of this connection.
    static int optionsLen(Tcb tcb) {
        return tcb.timestamps == null ? 0 : TcpOptions.TIMESTAMPS_LEN;
    }

    /// A packet with room for the header of this connection, and for text behind it as far as that is copied.
    /// The caller owns it.
    ///
    /// @return null if there is no memory
    Packet open(Tcb tcb, int len) {
        return open(TcpHeader.MIN_LEN + optionsLen(tcb), SendBuffer.copied(len));
    }

    private Packet open(int headerLen) {
        return open(headerLen, 0);
    }

    private Packet open(int headerLen, int room) {
        Packet packet = network.pool().tryAllocate(headerLen + room);
        if (packet != null) {
            packet.l4 = packet.append(headerLen);
        }
        return packet;
    }

    /// Writes the header of a connection's segment and sends it. Consumes `packet`, which [#open] made and
    /// which has its payload and, if it may be marked on its way, ECT.
    Output send(Packet packet, Tcb tcb, int seq, int flags, long nowNs) {
        assert tcb.lock.held();
        return send(packet, TcpHeader.MIN_LEN + optionsLen(tcb), tcb, seq, flags, nowNs);
    }

    private Output send(Packet packet, int headerLen, Tcb tcb, int seq, int flags, long nowNs) {
        if (packet == null) {
            return Output.QUEUE_FULL;
        }
        TcpHeader header = new TcpHeader().wrap(packet.buf, packet.l4).begin(headerLen, 0);
        boolean owed = tcb.ackNow || (tcb.armed & TcpTimer.DELACK.bit()) != 0;
        int promised = tcb.rcvAdv;
        boolean acks = (flags & TcpHeader.ACK) != 0;
        int bits = flags | (acks && tcb.ecn != null ? tcb.ecn.flags(packet.tos != 0) : 0);
        int urgent = 0;
        if (tcb.sndUp - seq > 0 && tcb.sndUp - tcb.sndUna > 0) {
            bits |= TcpHeader.URG;             // RFC 9293 §3.8.5, MUST-62: points behind the urgent data
            urgent = Math.min(tcb.sndUp - seq, 0xffff);
        }
        header.flags(bits).seq(seq).ack(acks ? tcb.rcvNxt : 0)
                .window(acks ? window.advertise(tcb) : 0).urgentPointer(urgent);
        if (tcb.timestamps != null) {
            writeTimestamps(packet.buf, header.options(), tcb.timestamps, nowNs);
        }
        if (acks) {
            acknowledged(tcb);
        }
        tcb.segmentsOut++;
        SocketOptions options = tcb.socket.options;
        packet.ttl = options.ttl();
        packet.tos |= options.tos() & ~Ecn.MASK;
        Output result = down(packet, header, tcb.path, tcb.localPort, tcb.remotePort, nowNs);
        if (result == Output.QUEUE_FULL || result == Output.TOO_BIG) {
            tcb.ackNow |= acks && (owed || tcb.rcvAdv != promised);    // what it said has not left
            if ((bits & TcpHeader.CWR) != 0) {
                tcb.ecn.owed();
            }
        }
        return result;
    }

    private static void writeTimestamps(ByteBuf buf, int at, Timestamps timestamps, long nowNs) {
        buf.setInt(at, TIMESTAMPS_HEAD);
        buf.setInt(at + 4, timestamps.value(nowNs));
        buf.setInt(at + 8, timestamps.echo());
    }

    /// SND.NXT for a segment without text. But not behind the peer's window: an octet that has only asked for
    /// room (RFC 9293 §3.8.6.1), or was in a window that has shrunk since, was thrown away, and what comes
    /// behind it would be too, with the acknowledgement it carries (§3.10.7.4).
    private static int next(Tcb tcb) {
        int edge = tcb.sndUna + tcb.sndWnd;
        return tcb.state.isSynchronized() && Seq.gt(tcb.sndMax, edge) ? edge : tcb.sndMax;
    }

    /// A segment that only acknowledges: `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`.
    ///
    /// With SACK blocks while something is out of order (RFC 2018 §4). Segments with text do without them:
    /// their size is settled, and whatever is out of order has been acknowledged by a segment of its own.
    Output ack(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        int plain = TcpHeader.MIN_LEN + optionsLen(tcb);
        int blocks = tcb.sack == null ? 0 : tcb.sack.collect(tcb.reassembly);
        if (blocks == 0) {
            return send(open(plain), plain, tcb, next(tcb), TcpHeader.ACK, nowNs);
        }
        int room = Math.min(TcpHeader.MAX_LEN, tcb.path.mtu() - tcb.path.headerLength());
        int fit = Math.min(blocks, (room - plain - SACK_HEAD_LEN) / SACK_BLOCK);
        int headerLen = plain + SACK_HEAD_LEN + fit * SACK_BLOCK;
        Packet packet = open(headerLen);
        if (packet != null) {
            writeSack(packet.buf, packet.l4 + plain, tcb.sack, fit);
        }
        return send(packet, headerLen, tcb, next(tcb), TcpHeader.ACK, nowNs);
    }

    /// A segment that the peer cannot but answer: an old number and no data (RFC 9293 §3.8.4).
    Output keepAlive(Tcb tcb, long nowNs) {
        return send(open(tcb, 0), tcb, tcb.sndUna - 1, TcpHeader.ACK, nowNs);
    }

    private static void writeSack(ByteBuf buf, int at, SackReport sack, int blocks) {
        buf.setInt(at, SACK_HEAD + blocks * SACK_BLOCK);
        int next = at + SACK_HEAD_LEN;
        for (int i = 0; i < blocks; i++, next += SACK_BLOCK) {
            buf.setInt(next, sack.left(i));
            buf.setInt(next + 4, sack.right(i));
        }
    }

    /// A SYN or SYN,ACK of a connection that was opened actively.
    Output syn(Tcb tcb, boolean acks, long nowNs) {
        assert tcb.lock.held();
        int wnd = ReceiveWindow.unscaled(tcb.receiveSpace());
        TcpOptions offer = synOptions();
        if (tcb.offeredScale >= 0) {
            offer.windowScale(tcb.offeredScale);
        }
        if (acks ? tcb.sackAgreed : tcb.tcp.cfg.sack()) {
            offer.sackPermitted();
        }
        if (acks ? tcb.timestamps != null : tcb.tcp.cfg.timestamps()) {
            offer.timestamps(Timestamps.value(tcb.tsOffset, nowNs), acks ? tcb.timestamps.echo() : 0);
        }
        tcb.early = acks ? 0 : early(tcb, offer, nowNs);
        int flags = TcpHeader.SYN | (acks ? TcpHeader.ACK : 0);
        if (!acks && tcb.asksForEcn()) {
            flags |= TcpHeader.ECE | TcpHeader.CWR;
        } else if (acks && tcb.ecn != null) {
            flags |= TcpHeader.ECE;
        }
        SocketOptions options = tcb.socket.options;
        Packet packet = openSyn(tcb.path, offer, options);
        if (packet == null) {
            return Output.QUEUE_FULL;
        }
        if (acks) {
            tcb.rcvAdv = tcb.rcvNxt + wnd;
            acknowledged(tcb);
        }
        if (tcb.early > 0) {
            tcb.early = tcb.snd.slice(packet, 0, tcb.early);
        }
        return syn(packet, tcb.path, tcb.localPort, tcb.remotePort, tcb.iss, acks ? tcb.rcvNxt : 0, flags,
                wnd, offer, options, nowNs);
    }

    /// Fast Open (RFC 7413 §4.2.1): asks for a cookie, or shows the one we have and takes text along. Not if
    /// the SYN goes again: it may have been lost for that reason.
    ///
    /// @return octets of text to take along
    private int early(Tcb tcb, TcpOptions offer, long nowNs) {
        FastOpen fastOpen = tcb.tcp.fastOpen;
        if (!fastOpen.asks() || tcb.backOffs > 0) {
            return 0;
        }
        FastOpen.Known known = fastOpen.known(tcb.remote().addr(), nowNs);
        if (known == null) {
            tcb.askedEarly = true;
            offer.fastOpen(0, 0, 0);
            return 0;
        }
        if (known.len() == 0 || tcb.queued() == 0) {
            return 0;
        }
        tcb.askedEarly = true;
        offer.fastOpen(known.hi(), known.lo(), known.len());
        // §4.2.1: what fits into one segment, of which the SYN's options take their part
        int segment = Math.min(known.mss(), Mss.byPath(tcb.path, tcb.socket.options, cfg));
        int room = segment - TcpHeader.MAX_OPTIONS;
        return Math.clamp(Math.min(room, tcb.queued()), 0, 0xffff);
    }

    /// This thread's set of options for a SYN, empty.
    static TcpOptions synOptions() {
        return SYN_OPTIONS.get().clear();
    }

    /// A SYN or SYN,ACK.
    ///
    /// @param offer its options from [#synOptions], to which the MSS is added (RFC 9293 §3.7.1, SHLD-5)
    Output syn(Path path, int localPort, int remotePort, int seq, int ack, int flags, int wnd,
            TcpOptions offer, SocketOptions options, long nowNs) {
        return syn(openSyn(path, offer, options), path, localPort, remotePort, seq, ack, flags, wnd, offer,
                options, nowNs);
    }

    private Packet openSyn(Path path, TcpOptions offer, SocketOptions options) {
        offer.mss(Mss.announced(path, options, cfg));
        return open(TcpHeader.MIN_LEN + offer.length());
    }

    private Output syn(Packet packet, Path path, int localPort, int remotePort, int seq, int ack, int flags,
            int wnd, TcpOptions offer, SocketOptions options, long nowNs) {
        if (packet == null) {
            return Output.QUEUE_FULL;
        }
        TcpHeader header = new TcpHeader().wrap(packet.buf, packet.l4);
        header.begin(TcpHeader.MIN_LEN + offer.length(), flags).seq(seq).ack(ack).window(wnd);
        offer.write(packet.buf, header.options());
        packet.ttl = options.ttl();
        packet.tos = options.tos() & ~Ecn.MASK;    // RFC 3168 §6.1.1: a SYN is never marked
        return down(packet, header, path, localPort, remotePort, nowNs);
    }

    /// A segment without payload on behalf of no [Tcb].
    ///
    /// @param timestamps to be put in, or null
    /// @param ttl as the connection's other segments have it (MUST-49); 0 where there was none
    /// @param tos the same (MUST-48)
    void bare(Path path, int localPort, int remotePort, int seq, int ack, int flags, int wnd,
            Timestamps timestamps, int ttl, int tos, long nowNs) {
        Packet packet = open(TcpHeader.MIN_LEN + (timestamps == null ? 0 : TcpOptions.TIMESTAMPS_LEN));
        if (packet == null) {
            return;
        }
        TcpHeader header = new TcpHeader().wrap(packet.buf, packet.l4);
        header.begin(packet.length(), flags).seq(seq).ack(ack).window(wnd);
        if (timestamps != null) {
            writeTimestamps(packet.buf, header.options(), timestamps, nowNs);
        }
        packet.ttl = ttl;
        packet.tos = tos & ~Ecn.MASK;
        Output result = down(packet, header, path, localPort, remotePort, nowNs);
        if ((flags & TcpHeader.RST) != 0 && result == Output.SENT) {
            stats.add(Counter.RESETS_OUT);
        }
    }

    /// `<SEQ=SND.NXT><CTL=RST>`: an abort (RFC 9293 §3.10.5).
    void reset(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        SocketOptions options = tcb.socket.options;
        bare(tcb.path, tcb.localPort, tcb.remotePort, next(tcb), 0, TcpHeader.RST, 0, tcb.timestamps,
                options.ttl(), options.tos(), nowNs);
    }

    /// Every segment with an ACK is the one that was owed.
    private static void acknowledged(Tcb tcb) {
        tcb.ackNow = false;
        tcb.ackedSeq = tcb.rcvNxt;
        if (tcb.sack != null) {
            tcb.sack.acknowledged();
        }
        TcpTimers.disarm(tcb, TcpTimer.DELACK);
    }

    private Output down(Packet packet, TcpHeader header, Path path, int localPort, int remotePort,
            long nowNs) {
        int len = packet.length();
        header.srcPort(localPort).dstPort(remotePort).checksum(Checksum.pseudo(path.localHi(),
                path.localLo(), path.remoteHi(), path.remoteLo(), IpProto.TCP, len));
        packet.proto = IpProto.TCP;
        packet.csumStart = packet.l4;
        packet.csumOffset = TcpHeader.CHECKSUM;
        // path MTU discovery needs DF (RFC 1191 §3); TCP never wants to be fragmented
        packet.flags |= Packet.CHECKSUM_PARTIAL | Packet.DONT_FRAGMENT;
        stats.add(Counter.SEGMENTS_OUT);
        return network.output(packet, path, nowNs);
    }
}
