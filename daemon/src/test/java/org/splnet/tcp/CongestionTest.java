package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.socket.CongestionAlgorithm;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 5681, RFC 6582, RFC 3042, RFC 6928: how much is on its way, and what is sent again early.
@ExtendWith(NoLeaks.class)
class CongestionTest {
    private static final int IW = 10;

    /// Twenty segments are written, ten are on their way, the first acknowledged so that recovery may begin.
    private static Drill flying() {
        return drill().noDelay().accepted().write(20_000).out(ten(1)).in(ack(1001)).out(two(10_001));
    }

    private static Seg[] ten(int from) {
        return segments(from, 10);
    }

    private static Seg[] two(int from) {
        return segments(from, 2);
    }

    private static Seg[] segments(int from, int n) {
        Seg[] all = new Seg[n];
        for (int i = 0; i < n; i++) {
            all[i] = data(from + 1000 * i, from + 1000 * (i + 1));
        }
        return all;
    }

    @Test
    @Shows("RFC6928-2")
    void beginsWithTenSegments() {                                         // RFC 6928 §2
        try (Drill tcp = drill().accepted()) {
            tcp.write(20_000).out(ten(1)).outNothing();
        }
        try (Drill tcp = drill().mtu(4040).mss(4000).accepted()) {
            tcp.write(60_000).out(data(1, 4001), data(4001, 8001), data(8001, 12_001)).outNothing();
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo(14_600);
        }
    }

    @Test
    @Shows({"MUST-19", "RFC5681-3.1", "RFC3465-2", "SHLD-28"})
    void opensExponentiallyAndByOctetsAcknowledged() {                     // RFC 5681 §3.1, RFC 3465
        try (Drill tcp = drill().scale(3).accepted()) {
            tcp.write(100_000).out(ten(1)).in(ack(1001)).out(segments(10_001, 2)).in(ack(4001))
                    .out(segments(12_001, 6)).outNothing();
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo((IW + 4) * 1000);
        }
    }

    @Test
    @Shows("RFC3465-2")
    void acksOfPartsDoNotOpenTheWindowFaster() {                           // RFC 3465 §1: ACK division
        try (Drill tcp = drill().accepted()) {
            tcp.write(100_000).out(ten(1));
            for (int i = 1; i <= 10; i++) {
                tcp.in(ack(1 + i * 100));
            }
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo(11_000);
        }
    }

    @Test
    void aWindowThatIsNotUsedDoesNotGrow() {                               // RFC 7661
        try (Drill tcp = drill().noDelay().accepted()) {
            for (int i = 0; i < 20; i++) {
                tcp.write(1000).out(data(1 + 1000 * i, 1001 + 1000 * i)).in(ack(1001 + 1000 * i));
            }
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo(10_000);
        }
    }

    @Test
    @Shows("RFC5681-3.2")
    void resendsAtTheThirdDuplicate() {                                    // RFC 5681 §3.2
        try (Drill tcp = flying()) {
            tcp.in(ack(1001)).out(data(12_001, 13_001)).in(ack(1001)).out(data(13_001, 14_001))
                    .in(ack(1001)).out(data(1001, 2001)).outNothing()
                    .counted(Counter.FAST_RETRANSMITS, 1);
            assertThat(tcp.tcb().cc.ssthresh()).isEqualTo(6500);
        }
    }

    @Test
    @Shows("RFC3042-2")
    void sendsNewSegmentsForTheFirstTwoDuplicates() {                      // RFC 3042 §2
        try (Drill tcp = flying()) {
            tcp.in(ack(1001)).out(data(12_001, 13_001)).outNothing().in(ack(1001)).out(data(13_001, 14_001))
                    .outNothing();
        }
    }

    @Test
    void theWindowOfThePeerLimitsLimitedTransmit() {                       // RFC 3042 §2
        try (Drill tcp = drill().wnd(3000).accepted()) {
            tcp.write(6000).out(segments(1, 3)).in(ack(1)).outNothing().in(ack(1)).outNothing()
                    .in(ack(1)).out(data(1, 1001)).outNothing();
        }
    }

    @Test
    @Shows("RFC5681-3.2")
    void inflatesInRecoveryAndDeflatesAtItsEnd() {                         // RFC 5681 §3.2, steps 4 to 6
        try (Drill tcp = flying()) {
            tcp.in(ack(1001), ack(1001), ack(1001))
                    .out(data(12_001, 13_001), data(13_001, 14_001), data(1001, 2001));
            for (int i = 0; i < 3; i++) {
                tcp.in(ack(1001)).outNothing();
            }
            tcp.in(ack(1001)).outNothing().in(ack(1001)).out(data(14_001, 15_001)).in(ack(14_001));
            assertThat(tcp.tcb().loss.recovering()).isFalse();
            assertThat(tcp.tcb().cc.cwnd()).isLessThanOrEqualTo(6500);
        }
    }

    @Test
    @Shows({"RFC6582-3.2", "MAY-7"})
    void resendsTheNextHoleAtAPartialAck() {                               // RFC 6582 §3.2, step 3
        try (Drill tcp = flying()) {
            tcp.in(ack(1001), ack(1001), ack(1001))
                    .out(data(12_001, 13_001), data(13_001, 14_001), data(1001, 2001)).in(ack(4001))
                    .out(data(4001, 5001)).counted(Counter.PARTIAL_ACKS, 1);
            assertThat(tcp.tcb().loss.recovering()).isTrue();
            while (tcp.peer.take() != null) {
                assertThat(tcp.tcb().loss.recovering()).isTrue();
            }
            tcp.in(ack(14_001));
            assertThat(tcp.tcb().loss.recovering()).isFalse();
        }
    }

    @Test
    @Shows("RFC6582-3.2")
    void duplicatesAfterATimeoutStartNoRecovery() {                        // RFC 6582 §3.2, step 4
        try (Drill tcp = drill().noDelay().accepted()) {
            tcp.write(20_000).out(ten(1)).after(ms(210)).out(data(1, 1001))
                    .in(ack(1), ack(1), ack(1), ack(1)).counted(Counter.FAST_RETRANSMITS, 0);
            while (tcp.peer.take() != null) {
                assertThat(tcp.tcb().loss.recovering()).isFalse();
            }
        }
    }

    @Test
    void onlyTrueDuplicatesCount() {                                       // RFC 5681 §2
        try (Drill tcp = flying()) {
            tcp.in(ack(1001).wnd(60_000), ack(1001).wnd(60_001), ack(1001).wnd(60_002))
                    .in(data(1, 101).acks(1001).wnd(60_002), data(101, 201).acks(1001).wnd(60_002))
                    .counted(Counter.DUPLICATE_ACKS, 0).read(200);
        }
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1), ack(1), ack(1), ack(1)).outNothing().counted(Counter.DUPLICATE_ACKS, 0);
        }
    }

    @Test
    @Shows({"MUST-19", "RFC5681-3.1"})
    void afterATimeoutItBeginsWithOneSegment() {                           // RFC 5681 §3.1
        try (Drill tcp = drill().noDelay().accepted()) {
            tcp.write(20_000).out(ten(1)).after(ms(210)).out(data(1, 1001)).outNothing();
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo(1000);
            assertThat(tcp.tcb().cc.ssthresh()).isEqualTo(5000);
            tcp.after(ms(410)).out(data(1, 1001));
            assertThat(tcp.tcb().cc.ssthresh()).as("once for the same octets").isEqualTo(5000);
            tcp.in(ack(10_001)).out(two(10_001)).outNothing();
        }
    }

    @Test
    @Shows("RFC5681-4.1")
    void afterAPauseItStartsAnew() {                                       // RFC 5681 §4.1
        try (Drill tcp = drill().scale(3).accepted()) {
            tcp.write(30_000).out(ten(1)).in(ack(8001)).out(segments(10_001, 16)).in(ack(16_001))
                    .out(segments(26_001, 4)).in(ack(30_001));
            assertThat(tcp.tcb().cc.cwnd()).isGreaterThan(20_000);
            tcp.after(s(5)).write(30_000).out(ten(30_001)).outNothing();
        }
    }

    /// RFC 6928 §2, RFC 5681 §3.1: the first slow start has no threshold, whatever became of the first SYN.
    @Test
    void aLostSynIsNoReasonToLeaveSlowStart() {
        for (CongestionAlgorithm which : CongestionAlgorithm.values()) {
            try (Drill tcp = drill().config("congestionControl", which).synSent()) {
                tcp.after(ms(1010)).out(syn()).in(synAck().acks(1).mss(1000)).out(ack(1).seq(1));
                assertThat(tcp.tcb().cc.ssthresh()).as(which.toString()).isGreaterThan(1 << 28);
                assertThat(tcp.tcb().cc.cwnd()).isEqualTo(IW * 1000);
                tcp.write(4000).out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001));
            }
        }
    }
}
