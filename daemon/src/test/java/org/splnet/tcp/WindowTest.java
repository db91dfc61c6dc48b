package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.splnet.pkt.Output;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketOptions;

/// RFC 9293 §3.8.6: flow control, zero windows, silly windows on both sides; RFC 7323 §2.
@ExtendWith(NoLeaks.class)
class WindowTest {
    @Test
    @Shows({"MUST-35", "MUST-36", "SHLD-29", "SHLD-30"})
    void probesAClosedWindowWithOneOctet() {                  // MUST-35, MUST-36, SHLD-29, SHLD-30
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).write(2000).outNothingFor(ms(195)).after(ms(10)).out(data(1, 2))
                    .in(ack(1).wnd(0)).outNothingFor(ms(390)).after(ms(15)).out(data(1, 2)).in(ack(1).wnd(0))
                    .outNothingFor(ms(780)).after(ms(25)).out(data(1, 2)).in(ack(1).wnd(5000))
                    .out(data(1, 1001), data(1001, 2001));
        }
    }

    @Test
    void goesOnBehindAProbeThatWasTaken() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).write(2000).after(ms(210)).out(data(1, 2)).in(ack(2).wnd(5000))
                    .out(data(2, 1002), data(1002, 2001)).in(ack(2001)).outNothing();
        }
    }

    @Test
    void abortsWhereThePeerMustListenAlthoughItTookNoProbe() {              // §3.10.5, §3.10.7.4
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).write(2000).after(ms(210)).out(data(1, 2)).in(ack(1).wnd(0))
                    .abort().out(rst(1)).gone();
        }
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).write(2000).after(ms(210)).out(data(1, 2)).in(ack(2).wnd(0))
                    .abort().out(rst(2)).gone();
        }
    }

    @Test
    @Shows({"MUST-37", "MAY-8"})
    void probesForEverAsLongAsThePeerAnswers() {                           // MUST-37, MAY-8
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).write(100);
            int probes = 0;
            for (int i = 0; i < 4000; i++) {
                tcp.after(s(10));
                for (Seg seg; (seg = tcp.peer.take()) != null; probes++) {
                    tcp.in(ack(1).wnd(0));
                }
            }
            assertThat(probes).isBetween(330, 360);
            tcp.state(TcpState.ESTABLISHED).in(ack(1).wnd(1000)).out(data(1, 101)).outNothingFor(ms(100))
                    .in(ack(101)).outNothing();
        }
    }

    @Test
    void givesUpProbingAPeerThatIsSilent() {                               // R2
        try (Drill tcp = drill().config("retransmitTimeoutNs", s(100)).accepted()) {
            tcp.in(ack(1).wnd(0)).write(100).after(s(300)).error(SockError.ETIMEDOUT).gone();
        }
    }

    /// tcp(7), `TCP_USER_TIMEOUT`: what may remain "untransmitted (due to zero window size)".
    @Test
    void aUserTimeoutEndsTheWaitAlsoForAPeerThatAnswers() {
        try (Drill tcp = drill().accepted()) {
            tcp.options(tcp.setup.options.withUserTimeout(s(3)));
            closedFor(tcp, 31, ms(100));
            tcp.state(TcpState.ESTABLISHED).after(ms(110)).out(rst(1)).error(SockError.ETIMEDOUT).gone();
        }
    }

    /// As with Linux: there is time to answer that one, however short it is.
    @Test
    void aUserTimeoutBeginsWithTheFirstProbe() {
        try (Drill tcp = drill().accepted()) {
            tcp.options(tcp.setup.options.withUserTimeout(ms(100))).in(ack(1).wnd(0)).write(1000)
                    .after(ms(210)).out(data(1, 2)).in(ack(1).wnd(0)).outNothingFor(ms(85))
                    .state(TcpState.ESTABLISHED).after(ms(15)).out(rst(1)).error(SockError.ETIMEDOUT).gone();
        }
        try (Drill tcp = drill().accepted()) {
            tcp.options(tcp.setup.options.withUserTimeout(ms(100))).in(ack(1).wnd(0)).write(1000)
                    .after(ms(210)).out(data(1, 2)).in(ack(2).wnd(5000)).out(data(2, 1001)).in(ack(1001))
                    .outNothingFor(s(10)).state(TcpState.ESTABLISHED);
        }
    }

    /// What could be sent at last is refused by a full queue, and tried again behind the end of the patience.
    @Test
    void aUserTimeoutDoesNotEndTheWaitAtAWindowThatHasOpened() {
        try (Drill tcp = drill().accepted()) {
            tcp.options(tcp.setup.options.withUserTimeout(s(3)));
            closedFor(tcp, 31, ms(100));
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(ack(1).wnd(1000)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.after(ms(110)).out(data(1, 101)).in(ack(101)).outNothingFor(s(10))
                    .state(TcpState.ESTABLISHED);
        }
    }

    /// No probe has left the host, so what a silly window has room for would go for the first time.
    @Test
    void aUserTimeoutDoesNotEndTheWaitForAnOpenerWindowBehindAClosedOne() {
        try (Drill tcp = drill().accepted()) {
            tcp.options(tcp.setup.options.withUserTimeout(s(3))).in(ack(1).wnd(0)).write(1000);
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.outNothingFor(s(3));
            tcp.network.answer = Output.SENT;
            tcp.in(ack(1).wnd(300)).outNothing().after(ms(210)).out(data(1, 301)).in(ack(301))
                    .out(data(301, 1001));
        }
    }

    @Test
    void aUserTimeoutShorterThanTheWaitForAnOpenerWindowEndsNothing() {
        try (Drill tcp = drill().accepted()) {
            tcp.options(tcp.setup.options.withUserTimeout(ms(100))).in(ack(1).wnd(300)).write(1000)
                    .outNothing().after(ms(250)).out(data(1, 301)).in(ack(301)).out(data(301, 1001));
        }
    }

    @Test
    void doesNotProbeForEverForNobody() {
        closesBeforeAClosedWindow(0, true);
    }

    /// The user who was so patient is gone.
    @Test
    void aLongUserTimeoutDoesNotLetItProbeLongerForNobody() {
        closesBeforeAClosedWindow(s(100_000), true);
        closesBeforeAClosedWindow(s(100_000), false);
    }

    private static void closesBeforeAClosedWindow(long userTimeoutNs, boolean answered) {
        try (Drill tcp = drill().config("retransmitTimeoutNs", s(100)).accepted()) {
            tcp.options(tcp.setup.options.withUserTimeout(userTimeoutNs)).in(ack(1).wnd(0)).write(100)
                    .closes();
            for (int i = 0; i < 60; i++) {
                tcp.after(s(5));
                if (tcp.peer.take() != null && answered && tcp.tcp.connections() > 0) {
                    tcp.in(ack(1).wnd(0));
                }
            }
            tcp.gone();
        }
    }

    @Test
    void aFinWaitsForRoomInTheWindowAndIsProbedToo() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).shutdownOutput().outNothing().after(ms(210)).out(fin(1)).in(ack(1).wnd(0))
                    .after(ms(420)).out(fin(1)).in(ack(1).wnd(10)).out(fin(1)).in(ack(2))
                    .state(TcpState.FIN_WAIT_2).outNothingFor(s(100));
        }
    }

    /// The window is, on a hundred octets, and each probe is answered.
    private static void closedFor(Drill tcp, int times, long ns) {
        tcp.in(ack(1).wnd(0)).write(100);
        for (int i = 0; i < times; i++) {
            tcp.after(ns);
            while (tcp.peer.take() != null) {
                tcp.in(ack(1).wnd(0));
            }
        }
    }

    @Test
    void patienceBeginsAnewWhenTheWindowOpens() {
        try (Drill tcp = drill().config("retransmitTimeoutNs", s(100)).accepted()) {
            closedFor(tcp, 20, s(60));
            tcp.in(ack(1).wnd(1000)).out(data(1, 101)).after(s(50)).state(TcpState.ESTABLISHED);
        }
    }

    /// What could be sent at last was refused by a full queue, and went with the next probe.
    @Test
    void patienceBeginsAnewAlsoIfTheProbeTakesWhatTheQueueHadRefused() {
        try (Drill tcp = drill().config("retransmitTimeoutNs", s(100)).accepted()) {
            closedFor(tcp, 20, s(60));
            long untilNs = tcp.tcb().deadlineNs[TcpTimer.PERSIST.ordinal()] - tcp.clock.nanoTime();
            tcp.after(untilNs - ms(100));
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(ack(1).wnd(1000)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.after(ms(110)).out(data(1, 101)).after(ms(50)).state(TcpState.ESTABLISHED);
        }
    }

    @Test
    @Shows("SHLD-17")
    void aWindowThatClosesUponWhatWasSentIsProbed() {                      // SHLD-17
        try (Drill tcp = drill().accepted()) {
            tcp.write(3000).out(data(1, 1001), data(1001, 2001), data(2001, 3001)).in(ack(1001).wnd(0))
                    .outNothing().after(ms(900)).out(data(1001, 1002)).in(ack(1001).wnd(3000))
                    .out(data(1001, 2001)).in(ack(3001)).outNothing();
        }
    }

    @Test
    @Shows("MUST-38")
    void doesNotSendSillySegments() {                                      // MUST-38
        try (Drill tcp = drill().noDelay().accepted()) {
            tcp.write(5000).out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001),
                    data(4001, 5001)).write(3000).out(data(5001, 6001), data(6001, 7001), data(7001, 8001))
                    .in(ack(8001).wnd(0)).write(3000).outNothing().in(ack(8001).wnd(300)).outNothing()
                    .after(ms(250)).out(data(8001, 8301)).in(ack(8301).wnd(1700))
                    .out(data(8301, 9301)).outNothing();
        }
    }

    @Test
    void halfOfASmallWindowIsNotSilly() {                                  // §3.8.6.2.1, (3)
        try (Drill tcp = drill().noDelay().wnd(600).accepted()) {
            tcp.write(2000).out(data(1, 601)).in(ack(601).wnd(250)).outNothing().in(ack(601).wnd(300))
                    .out(data(601, 901));
        }
    }

    @Test
    @Shows("MUST-39")
    void theWindowOpensInStepsWorthASegment() {                            // MUST-39
        try (Drill tcp = drill().buffers(4096, 8000).accepted()) {
            tcp.in(data(1, 1001)).out(ack(1001)).in(data(1001, 8001)).out(ack(8001).wnd(0)).read(500)
                    .outNothing().in(data(8001, 8002)).out(ack(8001).wnd(0)).read(400).outNothing()
                    .read(100).in(data(8001, 8002)).out(ack(8001).wnd(0)).read(6000).out(ack(8001).wnd(7000));
        }
    }

    @Test
    void readingTellsThePeerOnlyWhenItMatters() {
        try (Drill tcp = drill().buffers(4096, 60_000).accepted()) {
            tcp.in(data(1, 1001)).out(ack(1001)).read(1000).outNothing().in(data(1001, 2001)).out(ack(2001))
                    .read(1000).outNothing();
        }
    }

    @Test
    @Shows("SHLD-14")
    void theRightEdgeNeverMovesLeft() {                                    // SHLD-14
        try (Drill tcp = drill().buffers(4096, 60_000).accepted()) {
            tcp.options(tcp.setup.options.withBuffers(4096, 5000)).in(data(1, 1001))
                    .out(ack(1001).wnd(59_000)).in(data(1001, 2001)).out(ack(2001).wnd(58_000)).read(2000)
                    .in(data(2001, 3001)).out(ack(3001).wnd(57_000)).read(1000);
        }
    }

    @Test
    @Shows({"RFC7323-2.2", "REC-1"})
    void scalesItsWindowIfThePeerScales() {                                // RFC 7323 §2.2
        try (Drill tcp = drill().buffers(4096, 4 << 20).scale(2).listening()) {
            tcp.in(syn().mss(1000).scale(2)).out(synAck().scale(7).wnd(65_535)).in(ack(1).seq(1).wnd(1000))
                    .accept().in(data(1, 1001)).out(ack(1001).wnd((4 << 20) - 1000 >> 7)).read(1000);
            assertThat(tcp.tcb().sndWnd).isEqualTo(65_535 << 2);
        }
    }

    /// The listener's buffer has become a small one in between, whose scale would be 0.
    @Test
    void keepsTheScaleThatItsSynAckHasOffered() {
        try (Drill tcp = drill().buffers(4096, 4 << 20).scale(2).listening()) {
            tcp.in(syn().mss(1000).scale(2)).out(synAck().scale(7).wnd(65_535));
            tcp.listener.options(SocketOptions.DEFAULTS.withBuffers(4096, 4096));
            tcp.in(ack(1).seq(1).wnd(1000)).accept().in(data(1, 1001))
                    .out(ack(1001).wnd((4 << 20) - 1000 >> 7)).read(1000);
        }
    }

    @Test
    @Shows({"RFC7323-2.2", "MUST-1"})
    void doesNotScaleIfThePeerDoesNot() {
        try (Drill tcp = drill().buffers(4096, 4 << 20).accepted()) {
            tcp.in(data(1, 1001)).out(ack(1001).wnd(65_535)).read(1000);
            assertThat(tcp.socket.details()).containsEntry("sendScale", -1).containsEntry("receiveScale", -1);
        }
    }

    @Test
    void doesNotScaleIfItIsToldNotTo() {
        try (Drill tcp = new Drill(drill().config("windowScaling", false)).connect()) {
            tcp.out(syn().noScale()).in(synAck().acks(1).scale(7).wnd(1000)).out(ack(1));
            assertThat(tcp.tcb().sndWnd).isEqualTo(1000);
            tcp.in(ack(1).seq(1).wnd(2000));
            assertThat(tcp.tcb().sndWnd).isEqualTo(2000);
        }
    }

    @Test
    @Shows("RFC7323-2.3")
    void aScaleBeyondFourteenIsFourteen() {                                // RFC 7323 §2.3
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().rawOptions(3, 3, 200)).out(synAck().scale(0)).in(ack(1).seq(1).wnd(2)).accept();
            assertThat(tcp.tcb().sndWnd).isEqualTo(2 << 14);
        }
    }

    @Test
    void aScaledWindowNeitherShrinksNorOverflowsTheBuffer() {
        try (Drill tcp = drill().buffers(4096, 4 << 20).scale(0).accepted()) {
            int at = 1;
            int edge = 65_536;
            for (int i = 0; i < 3000; i++) {
                int len = 1 + i * 37 % 1400;
                tcp.in(data(at, at + len));
                at += len;
                for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                    int next = seg.ack + (seg.wnd << 7);
                    assertThat(next).isBetween(edge - 127, (4 << 20) + 1 + 127);
                    edge = Math.max(edge, next);
                }
            }
            tcp.read(at - 1);
        }
    }

    /// It has room for nothing, so all but the next octet is refused, and the acknowledgement with it.
    @Test
    @Shows("MUST-66")
    void whatIsAcknowledgedWhileAProbeIsOutLiesInThePeersWindow() {           // §3.10.7.4, table 6
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).write(2000).after(ms(210)).out(data(1, 2)).in(ack(1).wnd(0))
                    .in(data(1, 1001).acks(1).wnd(0), data(1001, 2001).acks(1).wnd(0))
                    .out(ack(1001).seq(1), ack(2001).seq(1))
                    .read(2000).in(data(3001, 4001).acks(1).wnd(0)).out(ack(2001).seq(1));
        }
        try (Drill tcp = drill().accepted()) {
            tcp.write(3000).out(data(1, 1001), data(1001, 2001), data(2001, 3001)).in(ack(1001).wnd(500))
                    .in(data(1, 1001).acks(1001).wnd(500), data(1001, 2001).acks(1001).wnd(500))
                    .out(ack(1001).seq(1501), ack(2001).seq(1501)).read(2000);
        }
    }

    /// The intervals grow beyond what the user is prepared to wait for a word.
    @Test
    @Shows("MUST-37")
    void whoAnswersEachProbeIsNotTakenForSilentWhateverThePatience() {     // MUST-37
        try (Drill tcp = drill().config("retransmitTimeoutNs", s(20)).accepted()) {
            tcp.in(ack(1).wnd(0)).write(100);
            for (int i = 0; i < 1000; i++) {
                tcp.after(ms(500));
                while (tcp.peer.take() != null) {
                    tcp.in(ack(1).wnd(0));
                }
            }
            tcp.state(TcpState.ESTABLISHED);
        }
    }
}
