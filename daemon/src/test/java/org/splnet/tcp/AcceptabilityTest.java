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
import org.splnet.socket.SockError;

/// RFC 9293 §3.4, table 6, and the first step of §3.10.7.4.
@ExtendWith(NoLeaks.class)
class AcceptabilityTest {
    @Test
    @Shows("EVENT-18")
    void takesWhatBeginsOrEndsInTheWindow() {
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1, 101)).read(100).in(data(51, 151)).read(50).outNothing();
        }
    }

    @Test
    @Shows({"EVENT-19", "EVENT-18"})
    void answersWhatIsOldOrBeyondWithAnAck() {
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1, 101)).read(100).in(data(1, 101)).out(ack(101).seq(1)).in(data(-99, 1))
                    .out(ack(101)).in(data(5000, 5100)).out(ack(101)).in(ack(1).seq(5000)).out(ack(101))
                    .in(ack(1).seq(100)).out(ack(101)).readNothing();
            assertThat(tcp.network.drops(DropReason.TCP_UNACCEPTABLE)).isEqualTo(5);
        }
    }

    @Test
    @Shows("EVENT-20")
    void processesOnlyTheNewPartOfWhatStraddlesTheLeftEdge() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101)).in(data(51, 191)).read(190).in(fin(191).acks(1)).out(ack(192));
        }
    }

    @Test
    @Shows("EVENT-20")
    void cutsOffWhatLiesBeyondTheRightEdge() {
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1, 2001)).out(ack(2001)).in(data(2001, 4501).withFin()).out(ack(4097).wnd(0))
                    .state(TcpState.ESTABLISHED).read(4096).out(ack(4097).wnd(4096)).readNothing();
        }
    }

    @Test
    void aFinJustBeyondTheWindowIsCutOff() {
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1, 4097).withFin()).out(ack(4097).wnd(0)).state(TcpState.ESTABLISHED).read(4096)
                    .out(ack(4097).wnd(4096)).in(fin(4097).acks(1)).out(ack(4098)).readEnd();
        }
    }

    /// Some send it again and again, however closed the window is.
    @Test
    void aFinAloneNeedsNoWindow() {
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1, 4097)).out(ack(4097).wnd(0)).in(fin(4097).acks(1)).out(ack(4098).wnd(0))
                    .state(TcpState.CLOSE_WAIT).in(fin(4097).acks(1)).out(ack(4098).wnd(0))
                    .read(4096).outNothing().readEnd();
        }
    }

    @Test
    void aFinThatIsTheLastOfTheWindowIsNot() {
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1, 4096).withFin()).out(ack(4097)).state(TcpState.CLOSE_WAIT).read(4095).readEnd();
        }
    }

    /// All of a window's text was lost, and what is sent behind it without text acknowledges what we sent: in
    /// both directions at once, neither end would ever go on.
    @Test
    void hearsAnAcknowledgementBehindAWindowOfWhichNothingCame() {
        try (Drill tcp = drill().buffers(65_536, 4096).accepted().write(100)) {
            tcp.out(data(1, 101)).in(ack(101).seq(4097)).outNothing();
            assertThat(tcp.socket.sendQueued()).isZero();
            tcp.in(ack(101).seq(4097)).out(ack(1)).in(ack(101).seq(4098)).out(ack(1)).in(ack(102).seq(4097))
                    .out(ack(1)).in(rst(4097)).outNothing().state(TcpState.ESTABLISHED);
        }
        try (Drill tcp = drill().simultaneous()) {                         // but not that of our SYN
            tcp.in(ack(1).seq(60_001)).out(ack(1)).state(TcpState.SYN_RECEIVED);
        }
        try (Drill tcp = drill().synReceived()) {
            tcp.in(ack(1).seq(60_001)).out(ack(1));
            assertThat(tcp.listener.halfOpen()).isEqualTo(1);
        }
    }

    /// What is behind the edge as it was told last, rounded down, has come all the same.
    @Test
    void hearsAnAcknowledgementAtAnEdgeThatWasRoundedDown() {              // RFC 7323 §2.3
        try (Drill tcp = drill().buffers(4096, 4 << 20).scale(7).accepted()) {
            int scale = tcp.tcb().rcvScale;
            assertThat(scale).isPositive();
            tcp.in(data(1, 1001)).out(ack(1001)).read(1000).write(1000).out(data(1, 1001))
                    .in(ack(1001).seq(1001 - (1 << scale))).out(ack(1001))
                    .in(rst(1002 - (1 << scale)).acks(1001)).outNothing().state(TcpState.ESTABLISHED)
                    .in(ack(1001).seq(1002 - (1 << scale))).outNothing();
            assertThat(tcp.tcb().flight()).isZero();
        }
    }

    @Test
    void takesASegmentThatCoversTheWindow() {                              // as one merged from many may
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1, 2001)).out(ack(2001)).in(data(1001, 9001)).out(ack(4097)).read(4096);
        }
    }

    @Test
    @Shows({"MUST-66", "EVENT-19"})
    void withAZeroWindowItStillTakesAcksUrgentPointersAndResets() {       // MUST-66
        try (Drill tcp = drill().buffers(65_536, 4096).accepted()) {
            tcp.in(data(1, 4097)).out(ack(4097).wnd(0)).write(100).out(data(1, 101).acks(4097))
                    .in(data(4097, 4098).acks(101)).out(ack(4097).wnd(0)).after(s(5)).outNothing();
            assertThat(tcp.socket.sendQueued()).isZero();
            tcp.in(data(4097, 4098).acks(101).urgent(1)).out(ack(4097).wnd(0));
            assertThat(tcp.socket.urgentAhead()).isEqualTo(4097);
            tcp.in(ack(101).seq(4097)).outNothing().in(rst(4097)).error(SockError.ECONNRESET).gone();
        }
    }

    @Test
    @Shows("EVENT-29")
    void dropsWhatHasNoAck() {                                             // fifth
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101).noAck()).outNothing().readNothing();
        }
    }

    @Test
    void whatIsOfNoUseIsCountedOnceWhateverTheState() {
        countsEach(drill().listening(), rst(1), ack(77).seq(1));
        countsEach(drill().synReceived(), ack(7).seq(1), data(1, 11).noAck(), rst(100), ack(1).seq(-1),
                ack(1).seq(100_000), rst(100_000));
        countsEach(drill().synSent(), synAck().acks(7), rst(0), ack(1).seq(0));
        countsEach(drill().simultaneous(), ack(7).seq(1), data(1, 11).noAck());
        countsEach(drill().accepted(), data(1, 11).noAck(), data(1, 11).acks(1001), data(100_000, 100_010),
                rst(100), syn().seq(1));
        countsEach(drill().closeWait(), data(2, 12).acks(1));
        countsEach(drill().timeWait(), rst(2), data(2, 12).acks(2), data(-10, 1).acks(2), synAck().acks(2),
                ack(99).seq(2));
        try (Drill tcp = drill().timeWait().in(fin(1).acks(2), ack(2).seq(2)).out(ack(2).seq(2))) {
            assertThat(tcp.network.drops(DropReason.TCP_UNACCEPTABLE)).isZero();
        }
    }

    private static void countsEach(Drill drill, Seg... segs) {
        try (Drill tcp = drill) {
            for (int i = 0; i < segs.length; i++) {
                tcp.in(segs[i]);
                assertThat(tcp.network.drops(DropReason.TCP_UNACCEPTABLE)).as(segs[i] + "\n" + tcp.log)
                        .isEqualTo(i + 1);
                tcp.peer.take();
            }
        }
    }

    @Test
    @Shows("EVENT-18")
    void isRightAcrossTheWrapOfTheSequenceSpace() {
        int top = Integer.MAX_VALUE;
        for (int isn : new int[] {-1, -2, -500, top, top - 500, Integer.MIN_VALUE}) {
            try (Drill tcp = drill().peerIsn(isn).iss(isn).accepted()) {
                assertThat(tcp.peer.conversation(Seg.PEER_PORT).ourIsn).isEqualTo(isn);
                tcp.in(data(501, 1001)).out(ack(1)).in(data(1, 501)).out(ack(1001)).read(1000)
                        .in(data(1, 101)).out(ack(1001)).write(1500).out(data(1, 1001), data(1001, 1501))
                        .in(ack(1001), ack(1001)).in(ack(1501)).in(fin(1001)).out(ack(1002)).closes()
                        .out(fin(1501)).in(ack(1502)).gone();
            }
        }
    }
}
