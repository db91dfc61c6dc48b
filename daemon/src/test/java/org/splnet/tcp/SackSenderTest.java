package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.tcp.TcpStats.Counter;

/// Loss recovery by a sender whose peer says what it holds: RFC 2018 and 2883 for what it says, RFC 8985 for
/// what is lost, RFC 9937 (6937) for the pace.
@ExtendWith(NoLeaks.class)
class SackSenderTest {
    /// Ten segments of 1000 octets are on their way, over a path of 20 ms, and more waits.
    static Drill flying(DrillSetup setup) {
        Drill tcp = setup.sack().synReceived().after(ms(20)).in(ack(1).seq(1)).accept().write(60_000);
        for (int i = 0; i < 10; i++) {
            tcp.out(data(1 + 1000 * i, 1001 + 1000 * i));
        }
        return tcp.outNothing().after(ms(20));
    }

    private static Drill flying() {
        return flying(drill());
    }

    /// The first was lost, and three of those behind it have arrived.
    private static Drill recovering() {
        return flying().in(ack(1).sack(1001, 2001)).out(data(10_001, 11_001))
                .in(ack(1).sack(1001, 3001)).out(data(11_001, 12_001))
                .in(ack(1).sack(1001, 4001)).out(data(1, 1001)).outNothing();
    }

    @Test
    @Shows({"RFC8985-6.2-loss", "RFC3042-2"})
    void sendsAgainWhatIsLostAndNewSegmentsForWhatLeftTheNetwork() {       // RFC 8985 §6.2, RFC 3042
        try (Drill tcp = recovering()) {
            assertThat(tcp.tcb().loss.recovering()).isTrue();
            assertThat(tcp.tcb().cc.ssthresh()).isEqualTo(6000);
            tcp.counted(Counter.FAST_RETRANSMITS, 1);
        }
    }

    /// RFC 5681 §3.1, (4): FlightSize is that of the loss, and not what an acknowledgement of much leaves.
    @Test
    void whatOneAcknowledgementTakesAwayWasOnItsWay() {
        try (Drill tcp = flying()) {
            tcp.in(ack(6001).sack(7001, 10_001));
            assertThat(tcp.tcb().loss.recovering()).isTrue();
            assertThat(tcp.tcb().cc.ssthresh()).isEqualTo(5000);
            while (tcp.peer.take() != null) {
                // what goes in answer
            }
        }
    }

    @Test
    void oneReportOfEnoughIsAsGoodAsThree() {                              // RFC 8985 §6.2, step 4
        try (Drill tcp = flying()) {
            tcp.in(ack(1).sack(1001, 4001)).out(data(1, 1001)).outNothing();
        }
        try (Drill tcp = flying()) {
            tcp.in(ack(1).sack(1001, 2001, 3001, 4001, 5001, 6001)).out(data(1, 1001));
        }
    }

    @Test
    @Shows("RFC9937-6")
    void comesDownEvenly() {                                               // RFC 6937 §3: 6 for 10
        try (Drill tcp = recovering()) {
            int sent = 0;
            for (int i = 5; i <= 11; i++) {
                tcp.in(ack(1).sack(1001, 1000 * i + 1));
                for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                    assertThat(seg.seq).isEqualTo(12_001 + sent);
                    sent += seg.len;
                }
            }
            assertThat(sent).as("of 8000 delivered before and 2000 now").isBetween(3000, 6000);
        }
    }

    @Test
    @Shows("RFC2018-5")
    void everyHoleIsRepairedInOneRoundTrip() {
        try (Drill tcp = flying()) {
            tcp.in(ack(1).sack(1001, 2001, 3001, 4001, 5001, 10_001)).out(data(1, 1001)).after(ms(20))
                    .in(ack(2001).sack(3001, 4001, 5001, 10_001));
            int[] holes = {2001, 4001};
            for (int hole : holes) {
                tcp.out(data(hole, hole + 1000));
            }
            for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                assertThat(seg.seq).as("nothing twice").isGreaterThan(10_000);
            }
        }
    }

    @Test
    void whatGoesAgainHasATimeoutOfItsOwn() {                              // RFC 6675 §6
        try (Drill tcp = flying()) {
            tcp.after(ms(150)).counted(Counter.TAIL_PROBES, 1).out(data(10_001, 11_001))
                    .in(ack(1).sack(1001, 4001)).out(data(1, 1001));
            while (tcp.peer.take() != null) {
                // what goes beside it
            }
            tcp.after(ms(150)).counted(Counter.RETRANSMIT_TIMEOUTS, 0).after(ms(100))
                    .counted(Counter.RETRANSMIT_TIMEOUTS, 1);
            while (tcp.peer.take() != null) {
                // the same again
            }
        }
    }

    @Test
    void endsWhenAllThatWasOnItsWayIsAcknowledged() {                      // RFC 6675 §5, RecoveryPoint
        try (Drill tcp = recovering()) {
            tcp.after(ms(20)).in(ack(4001));
            assertThat(tcp.tcb().loss.recovering()).isTrue();
            tcp.in(ack(12_001));
            assertThat(tcp.tcb().loss.recovering()).isFalse();
            assertThat(tcp.tcb().cc.cwnd()).isLessThanOrEqualTo(6000);
            while (tcp.peer.take() != null) {
                // what comes next
            }
        }
    }

    @Test
    @Shows({"RFC8985-6.3", "RFC2018-5"})
    void afterATimeoutWhatIsHeldIsPassedOver() {                           // RFC 6675 §5.1
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(1).sack(1001, 2001)).in(ack(1).sack(3001, 4001, 1001, 2001));
            // lost once by the clock, and what is sent again is lost too
            tcp.after(ms(15)).out(data(1, 1001)).outNothing().after(ms(400))
                    .out(data(1, 1001)).outNothing();
            tcp.in(ack(2001).sack(3001, 4001)).out(data(2001, 3001)).out(data(4001, 5001));
        }
    }

    @Test
    @Shows("RFC2018-8")
    void aPeerThatThrowsAwayWhatItHeldGetsItAgain() {                      // RFC 2018 §8
        try (Drill tcp = flying(drill().wnd(10_000))) {
            tcp.in(ack(1).sack(1001, 2001)).after(ms(15)).out(data(1, 1001)).outNothing()
                    .in(ack(1001)).after(ms(1000)).out(data(1001, 2001));
        }
    }

    @Test
    void blocksThatCannotBeAreIgnored() {
        try (Drill tcp = flying()) {
            for (int i = 0; i < 10; i++) {
                tcp.in(ack(1).sack(20_001, 21_001), ack(1).sack(2001, 2001), ack(1).sack(3001, 2001),
                        ack(1).sack(-5000, -4000), ack(1).sack(9001, 11_001));
            }
            tcp.outNothing().counted(Counter.DUPLICATE_ACKS, 0).counted(Counter.DSACKS_IN, 0);
            assertThat(((RackRecovery) tcp.tcb().loss).board().sacked()).isZero();
        }
    }

    @Test
    @Shows("RFC2883-5")
    void whatWasReceivedTwiceIsNoLoss() {                                  // RFC 2883 §4: D-SACK
        try (Drill tcp = flying()) {
            tcp.in(ack(3001));
            for (int i = 10; i < 16; i++) {
                tcp.out(data(1000 * i + 1, 1000 * i + 1001));
            }
            for (int i = 0; i < 5; i++) {
                tcp.in(ack(3001).sack(1001, 2001));
            }
            tcp.outNothing();
            assertThat(tcp.tcb().loss.recovering()).isFalse();
        }
    }

    @Test
    void duplicatesWithoutNewsAreNoLoss() {                                // RFC 6675 §2: DupAck
        try (Drill tcp = flying()) {
            tcp.in(ack(1).sack(1001, 2001)).out(data(10_001, 11_001));
            for (int i = 0; i < 5; i++) {
                tcp.in(ack(1).sack(1001, 2001));
            }
            tcp.outNothing();
        }
    }

    @Test
    @Shows("RFC2018-2")
    void blocksOfAPeerThatDidNotAgreeAreNotLookedAt() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(10_000);
            for (int i = 0; i < 10; i++) {
                tcp.out(data(1 + 1000 * i, 1001 + 1000 * i));
            }
            tcp.in(ack(1).sack(1001, 9001)).outNothing();
            assertThat(tcp.tcb().loss.recovering()).isFalse();
        }
    }

    @Test
    void largePacketsAreCutToWhatWasLost() {                               // with segmentation offload
        try (Drill tcp = drill().largestSend(20_020).sack().synReceived().after(ms(20)).in(ack(1).seq(1))
                .accept().write(60_000)) {
            tcp.out(data(1, 10_001).gso(1000)).outNothing().after(ms(20))
                    .in(ack(2001).sack(5001, 10_001)).out(data(2001, 5001).gso(1000));
        }
    }

    @Test
    void theFinGoesAgainWithWhatIsBeforeIt() {
        try (Drill tcp = drill().sack().noDelay().synReceived().after(ms(20)).in(ack(1).seq(1)).accept()
                .write(4000)) {
            tcp.shutdownOutput();
            tcp.out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001)).out(Seg.fin(4001))
                    .after(ms(20)).in(ack(1).sack(1001, 4001)).out(data(1, 1001)).outNothing()
                    .after(ms(20)).in(ack(4001)).out(Seg.fin(4001)).in(ack(4002))
                    .state(TcpState.FIN_WAIT_2);
        }
    }

    @Test
    void theFirstThatIsLostGoesAgainIntoASmallerWindow() {
        try (Drill tcp = flying()) {
            tcp.in(ack(1).sack(1001, 5001).wnd(500)).out(data(1, 1001)).outNothing();
        }
    }

    @Test
    @Shows({"SHLD-16", "SHLD-17"})
    void aClosedWindowUponWhatIsOnItsWayIsProbed() {                       // SHLD-16, SHLD-17
        try (Drill tcp = flying()) {
            tcp.in(ack(1).wnd(0)).after(ms(350)).outNothing().after(ms(800)).out(data(1, 2)).outNothing()
                    .in(ack(1).wnd(3000)).out(data(1, 1001)).outNothing();
        }
    }
}
