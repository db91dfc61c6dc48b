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

/// RFC 8985: RACK, by time, and tail loss probes. The path takes 20 ms.
@ExtendWith(NoLeaks.class)
class RackTest {
    @Test
    void noRoundTripIsShorterThanNone() {
        var rack = new Rack(0);
        rack.begin(0, null, 0, ms(10));
        rack.delivered(1001, ms(12), false);               // sent while the batch was being worked on
        assertThat(rack.minRttNs()).isEqualTo(1);
        assertThat(rack.newestNs()).isEqualTo(1);
    }

    @Test
    @Shows("RFC8985-6.2-loss")
    void whatMayOnlyBeLateIsWaitedForAQuarterOfARoundTrip() {              // §6.2, step 4 and 5
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(1).sack(1001, 2001)).outNothingFor(ms(4)).after(ms(3)).out(data(1, 1001)).outNothing();
        }
    }

    @Test
    void whatComesLateWithinThatTimeIsNotLost() {
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(1).sack(1001, 2001)).after(ms(3)).in(ack(2001));
            assertThat(tcp.tcb().loss.recovering()).isFalse();
            tcp.out(data(10_001, 11_001), data(11_001, 12_001)).outNothingFor(ms(10))
                    .counted(Counter.RETRANSMITS, 0);
        }
    }

    @Test
    @Shows("RFC8985-6.2-reorder")
    void afterReorderingManyReportsAreNotEnough() {                        // §6.2, step 3 and 4
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(1).sack(1001, 2001)).after(ms(1)).in(ack(2001))
                    .out(data(10_001, 11_001), data(11_001, 12_001));
            tcp.in(ack(2001).sack(3001, 7001)).outNothing().after(ms(7)).out(data(2001, 3001));
        }
    }

    @Test
    @Shows("RFC8985-6.2-loss")
    void whatWasSentAgainAndLostAgainGoesAThirdTime() {                    // §3.2: lost retransmissions
        try (Drill tcp = flying(drill().wnd(13_000))) {
            tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001)).outNothing().after(ms(5))
                    .in(ack(1).sack(1001, 9001));
            for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                assertThat(seg.seq).as("new").isGreaterThan(10_000);
            }
            tcp.after(ms(25)).in(ack(1).sack(1001, 11_001)).out(data(1, 1001));
            assertThat(tcp.tcp.stats().count(Counter.RETRANSMIT_TIMEOUTS)).isZero();
        }
    }

    @Test
    @Shows("RFC8985-6.2-reorder")
    void reportsOfNeedlessRepairsWidenTheWindow() {                        // §6.2, step 4: RACK.reo_wnd_mult
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(1).sack(1001, 2001)).after(ms(7)).out(data(1, 1001))
                    .in(ack(3001)).in(ack(3001).sack(1, 1001)).counted(Counter.DSACKS_IN, 1);
            tcp.out(data(10_001, 11_001), data(11_001, 12_001), data(12_001, 13_001));
            tcp.in(ack(3001).sack(4001, 5001)).outNothingFor(ms(9)).after(ms(3)).out(data(3001, 4001));
        }
    }

    @Test
    @Shows("RFC8985-7.2")
    void aLostTailIsFoundByAProbe() {                                      // §7.3
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(8001).wnd(2000)).outNothingFor(ms(38)).after(ms(6)).out(data(9001, 10_001))
                    .counted(Counter.TAIL_PROBES, 1).outNothing().after(ms(20))
                    .in(ack(8001).wnd(2000).sack(9001, 10_001)).after(ms(7)).out(data(8001, 9001))
                    .counted(Counter.RETRANSMIT_TIMEOUTS, 0);
        }
    }

    @Test
    @Shows("RFC8985-7.3")
    void aProbeIsOfNewDataIfThereIsAny() {                                 // §7.3
        try (Drill tcp = flying(drill())) {
            tcp.after(ms(25)).out(data(10_001, 11_001)).outNothing().counted(Counter.TAIL_PROBES, 1)
                    .counted(Counter.RETRANSMITS, 0);
        }
    }

    @Test
    @Shows("RFC8985-7.3")
    void thereIsOneProbeAtATime() {                                        // §7.3
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.after(ms(25)).out(data(9001, 10_001)).outNothingFor(ms(150));
            tcp.after(ms(100)).out(data(1, 1001)).counted(Counter.RETRANSMIT_TIMEOUTS, 1);
        }
    }

    @Test
    @Shows("RFC8985-7.4")
    void aLossThatAProbeRepairedIsALoss() {                                // §7.4.2, case 2
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.after(ms(25)).out(data(9001, 10_001)).after(ms(20)).in(ack(10_001));
            while (tcp.peer.take() != null) {
                // a new window
            }
            tcp.after(ms(20)).in(ack(12_001)).counted(Counter.PROBE_REPAIRS, 1);
            assertThat(tcp.tcb().cc.ssthresh()).isLessThan(20_000);
        }
    }

    @Test
    @Shows("RFC8985-7.4")
    void aProbeThatArrivesTwiceRepairedNothing() {                         // §7.4.2, cases 1 and 3
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.after(ms(25)).out(data(9001, 10_001)).after(ms(20)).in(ack(10_001))
                    .in(ack(10_001).sack(9001, 10_001));
            while (tcp.peer.take() != null) {
                // a new window
            }
            tcp.after(ms(20)).in(ack(12_001)).counted(Counter.PROBE_REPAIRS, 0);
        }
    }

    @Test
    @Shows("RFC8985-7.4")
    void aProbeThatArrivesTwiceRepairedNothingAlsoWithoutDuplicateSack() {  // §7.4.2, case 2
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.after(ms(25)).out(data(9001, 10_001)).after(ms(20)).in(ack(10_001)).in(ack(10_001));
            while (tcp.peer.take() != null) {
                // a new window
            }
            tcp.after(ms(20)).in(ack(12_001)).counted(Counter.PROBE_REPAIRS, 0);
        }
    }

    /// The second acknowledgement is none of a second copy: the window is another.
    @Test
    @Shows("RFC8985-7.4")
    void aWindowUpdateIsNoSecondCopyOfTheProbe() {
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.after(ms(25)).out(data(9001, 10_001)).after(ms(20)).in(ack(10_001))
                    .in(ack(10_001).wnd(20_000));
            while (tcp.peer.take() != null) {
                // a new window
            }
            tcp.after(ms(20)).in(ack(12_001)).counted(Counter.PROBE_REPAIRS, 1);
        }
    }

    /// RFC 6298 (5.4), though the congestion window is full of what was sent a moment ago.
    @Test
    void theTimerSendsTheFirstAgainHoweverLateTheLastWasSent() {
        try (Drill tcp = drill().sack().noDelay().synReceived().after(ms(20)).in(ack(1).seq(1)).accept()) {
            tcp.write(1000).out(data(1, 1001)).after(ms(20)).in(ack(1001));
            tcp.write(1000).out(data(1001, 2001)).after(ms(223)).out(data(1001, 2001));
            tcp.after(ms(212)).write(1000).out(data(2001, 3001)).after(ms(12)).out(data(1001, 2001))
                    .counted(Counter.RETRANSMIT_TIMEOUTS, 1);
        }
    }

    @Test
    @Shows("RFC8985-7.2")
    void aSingleSegmentHasTimeForADelayedAcknowledgement() {               // §7.2: TLP.max_ack_delay
        try (Drill tcp = drill().sack().noDelay().config("minRtoNs", ms(1000)).synReceived().after(ms(20))
                .in(ack(1).seq(1)).accept().write(100)) {
            tcp.out(data(1, 101)).outNothingFor(ms(230)).after(ms(20)).out(data(1, 101))
                    .counted(Counter.TAIL_PROBES, 1);
        }
    }

    @Test
    void roundTripsAreMeasuredWhateverTheNumbers() {
        for (int iss : new int[] {0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -20_000}) {
            try (Drill tcp = flying(drill().iss(iss).wnd(10_000))) {
                tcp.after(ms(30)).in(ack(10_001));
                assertThat(tcp.tcb().rtt.srttNs()).isBetween(ms(23), ms(24));
                while (tcp.peer.take() != null) {
                    // a new window
                }
                tcp.after(ms(50)).in(ack(20_001));
                assertThat(tcp.tcb().rtt.srttNs()).isBetween(ms(26), ms(28));
                while (tcp.peer.take() != null) {
                    // another
                }
            }
        }
    }

    @Test
    void onAPathOfMicrosecondsReorderingIsNotLoss() {                      // a coarse clock
        try (Drill tcp = drill().sack().wnd(10_000).accepted().write(20_000)) {
            for (int i = 0; i < 10; i++) {
                tcp.out(data(1 + 1000 * i, 1001 + 1000 * i));
            }
            tcp.in(ack(1).sack(1001, 2001)).in(ack(1).sack(1001, 3001)).outNothing().in(ack(3001))
                    .out(data(10_001, 11_001), data(11_001, 12_001), data(12_001, 13_001))
                    .counted(Counter.RETRANSMITS, 0);
        }
    }
}
