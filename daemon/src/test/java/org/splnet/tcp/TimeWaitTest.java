package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.splnet.tcp.Drill.ms;
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
import org.splnet.socket.SocketException;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Endpoint;

/// RFC 9293 §3.4.2, §3.6.1 and TIME-WAIT in §3.10.7.4; RFC 1122, 4.2.2.13; RFC 1337.
@ExtendWith(NoLeaks.class)
class TimeWaitTest {
    @Test
    @Shows({"MUST-13", "EVENT-40"})
    void lastsForTwoMaximumSegmentLifetimes() {                            // MUST-13, §3.10.8
        try (Drill tcp = drill().timeWait()) {
            tcp.after(s(59)).outNothing();
            assertThat(tcp.tcp.connections()).isEqualTo(1);
            tcp.after(s(2)).outNothing().gone();
        }
    }

    @Test
    @Shows({"EVENT-34", "EVENT-37"})
    void acknowledgesTheFinAgainAndStartsAnew() {                          // fifth and eighth
        try (Drill tcp = drill().timeWait()) {
            tcp.after(s(50)).in(fin(1).acks(2)).out(ack(2).seq(2)).after(s(50));
            assertThat(tcp.tcp.connections()).isEqualTo(1);
            tcp.after(s(11)).gone();
        }
    }

    @Test
    @Shows("RFC1337-3")
    void isNotAssassinated() {                                             // RFC 1337
        try (Drill tcp = drill().timeWait()) {
            tcp.in(rst(2), rst(1), rst(100)).outNothing();
            assertThat(tcp.tcp.connections()).isEqualTo(1);
        }
        try (Drill tcp = drill().timeWait()) {                             // nor kept alive
            tcp.after(s(50)).in(rst(1).withFin().acks(2)).outNothing().after(s(11)).gone();
        }
    }

    @Test
    void answersOldDataWithAnAck() {
        try (Drill tcp = drill().timeWait()) {
            tcp.in(data(-10, 1).acks(2)).out(ack(2).seq(2)).after(s(61)).gone();
        }
    }

    @Test
    void saysNothingToAnAckThatFits() {
        try (Drill tcp = drill().timeWait()) {
            tcp.in(ack(2).seq(2)).outNothing();
        }
        try (Drill tcp = drill().buffers(4096, 4096).finWait2()) {         // although the window is full
            tcp.in(data(1, 4096).acks(2).withFin()).out(ack(4097).wnd(0)).state(TcpState.TIME_WAIT)
                    .in(ack(2).seq(4097)).outNothing();
        }
    }

    /// TIME-WAIT of a connection with timestamps, 50 ms old.
    private static Drill stamped() {
        return drill().timestamps().accepted().after(ms(50)).shutdownOutput().out(fin(1)).in(ack(2))
                .in(fin(1).acks(2)).out(ack(2).seq(2)).state(TcpState.TIME_WAIT);
    }

    @Test
    @Shows({"RFC6191-2", "SHLD-4", "EVENT-28"})
    void givesWayToASynWithALaterTimestampWhateverItsNumber() {            // RFC 6191 §2
        try (Drill tcp = stamped()) {
            tcp.after(ms(10)).in(syn().absSeq(tcp.setup.peerIsn - 5_000_000).mss(1000)).out(synAck())
                    .counted(Counter.TIME_WAIT_REOPENED, 1);
        }
    }

    @Test
    @Shows("RFC6191-2")
    void doesNotGiveWayToAnEarlierTimestamp() {
        try (Drill tcp = stamped()) {
            int last = DrillPeer.FIRST_TS + 50;
            tcp.after(ms(10)).in(syn().absSeq(tcp.setup.peerIsn + 5_000_000).ts(last - 1, 0).mss(1000))
                    .out(ack(2))
                    .in(syn().absSeq(tcp.setup.peerIsn - 5_000_000).ts(last, 0).mss(1000)).out(ack(2))
                    .counted(Counter.TIME_WAIT_REOPENED, 0)
                    .in(syn().absSeq(tcp.setup.peerIsn + 5_000_000).ts(last, 0).mss(1000)).out(synAck())
                    .counted(Counter.TIME_WAIT_REOPENED, 1);
        }
    }

    @Test
    @Shows("RFC6191-2")
    void withoutATimestampTheNumberDecides() {
        try (Drill tcp = stamped()) {
            tcp.after(ms(10)).in(syn().absSeq(tcp.setup.peerIsn - 5_000_000).noTs().mss(1000)).out(ack(2))
                    .in(syn().absSeq(tcp.setup.peerIsn + 5_000_000).noTs().mss(1000)).out(synAck())
                    .counted(Counter.TIME_WAIT_REOPENED, 1);
        }
    }

    @Test
    @Shows({"MAY-2", "EVENT-28"})
    void givesWayToASynWithAHigherNumber() {                               // RFC 1122, 4.2.2.13, MAY-2
        try (Drill tcp = drill().timeWait()) {
            int before = tcp.peer.conversation(Seg.PEER_PORT).ourIsn;
            tcp.in(syn().seq(1000).mss(1000)).out(synAck().acks(1001)).counted(Counter.TIME_WAIT_REOPENED, 1);
            assertThat(tcp.peer.conversation(Seg.PEER_PORT).ourIsn - before).isGreaterThan(2);
            tcp.in(ack(1).seq(1001)).outNothing().accept().state(TcpState.ESTABLISHED);
        }
    }

    @Test
    void answersASynWithALowerNumberWithAnAck() {
        try (Drill tcp = drill().timeWait()) {
            tcp.in(syn().seq(1)).out(ack(2).seq(2)).in(syn().seq(-100)).out(ack(2).seq(2));
        }
    }

    @Test
    void withoutAListenerASynIsOnlyAcknowledged() {
        try (Drill tcp = drill().timeWait()) {
            tcp.listener.close();
            tcp.in(syn().seq(1000)).out(ack(2).seq(2));
        }
    }

    @Test
    void theNewConnectionsNumbersLieBehindTheOldOnes() {                   // RFC 1122, 4.2.2.13 (a)
        try (Drill tcp = drill().wnd(65_535).scale(4).accepted()) {
            tcp.write(500_000);                                            // faster than the clock of 4 µs
            int acked = 1;
            for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                acked = seg.seq + seg.len;
                tcp.in(ack(acked));
            }
            assertThat(acked).isEqualTo(500_001);
            tcp.shutdownOutput().out(fin(acked)).in(fin(1).acks(acked + 1)).out(ack(2));
            int old = tcp.peer.conversation(Seg.PEER_PORT).ourIsn + acked + 1;
            tcp.in(syn().seq(50).mss(1000)).out(synAck().acks(51));
            assertThat(tcp.peer.conversation(Seg.PEER_PORT).ourIsn - old).isPositive();
        }
    }

    @Test
    void theOldestMakesRoom() {
        try (Drill tcp = drill().config("timeWaits", 1).timeWait()) {
            tcp.in(syn().from(9).mss(1000)).out(synAck().from(9)).in(ack(1).seq(1).from(9)).accept()
                    .shutdownOutput().out(fin(1).from(9)).in(fin(1).acks(2).from(9)).out(ack(2).from(9))
                    .counted(Counter.TIME_WAIT_RECYCLED, 1);
            assertThat(tcp.tcp.connections()).isEqualTo(1);
            tcp.in(ack(2).seq(2)).out(rst(2)).in(fin(1).acks(2).from(9)).out(ack(2).from(9));
        }
    }

    @Test
    void holdsItsPortUntilItEnds() throws SocketException {
        try (Drill tcp = drill().timeWait()) {
            tcp.listener.close();
            Endpoint any = Endpoint.parse("0.0.0.0:80");
            assertThatThrownBy(() -> tcp.tcp.listen(any, 1, tcp.setup.options))
                    .hasMessageContaining("EADDRINUSE");
            tcp.after(s(61)).gone();
            tcp.tcp.listen(any, 1, tcp.setup.options).close();
        }
    }

    @Test
    void theUserCanReadWhatIsLeft() {
        try (Drill tcp = drill().finWait2()) {
            tcp.in(data(1, 101).acks(2).withFin()).out(ack(102)).state(TcpState.TIME_WAIT).after(s(61)).gone()
                    .read(100).readEnd();
        }
    }

    @Test
    void endsInTheOrderOfItsBeginnings() {
        try (Drill tcp = drill().timeWait()) {
            tcp.in(syn().from(9).mss(1000)).out(synAck().from(9)).in(ack(1).seq(1).from(9)).accept()
                    .after(s(30)).shutdownOutput().out(fin(1).from(9)).in(fin(1).acks(2).from(9))
                    .out(ack(2).from(9)).after(s(31));
            assertThat(tcp.tcp.connections()).isEqualTo(1);
            tcp.after(s(30)).gone();
        }
    }
}
