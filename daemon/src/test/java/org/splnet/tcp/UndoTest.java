package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.SackSenderTest.flying;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.tcp.TcpStats.Counter;

/// Recoveries that nothing called for: F-RTO (RFC 5682), Eifel (RFC 3522, 4015), D-SACK (RFC 3708).
@ExtendWith(NoLeaks.class)
class UndoTest {
    /// The retransmission timer has expired for the first of ten segments; a probe has gone before.
    private static Drill timedOut(DrillSetup setup) {
        return flying(setup.wnd(10_000)).after(ms(25)).out(data(9001, 10_001)).after(ms(250))
                .out(data(1, 1001)).outNothing().counted(Counter.RETRANSMIT_TIMEOUTS, 1);
    }

    private static void drain(Drill tcp) {
        while (tcp.peer.take() != null) {
            // not looked at
        }
    }

    @Test
    @Shows("RFC5682-3")
    void whatWasOnlyLateBringsTheWindowBack() {                            // RFC 5682 §3.1, (3b)
        try (Drill tcp = timedOut(drill())) {
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo(1000);
            tcp.in(ack(2001)).counted(Counter.SPURIOUS_RECOVERIES, 1);
            assertThat(tcp.tcb().cc.cwnd()).isGreaterThanOrEqualTo(10_000);
            assertThat(tcp.tcb().loss.recovering()).isFalse();
            tcp.out(data(10_001, 11_001), data(11_001, 12_001)).outNothing();
        }
    }

    /// As above, but a round trip of 20 ms was measured before, and what is late comes longer than that after
    /// the second copy went out: it could be either (RFC 8985 §6.2, step 2).
    private static Drill timedOutLate(DrillSetup setup) {
        return flying(setup.wnd(10_000)).in(ack(1001)).out(data(10_001, 11_001)).after(ms(60))
                .out(data(10_001, 11_001)).after(ms(250)).out(data(1001, 2001)).outNothing()
                .counted(Counter.RETRANSMIT_TIMEOUTS, 1).after(ms(60));
    }

    private static void nothingIsLost(Drill tcp) {
        tcp.counted(Counter.SPURIOUS_RECOVERIES, 1).counted(Counter.FAST_RETRANSMITS, 0)
                .counted(Counter.RETRANSMIT_TIMEOUTS, 1);
        assertThat(tcp.tcb().loss.recovering()).isFalse();
        assertThat(tcp.tcb().cc.cwnd()).isGreaterThanOrEqualTo(10_000);
    }

    @Test
    void whatWasOnlyLateMakesNothingElseOverdue() {                        // RFC 8985 §6.2, step 2
        try (Drill tcp = timedOutLate(drill())) {
            tcp.in(ack(3001)).out(data(11_001, 12_001), data(12_001, 13_001)).outNothing();
            nothingIsLost(tcp);
            tcp.after(ms(1)).in(ack(4001)).out(data(13_001, 14_001)).outNothing();
            nothingIsLost(tcp);
        }
    }

    @Test
    void norDoesItWhileThatIsInDoubt() {
        try (Drill tcp = timedOutLate(drill())) {
            tcp.in(ack(2001)).out(data(11_001, 12_001)).outNothing().after(ms(1)).in(ack(3001))
                    .out(data(12_001, 13_001)).outNothing();
            nothingIsLost(tcp);
        }
    }

    @Test
    void norDoesItWithTimestamps() {
        try (Drill tcp = timedOutLate(drill().mss(1012).timestamps())) {
            tcp.in(ack(3001).tsEcr(tcp.peer.lastTs - 300))
                    .out(data(11_001, 12_001), data(12_001, 13_001)).outNothing();
            nothingIsLost(tcp);
        }
    }

    /// The first of the two shows that the recovery was in vain, and the second is as late.
    @Test
    void anEchoTellsAlsoAfterwardsWhichCopyHasArrived() {                  // RFC 8985 §6.2, step 2
        try (Drill tcp = flying(drill().mss(1012).timestamps().wnd(10_000))) {
            int first = tcp.peer.lastTs;
            tcp.in(ack(1).sack(2001, 8001)).out(data(1, 1001), data(1001, 2001)).outNothing().after(ms(30))
                    .in(ack(1001).tsEcr(first)).counted(Counter.SPURIOUS_RECOVERIES, 1)
                    .out(data(10_001, 11_001)).after(ms(1))
                    .in(ack(8001).tsEcr(first)).counted(Counter.FAST_RETRANSMITS, 1);
            assertThat(tcp.tcb().loss.recovering()).isFalse();
            drain(tcp);
        }
    }

    @Test
    @Shows("RFC5682-3")
    void inDoubtNewDataGoesFirst() {                                       // RFC 5682 §3.1, (2b)
        try (Drill tcp = timedOut(drill())) {
            tcp.in(ack(1001)).out(data(10_001, 11_001)).outNothing()
                    .in(ack(2001)).counted(Counter.SPURIOUS_RECOVERIES, 1);
            drain(tcp);
        }
    }

    @Test
    @Shows("RFC5682-3")
    void ifTheNewDataComesOutOfOrderTheLossWasReal() {                     // RFC 5682 §3.1, (3a)
        try (Drill tcp = timedOut(drill())) {
            tcp.in(ack(1001)).out(data(10_001, 11_001)).outNothing()
                    .in(ack(1001).sack(10_001, 11_001)).out(data(1001, 2001), data(2001, 3001)).outNothing();
            tcp.counted(Counter.SPURIOUS_RECOVERIES, 0);
        }
    }

    @Test
    void withoutNewDataItGoesTheOldWay() {                                 // RFC 5682 §2.1, (2a)
        try (Drill tcp = drill().sack().noDelay().synReceived().after(ms(20)).in(ack(1).seq(1)).accept()
                .write(5000)) {
            tcp.out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001), data(4001, 5001))
                    .after(ms(45)).out(data(4001, 5001)).after(ms(250)).out(data(1, 1001))
                    .in(ack(1001)).out(data(1001, 2001), data(2001, 3001)).outNothing();
        }
    }

    @Test
    void withoutNewDataWhatWasSentLaterIsOverdueToo() {                    // RFC 5682 §2.1, (2a)
        try (Drill tcp = drill().sack().noDelay().synReceived().after(ms(20)).in(ack(1).seq(1)).accept()
                .write(1000).out(data(1, 1001)).after(ms(20)).in(ack(1001)).write(500).write(500)) {
            tcp.out(data(1001, 1501), data(1501, 2001)).after(ms(240)).out(data(1501, 2001));
            tcp.after(ms(190)).write(500).out(data(2001, 2501)).after(ms(15));
            tcp.out(data(1001, 1501), data(1501, 2001))
                    .after(ms(20)).in(ack(2001)).out(data(2001, 2501)).outNothing();
        }
    }

    @Test
    @Shows("RFC3522-3.2")
    void timestampsTellWhichCopyWasAcknowledged() {                        // RFC 3522 §3.2
        try (Drill tcp = flying(drill().mss(1012).timestamps().wnd(10_000))) {
            int first = tcp.peer.lastTs;
            tcp.after(ms(25)).out(data(9001, 10_001)).after(ms(250)).out(data(1, 1001))
                    .in(ack(1001).tsEcr(first)).counted(Counter.SPURIOUS_RECOVERIES, 1);
            assertThat(tcp.tcb().cc.cwnd()).isGreaterThanOrEqualTo(10_000);
            drain(tcp);
        }
        try (Drill tcp = flying(drill().mss(1012).timestamps().wnd(10_000))) {
            tcp.after(ms(25)).out(data(9001, 10_001)).after(ms(250)).out(data(1, 1001))
                    .in(ack(1001)).counted(Counter.SPURIOUS_RECOVERIES, 0);
            drain(tcp);
        }
    }

    @Test
    void aFastRecoveryIsUndoneToo() {
        try (Drill tcp = flying(drill().mss(1012).timestamps().wnd(10_000))) {
            int first = tcp.peer.lastTs;
            tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001)).after(ms(1))
                    .in(ack(4001).tsEcr(first)).counted(Counter.SPURIOUS_RECOVERIES, 1);
            assertThat(tcp.tcb().cc.cwnd()).isGreaterThanOrEqualTo(10_000);
            drain(tcp);
        }
    }

    @Test
    void theEchoOfAnEarlierRepairProvesNothing() {
        try (Drill tcp = flying(drill().mss(1012).timestamps())) {
            tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001)).in(ack(1).sack(1001, 10_001));
            drain(tcp);
            // what was sent in the recovery is lost too, and repaired; the recovery ends before that arrives
            tcp.after(ms(20)).in(ack(1).sack(1001, 10_001, 11_001, 12_001));
            int repair = tcp.peer.lastTs;
            drain(tcp);
            repair = Math.max(repair, tcp.peer.lastTs);
            tcp.in(ack(10_001).sack(11_001, 12_001));
            drain(tcp);
            tcp.after(ms(10)).in(ack(10_001).sack(13_001, 16_001, 11_001, 12_001));
            drain(tcp);
            tcp.counted(Counter.FAST_RETRANSMITS, 2).after(ms(10))
                    .in(ack(12_001).tsEcr(repair).sack(13_001, 16_001))
                    .counted(Counter.SPURIOUS_RECOVERIES, 0);
            drain(tcp);
        }
    }

    @Test
    @Shows("RFC3708-2")
    void whenAllThatWasSentAgainArrivesTwiceNothingWasLost() {             // RFC 3708 §2
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001)).after(ms(1)).in(ack(10_001));
            assertThat(tcp.tcb().cc.cwnd()).isLessThan(10_000);
            tcp.in(ack(10_001).sack(1, 1001)).counted(Counter.SPURIOUS_RECOVERIES, 1);
            assertThat(tcp.tcb().cc.cwnd()).isGreaterThanOrEqualTo(10_000);
            drain(tcp);
        }
    }

    /// The recovery was needless, as comes out now; what the probe repaired was lost.
    @Test
    void whatAProbeHasRepairedStaysLost() {                                // RFC 4015 §3
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001)).after(ms(1)).in(ack(10_001).wnd(2000))
                    .out(data(10_001, 11_001), data(11_001, 12_001)).after(ms(60)).out(data(11_001, 12_001))
                    .in(ack(12_001).wnd(2000)).after(ms(20)).in(ack(13_001).wnd(2000))
                    .counted(Counter.PROBE_REPAIRS, 1);
            int reduced = tcp.tcb().cc.cwnd();
            tcp.in(ack(13_001).wnd(2000).sack(1, 1001)).counted(Counter.SPURIOUS_RECOVERIES, 0);
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo(reduced);
            drain(tcp);
        }
    }

    @Test
    void aReportOfWhatWasNeverSentAgainProvesNothing() {
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001)).after(ms(1)).in(ack(10_001))
                    .in(ack(10_001).sack(8001, 9001)).counted(Counter.SPURIOUS_RECOVERIES, 0);
            drain(tcp);
        }
    }
}
