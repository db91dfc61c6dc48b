package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;
import org.splnet.inet.FakeNetwork;
import org.splnet.inet.NetworkError;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.IpProto;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.TcpOptions;

/// The peer of a [Drill]: makes packets of what it says and reads what it is told.
final class DrillPeer {
    /// Both ISNs of one peer port.
    static final class Conversation {
        int peerIsn;
        int ourIsn = 5000;
        int wnd;
    }

    /// The peer's timestamp when the drill begins.
    static final int FIRST_TS = 1_000_000;

    private final Drill drill;
    private final Map<Integer, Conversation> conversations = new HashMap<>();
    int localPort = Drill.PORT;
    /// The last timestamp we sent; what a peer with timestamps echoes.
    int lastTs;
    private int nextFromUs;
    private int nextFromPeer;

    DrillPeer(Drill drill) {
        this.drill = drill;
    }

    Conversation conversation(int port) {
        return conversations.computeIfAbsent(port, p -> {
            Conversation c = new Conversation();
            c.peerIsn = drill.setup.peerIsn;
            c.wnd = drill.setup.wnd;
            return c;
        });
    }

    void inject(Seg seg) {
        if ((seg.flags & TcpHeader.ACK) != 0 && seg.ack == null && seg.absAck == null) {
            seg.ack = nextFromUs;
        }
        if (seg.seq == null) {
            seg.seq = nextFromPeer;
        }
        if ((seg.flags & TcpHeader.RST) == 0 && seg.absSeq == null) {
            int end = seg.seq + seg.len + ((seg.flags & (TcpHeader.SYN | TcpHeader.FIN)) != 0 ? 1 : 0);
            nextFromPeer = Math.max(nextFromPeer, end);
        }
        if (drill.setup.timestamps && !seg.noTs) {
            seg.tsVal = seg.tsVal != null ? seg.tsVal : timestamp();
            seg.tsEcr = seg.tsEcr != null ? seg.tsEcr : lastTs;
        }
        drill.log.segment("<", seg);
        drill.tcp.input(packet(seg), drill.clock.nanoTime());
    }

    /// The peer's clock.
    int timestamp() {
        return FIRST_TS + (int) ((drill.clock.nanoTime() - drill.setup.originNs()) / Timestamps.TICK_NS);
    }

    /// As it comes from the network.
    Packet packet(Seg seg) {
        byte[] octets = seg.wire(conversation(seg.port), localPort, Drill.PEER, Drill.HOST);
        Packet packet = drill.network.received(Drill.PEER, Drill.HOST, IpProto.TCP, octets);
        packet.gsoSize = seg.gso == null ? 0 : seg.gso;
        packet.tos = seg.ecn == null ? 0 : seg.ecn;
        return packet;
    }

    /// The next segment sent, null if none; all of it is checked for what must always hold.
    Seg take() {
        FakeNetwork.Sent sent = drill.network.next();
        if (sent == null) {
            return null;
        }
        Packet packet = sent.packet();
        try {
            return read(packet, sent.octets());
        } finally {
            packet.free();
        }
    }

    private Seg read(Packet packet, byte[] octets) {
        ByteBuf buf = Unpooled.wrappedBuffer(octets);
        TcpHeader header = new TcpHeader().wrap(buf, 0);
        assertThat(header.fits(octets.length)).isTrue();
        assertThat(packet.has(Packet.CHECKSUM_PARTIAL | Packet.DONT_FRAGMENT)).isTrue();
        assertThat(packet.csumStart).isEqualTo(packet.l4).isEqualTo(packet.start);
        int pseudo = Checksum.pseudo(Drill.HOST.hi(), Drill.HOST.lo(), Drill.PEER.hi(), Drill.PEER.lo(),
                IpProto.TCP, octets.length);
        assertThat(header.checksum()).as("pseudo header").isEqualTo(pseudo);
        Seg seg = new Seg();
        seg.port = header.dstPort();
        seg.flags = header.flags();
        Conversation c = conversation(seg.port);
        if (header.syn()) {
            c.ourIsn = header.seq();
            localPort = header.srcPort();
        }
        seg.seq = header.seq() - c.ourIsn;
        seg.absSeq = header.seq();
        seg.absAck = header.ack();
        seg.ack = header.hasAck() ? header.ack() - c.peerIsn : null;
        seg.wnd = header.window();
        seg.up = header.urg() ? header.urgentPointer() : null;
        seg.len = octets.length - header.headerLen();
        seg.gso = packet.gsoSize;
        seg.ecn = packet.tos & Ecn.MASK;
        TcpOptions options = new TcpOptions().parse(header);
        seg.mss = options.hasMss() ? options.mss() : null;
        seg.scale = options.hasWindowScale() ? options.windowScale() : null;
        seg.sackPermitted = options.hasSackPermitted();
        if (options.hasTimestamps()) {
            seg.ts(options.tsVal(), options.tsEcr());
            lastTs = options.tsVal();
        }
        if (options.hasFastOpen()) {
            seg.cookieLen = options.cookieLen();
            seg.cookie = options.cookieHi();
        }
        seg.sack = new int[2 * options.sackBlocks()];
        for (int i = 0; i < options.sackBlocks(); i++) {
            seg.sack[2 * i] = options.sackLeft(i) - c.peerIsn;
            seg.sack[2 * i + 1] = options.sackRight(i) - c.peerIsn;
        }
        for (int i = 0; i < seg.len; i++) {
            byte want = Drill.octet(seg.seq - (header.syn() ? 0 : 1) + i);
            if (buf.getByte(header.payload() + i) != want) {
                throw drill.log.failure("octet " + (seg.seq + i) + " of " + seg + " is wrong", null);
            }
        }
        if (!header.rst()) {
            int end = seg.seq + seg.len + (header.syn() || header.fin() ? 1 : 0);
            nextFromUs = Math.max(nextFromUs, end);
        }
        drill.log.segment(">", seg);
        return seg;
    }

    void icmp(NetworkError.Kind kind, int seq) {
        NetworkError error = new NetworkError();
        error.kind = kind;
        error.mtu = drill.path().mtu;
        error.localHi = Drill.HOST.hi();
        error.localLo = Drill.HOST.lo();
        error.remoteHi = Drill.PEER.hi();
        error.remoteLo = Drill.PEER.lo();
        error.buf = Unpooled.buffer(8).writeShort(localPort).writeShort(Seg.PEER_PORT)
                .writeInt(conversation(Seg.PEER_PORT).ourIsn + seq);
        error.len = 8;
        drill.tcp.error(error, drill.clock.nanoTime());
    }
}
