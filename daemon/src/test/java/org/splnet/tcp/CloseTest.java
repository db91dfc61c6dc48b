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
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;

/// RFC 9293 §3.6, §3.10.4, §3.10.5 and the states behind ESTABLISHED.
@ExtendWith(NoLeaks.class)
class CloseTest {
    @Test
    @Shows({"EVENT-34", "EVENT-37"})
    void closesActivelyByWayOfFinWait2() {                                 // figure 12
        try (Drill tcp = drill().finWait2()) {
            tcp.in(fin(1).acks(2)).out(ack(2).seq(2)).state(TcpState.TIME_WAIT).readEnd()
                    .after(s(61)).outNothing().gone();
        }
    }

    @Test
    @Shows("EVENT-37")
    void closesActivelyWithFinAndAckInOneSegment() {                       // eighth, FIN-WAIT-1
        try (Drill tcp = drill().finWait1()) {
            tcp.in(fin(1).acks(2)).out(ack(2).seq(2)).state(TcpState.TIME_WAIT);
        }
    }

    @Test
    @Shows("EVENT-34")
    void closesSimultaneously() {                                          // figure 13
        try (Drill tcp = drill().closing()) {
            tcp.in(ack(2).seq(2)).outNothing().state(TcpState.TIME_WAIT).after(s(61)).gone();
        }
    }

    @Test
    void acknowledgesTheFinEvenIfOursIsAcknowledgedInTheSameBatch() {
        try (Drill tcp = drill().finWait1()) {
            tcp.batch(fin(1).acks(1), ack(2).seq(2)).out(ack(2).seq(2)).state(TcpState.TIME_WAIT);
        }
    }

    @Test
    @Shows({"EVENT-37", "EVENT-34", "EVENT-4"})
    void closesPassively() {                                               // figure 12, the other side
        try (Drill tcp = drill().lastAck()) {
            tcp.in(ack(2).seq(2)).outNothing().gone();
        }
    }

    @Test
    @Shows({"EVENT-3", "EVENT-6"})
    void sendsInCloseWaitAndClosesBehindIt() {                             // §3.10.2, §3.10.4
        try (Drill tcp = drill().closeWait()) {
            tcp.readEnd().write(100).out(data(1, 101).acks(2)).in(ack(101).seq(2)).write(50)
                    .out(data(101, 151)).closes().out(fin(151).acks(2)).in(ack(152).seq(2)).gone();
        }
    }

    @Test
    @Shows("EVENT-6")
    void sendsTheFinBehindWhatIsQueued() {                                 // §3.10.4, ESTABLISHED
        try (Drill tcp = drill().wnd(1000).accepted()) {
            tcp.write(1500).out(data(1, 1001)).shutdownOutput().outNothing().state(TcpState.FIN_WAIT_1)
                    .in(ack(1001)).out(data(1001, 1501).withFin());
        }
    }

    @Test
    @Shows("EVENT-6")
    void neverSendsASecondFin() {                                          // §3.10.4, FIN-WAIT
        try (Drill tcp = drill().finWait2()) {
            tcp.shutdownOutput().outNothing().closes().outNothing();
        }
    }

    @Test
    void resendsAFinThatWasLost() {                                        // §3.10.8
        try (Drill tcp = drill().finWait1()) {
            tcp.after(ms(1100)).out(fin(1)).in(ack(2)).state(TcpState.FIN_WAIT_2);
        }
    }

    @Test
    void resendsTheFinInLastAckAndInClosing() {
        try (Drill tcp = drill().lastAck()) {
            tcp.after(ms(1100)).out(fin(1).acks(2)).in(ack(2).seq(2)).gone();
        }
        try (Drill tcp = drill().closing()) {
            tcp.after(ms(1100)).out(fin(1).acks(2)).in(ack(2).seq(2)).state(TcpState.TIME_WAIT);
        }
    }

    @Test
    @Shows("EVENT-36")
    void receivesInFinWait1AndFinWait2() {                                 // seventh
        try (Drill tcp = drill().finWait1()) {
            tcp.in(data(1, 101).acks(1)).read(100).in(data(101, 201).acks(2)).read(100)
                    .state(TcpState.FIN_WAIT_2).in(data(201, 301).acks(2)).read(100);
        }
    }

    @Test
    @Shows("EVENT-36")
    void ignoresTextBehindTheFin() {                                       // seventh, other states
        try (Drill tcp = drill().closeWait()) {
            tcp.in(data(2, 102).acks(1)).outNothing().readEnd();
        }
        try (Drill tcp = drill().lastAck()) {
            tcp.in(data(2, 102).acks(1)).outNothing().state(TcpState.LAST_ACK);
        }
    }

    @Test
    @Shows("EVENT-3")
    void refusesToSendAfterTheFin() {                                      // §3.10.2: error
        try (Drill tcp = drill().finWait1()) {
            assertThatThrownBy(() -> tcp.socket.send(io.netty.buffer.Unpooled.EMPTY_BUFFER))
                    .hasMessageContaining("EPIPE");
        }
    }

    @Test
    @Shows({"SHLD-3", "MAY-1"})
    void closedWithUnreadOctetsItResets() {                                // §3.6.1, SHLD-3; RFC 2525 §2.17
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101)).closes().out(rst(1)).outNothing().gone();
        }
    }

    @Test
    void withALingerTimeOfZeroCloseIsAnAbort() {
        try (Drill tcp = drill().accepted()) {
            tcp.options(tcp.setup.options.withLinger(0)).write(100).out(data(1, 101)).closes()
                    .out(rst(101)).gone();
        }
    }

    @Test
    @Shows("SHLD-3")
    void textAfterTheUsersCloseIsAnsweredWithARst() {                      // §3.6.1, RFC 2525 §2.17
        try (Drill tcp = drill().accepted()) {
            tcp.closes().out(fin(1)).in(ack(2)).in(data(1, 101).acks(2)).out(rst(2)).gone();
        }
        try (Drill tcp = drill().accepted()) {
            tcp.closes().out(fin(1)).in(data(1, 101).acks(1)).out(rst(2)).gone();
        }
    }

    @Test
    void afterTheUsersCloseTheQueueIsStillSent() {
        try (Drill tcp = drill().wnd(1000).accepted()) {
            tcp.write(2500).out(data(1, 1001)).closes().in(ack(1001)).out(data(1001, 2001)).in(ack(2001))
                    .out(data(2001, 2501).withFin()).in(fin(1).acks(2502)).out(ack(2).seq(2502)).after(s(61))
                    .gone();
        }
    }

    @Test
    void withoutAUserFinWait2EndsAfterAWhile() {
        try (Drill tcp = drill().accepted()) {
            tcp.closes().out(fin(1)).in(ack(2)).after(s(59)).outNothing();
            assertThat(tcp.tcp.connections()).isEqualTo(1);
            tcp.after(s(2)).outNothing().gone();
        }
    }

    @Test
    void withAUserFinWait2LastsForEver() {                                 // §3.6: half-open data flow
        try (Drill tcp = drill().finWait2()) {
            tcp.outNothingFor(s(86_400)).state(TcpState.FIN_WAIT_2).in(data(1, 11).acks(2)).read(10);
        }
    }

    @Test
    void closedByTheUserInFinWait2ItWaitsForAWhileOnly() {
        try (Drill tcp = drill().finWait2()) {
            tcp.closes().outNothing().after(s(61)).gone();
        }
    }

    @Test
    @Shows("EVENT-7")
    void abortsWithARstWhereTheStateAsksForOne() {                         // §3.10.5
        try (Drill tcp = drill().accepted()) {
            tcp.write(10).out(data(1, 11)).abort().out(rst(11)).gone();
        }
        try (Drill tcp = drill().finWait1()) {
            tcp.abort().out(rst(2)).gone();
        }
        try (Drill tcp = drill().finWait2()) {
            tcp.abort().out(rst(2)).gone();
        }
        try (Drill tcp = drill().closeWait()) {
            tcp.abort().out(rst(1)).gone();
        }
    }

    @Test
    @Shows("EVENT-7")
    void abortsSilentlyBehindBothFins() {                                  // §3.10.5
        try (Drill tcp = drill().closing()) {
            tcp.abort().outNothing().gone();
        }
        try (Drill tcp = drill().lastAck()) {
            tcp.abort().outNothing().gone();
        }
    }

    @Test
    void tellsThePeerOfAnAbortIfTheFinHasNotGoneOut() {
        try (Drill tcp = drill().wnd(1000).closeWait()) {
            tcp.write(3000).out(data(1, 1001)).shutdownOutput().state(TcpState.LAST_ACK)
                    .abort().out(rst(1001)).gone();
        }
    }

    @Test
    @Shows("SHLD-2")
    void aResetMayCarryAReason() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(rst(1).len(20)).error(SockError.ECONNRESET).gone();
        }
    }

    @Test
    void aResetThatLosesTextIsAnErrorAlsoBehindBothFins() {
        try (Drill tcp = drill().closeWait()) {
            tcp.write(1000).out(data(1, 1001)).shutdownOutput().out(fin(1001))
                    .in(rst(2)).error(SockError.ECONNRESET).gone();
        }
    }

    @Test
    @Shows({"MUST-12", "EVENT-25"})
    void aResetEndsTheConnectionAndIsToldOnce() {                          // second
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101)).in(rst(101)).outNothing().ready(Readiness.ERROR | Readiness.HANGUP)
                    .error(SockError.ECONNRESET).read(100).readEnd().gone();
            assertThatThrownBy(() -> tcp.socket.send(io.netty.buffer.Unpooled.EMPTY_BUFFER))
                    .hasMessageContaining("EPIPE");
        }
    }

    @Test
    @Shows("EVENT-25")
    void aResetEndsEveryState() {                                          // second
        try (Drill tcp = drill().finWait1()) {
            tcp.in(rst(1)).error(SockError.ECONNRESET).gone();
        }
        try (Drill tcp = drill().finWait2()) {
            tcp.in(rst(1)).error(SockError.ECONNRESET).gone();
        }
        try (Drill tcp = drill().closeWait()) {
            tcp.in(rst(2)).error(SockError.ECONNRESET).gone();
        }
        try (Drill tcp = drill().closing()) {
            tcp.in(rst(2)).readEnd().gone();
        }
        try (Drill tcp = drill().lastAck()) {
            tcp.in(rst(2)).readEnd().gone();
        }
    }

    @Test
    @Shows("EVENT-37")
    void aFinOutOfOrderWaitsForWhatIsMissing() {                           // eighth
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(101, 201).withFin()).out(ack(1)).readNothing().state(TcpState.ESTABLISHED)
                    .in(data(1, 101)).out(ack(202)).read(200).readEnd().state(TcpState.CLOSE_WAIT);
        }
        try (Drill tcp = drill().accepted()) {
            tcp.in(fin(101).acks(1)).out(ack(1)).in(data(1, 101)).out(ack(102)).read(100).readEnd();
        }
    }

    @Test
    void inputShutItAcknowledgesAndThrowsAway() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101)).act("shutdown input", socket -> socket.shutdownInput()).readEnd()
                    .in(data(101, 1101), data(1101, 2101)).readEnd();
            for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                assertThat(seg.len).isZero();
            }
            tcp.in(fin(2101).acks(1)).out(ack(2102)).state(TcpState.CLOSE_WAIT);
        }
    }

    @Test
    void callsAfterTheCloseAreRefused() {
        try (Drill tcp = drill().accepted()) {
            tcp.closes().out(fin(1)).error(SockError.ESHUTDOWN).closes().outNothing();
        }
    }

    @Test
    void theStackEndsByResettingEverything() {
        Drill tcp = drill().accepted();
        tcp.in(syn().from(6000).mss(500)).out(synAck().from(6000).acks(1));
        tcp.tcp.shutdown(tcp.clock.nanoTime());
        tcp.out(rst(1).from(6000), rst(1)).outNothing().error(SockError.ECONNABORTED);
        tcp.close();
    }

    /// What was sent last may be lost, and nobody will send it again: silence would leave the peer waiting.
    @Test
    @Shows("SHLD-3")
    void closedWithUnreadOctetsItResetsAlsoBehindBothFins() {              // §3.6.1, SHLD-3; RFC 2525 §2.17
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101).acks(1).withFin()).out(ack(102)).write(50).out(data(1, 51)).shutdownOutput()
                    .out(fin(51)).state(TcpState.LAST_ACK).closes().out(rst(52)).gone();
        }
        try (Drill tcp = drill().finWait1()) {
            tcp.in(data(1, 101).acks(1).withFin()).out(ack(102)).state(TcpState.CLOSING).closes().out(rst(2))
                    .gone();
        }
    }

    /// Its user has taken the octets, and lost them: a relay whose client leaves them unread.
    @Test
    @Shows("SHLD-3")
    void abortedForLostOctetsItResetsAlsoBehindBothFins() {                // §3.6.1, SHLD-3; RFC 2525 §2.17
        try (Drill tcp = drill().lastAck()) {
            tcp.abortUnread().out(rst(2)).gone();
        }
        try (Drill tcp = drill().closing()) {
            tcp.abortUnread().out(rst(2)).gone();
        }
    }
}
