package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.fin;
import static org.splnet.tcp.Seg.rst;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.InetAddr;
import org.splnet.wire.TcpHeader;

/// RFC 9293 §3.5.2, §3.10.7.1, §3.10.7.2: segments that fit no connection, and what is never answered.
@ExtendWith(NoLeaks.class)
class ResetTest {
    @Test
    @Shows("EVENT-9")
    void answersASegmentWithoutAckForNobody() {                            // §3.10.7.1
        try (Drill tcp = new Drill(drill())) {
            tcp.in(syn()).out(rst().flag(TcpHeader.ACK).absSeq(0).acks(1))
                    .in(data(1, 101).noAck()).out(rst().flag(TcpHeader.ACK).absSeq(0).acks(101))
                    .in(fin(101).noAck()).out(rst().flag(TcpHeader.ACK).absSeq(0).acks(102));
        }
    }

    @Test
    @Shows("EVENT-9")
    void answersASegmentWithAckForNobody() {                               // §3.10.7.1
        try (Drill tcp = new Drill(drill())) {
            tcp.in(data(1, 101).acks(77)).out(rst(77)).in(synAck().acks(78)).out(rst(78));
        }
    }

    @Test
    @Shows({"EVENT-41", "EVENT-9"})
    void neverAnswersARst() {
        try (Drill tcp = new Drill(drill())) {
            tcp.in(rst(1), rst(1).acks(5)).outNothing();
        }
        try (Drill tcp = drill().accepted()) {
            tcp.in(rst(100_000), rst(-5)).outNothing().state(TcpState.ESTABLISHED);
        }
    }

    @Test
    @Shows({"EVENT-10", "EVENT-11", "EVENT-13"})
    void inListenIgnoresARstAnswersAnAckAndDropsTheRest() {                // §3.10.7.2
        try (Drill tcp = drill().listening()) {
            tcp.in(rst(0)).outNothing().in(ack(9).seq(1)).out(rst(9)).in(synAck().acks(9)).out(rst(9))
                    .in(data(1, 11).noAck(), fin(1).noAck()).outNothing().gone();
        }
    }

    @Test
    void limitsItsRsts() {
        try (Drill tcp = new Drill(drill().config("resetsPerSecond", 1))) {
            for (int i = 0; i < 10; i++) {
                tcp.in(ack(i).seq(1));
            }
            tcp.out(rst(0)).outNothing().counted(Counter.RESETS_LIMITED, 9)
                    .after(s(1)).in(ack(20).seq(1)).out(rst(20));
        }
    }

    @Test
    void countsThoseThatGoOut() {
        try (Drill tcp = new Drill(drill())) {
            tcp.in(ack(1).seq(1)).out(rst(1));
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(ack(2).seq(1)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.network.unreachable = true;
            tcp.in(ack(3).seq(1)).outNothing().counted(Counter.RESETS_OUT, 1);
        }
    }

    @Test
    @Shows({"MUST-57", "MUST-63"})
    void ignoresWhatWasSentToAllOrCameFromNoHost() {                       // MUST-57, MUST-63
        try (Drill tcp = drill().listening()) {
            for (int flag : new int[] {Packet.IP_BROADCAST, Packet.IP_MULTICAST, Packet.LINK_BROADCAST,
                Packet.LINK_MULTICAST}) {
                Packet packet = tcp.peer.packet(syn());
                packet.flags |= flag;
                tcp.tcp.input(packet, tcp.clock.nanoTime());
            }
            for (String source : new String[] {"0.0.0.0", "224.0.0.1", "255.255.255.255", "10.0.0.255"}) {
                Packet packet = tcp.peer.packet(syn());
                packet.flags |= Packet.CHECKSUM_GOOD;
                packet.srcLo = InetAddr.parse(source).lo();
                tcp.tcp.input(packet, tcp.clock.nanoTime());
            }
            tcp.outNothing().gone();
            assertThat(tcp.network.drops(DropReason.TCP_BAD_ADDRESS)).isEqualTo(8);
        }
    }

    @Test
    @Shows("MUST-3")
    void dropsWhatIsDamaged() {                                            // MUST-3
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().badChecksum()).outNothing();
            assertThat(tcp.network.drops(DropReason.TCP_BAD_CHECKSUM)).isEqualTo(1);
            for (int len = 0; len < 20; len++) {
                Packet packet = tcp.peer.packet(syn());
                packet.end = packet.l4 + len;
                tcp.tcp.input(packet, tcp.clock.nanoTime());
            }
            Packet packet = tcp.peer.packet(syn());
            packet.buf.setByte(packet.l4 + 12, 0x40);                      // a header of 16 octets
            tcp.tcp.input(packet, tcp.clock.nanoTime());
            packet = tcp.peer.packet(syn());
            packet.buf.setByte(packet.l4 + 12, 0xf0);                      // of 60, in a segment of 20
            tcp.tcp.input(packet, tcp.clock.nanoTime());
            tcp.outNothing();
            assertThat(tcp.network.drops(DropReason.TCP_TRUNCATED)).isEqualTo(22);
        }
    }

    @Test
    void believesTheDeviceAboutTheChecksum() {
        try (Drill tcp = drill().listening()) {
            Packet packet = tcp.peer.packet(syn().badChecksum());
            packet.flags |= Packet.CHECKSUM_GOOD;
            tcp.tcp.input(packet, tcp.clock.nanoTime());
            tcp.out(synAck());
        }
    }

    @Test
    void dropsPortZero() {
        try (Drill tcp = new Drill(drill())) {
            tcp.in(syn().from(0)).outNothing();
        }
    }

    /// What lies in front of the window does not move its number to where it would be believed.
    @Test
    @Shows("RFC5961-3.2")
    void aResetsNumberCountsAsItCame() {                                   // RFC 5961 §3.2
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101)).read(100);
            Seg old = data(51, 251).acks(1).flag(TcpHeader.RST);
            tcp.in(old).out(ack(101).seq(1)).state(TcpState.ESTABLISHED).in(rst(101)).outNothing()
                    .error(SockError.ECONNRESET);
        }
    }

    /// As macOS sends it.
    @Test
    void behindAFinItsOwnNumberWillDo() {
        try (Drill tcp = drill().closeWait()) {
            tcp.in(rst(0)).outNothing().state(TcpState.CLOSE_WAIT).in(rst(1)).outNothing()
                    .error(SockError.ECONNRESET);
            assertThat(tcp.network.drops(DropReason.TCP_UNACCEPTABLE)).as("the first").isOne();
        }
        try (Drill tcp = drill().lastAck()) {
            tcp.in(rst(1)).outNothing().gone();
        }
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101)).read(100).in(rst(100)).outNothing().state(TcpState.ESTABLISHED);
        }
    }

    /// The peer has filled the window, and one segment of it was lost: its numbers have come to the edge.
    @Test
    void behindAFullWindowThePeerIsHeard() {
        try (Drill tcp = drill().buffers(4096, 5000).accepted()) {
            tcp.write(100).out(data(1, 101));
            for (int at = 1001; at < 5001; at += 1000) {
                tcp.in(data(at, at + 1000).acks(1)).out(ack(1));
            }
            tcp.in(ack(101).seq(5001)).outNothing();
            assertThat(tcp.tcb().flight()).isZero();
            tcp.in(rst(5001)).out(ack(1).seq(101)).in(rst(5002)).outNothing().in(rst(1))
                    .error(SockError.ECONNRESET);
        }
    }

    /// The last number of the window is the FIN's.
    @Test
    void behindAWindowThatAFinFillsThePeerIsHeard() {
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1001, 2001)).out(ack(1)).in(data(2001, 3001)).out(ack(1)).in(data(3001, 4001))
                    .out(ack(1)).in(data(4001, 4096).withFin()).out(ack(1));
            tcp.in(rst(4097)).out(ack(1)).in(rst(1)).error(SockError.ECONNRESET);
        }
    }
}
