package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.splnet.conformance.Shows;

/// RFC 5681, 6582, 3465, 6928 as numbers.
class NewRenoTest {
    private static NewReno reno(int mss, int limit) {
        NewReno reno = new NewReno(mss, 0, limit);
        reno.established(0);
        return reno;
    }

    @Test
    @Shows("RFC6928-2")
    void hasTheInitialWindowOfRfc6928() {
        assertThat(reno(1000, 2).cwnd()).isEqualTo(10_000);
        assertThat(reno(1460, 2).cwnd()).isEqualTo(14_600);
        assertThat(reno(4000, 2).cwnd()).isEqualTo(14_600);
        assertThat(reno(9000, 2).cwnd()).isEqualTo(18_000);
        assertThat(new NewReno(9000, 10, 2).cwnd()).as("who asks for ten").isEqualTo(90_000);
    }

    @Test
    void oneLostSynDoesNotLowerItTwoDo() {                                 // RFC 6928 §2
        NewReno reno = new NewReno(1000, 0, 2);
        reno.established(1);
        assertThat(reno.cwnd()).isEqualTo(10_000);
        reno.established(2);
        assertThat(reno.cwnd()).isEqualTo(1000);
    }

    @Test
    void slowStartTakesAtMostLSegmentsFromAnAck() {                        // RFC 3465 §2.2
        NewReno reno = reno(1000, 2);
        reno.onAck(1500, true, 0, 0);
        assertThat(reno.cwnd()).isEqualTo(11_500);
        reno.onAck(9000, true, 0, 0);
        assertThat(reno.cwnd()).isEqualTo(13_500);
    }

    @Test
    void segmentsThatGrowInARecoveryFitIntoItsWindow() {
        NewReno reno = reno(300, 2);
        reno.onLoss(600);
        reno.mss(1000);
        assertThat(reno.ssthresh()).isEqualTo(2000);
        reno.onRecovered(600);
        assertThat(reno.cwnd()).isEqualTo(2000);
    }

    @Test
    void afterATimeoutLIsOne() {                                           // RFC 3465 §2.3
        NewReno reno = reno(1000, 2);
        reno.onTimeout(10_000, false);
        reno.onAck(2000, true, 0, 0);
        assertThat(reno.cwnd()).isEqualTo(2000);
    }

    @Test
    @Shows({"MUST-19", "RFC5681-3.1"})
    void congestionAvoidanceGrowsByASegmentPerWindow() {                   // RFC 3465 §2.1
        NewReno reno = reno(1000, 2);
        reno.onLoss(10_000);
        reno.onRecovered(5000);
        assertThat(reno.cwnd()).isEqualTo(5000);
        for (int i = 0; i < 4; i++) {
            reno.onAck(1000, true, 0, 0);
        }
        assertThat(reno.cwnd()).isEqualTo(5000);
        reno.onAck(1000, true, 0, 0);
        assertThat(reno.cwnd()).isEqualTo(6000);
    }

    @Test
    @Shows("RFC5681-3.2")
    void halvesAtALossAndInflates() {                                      // RFC 5681 §3.2
        NewReno reno = reno(1000, 2);
        reno.onLoss(10_000);
        assertThat(reno.ssthresh()).isEqualTo(5000);
        assertThat(reno.cwnd()).isEqualTo(8000);
        reno.onDuplicate();
        assertThat(reno.cwnd()).isEqualTo(9000);
        reno.onLoss(1000);
        assertThat(reno.ssthresh()).as("two segments at least").isEqualTo(2000);
    }

    @Test
    @Shows("RFC6582-3.2")
    void deflatesAtAPartialAck() {                                         // RFC 6582 §3.2, step 3
        NewReno reno = reno(1000, 2);
        reno.onLoss(10_000);
        reno.onPartialAck(3000);
        assertThat(reno.cwnd()).isEqualTo(6000);
        reno.onPartialAck(500);
        assertThat(reno.cwnd()).isEqualTo(5500);
        reno.onPartialAck(100_000);
        assertThat(reno.cwnd()).isEqualTo(1000);
    }

    @Test
    void leavesRecoveryWithoutABurst() {                                   // RFC 6582 §3.2, option (1)
        NewReno reno = reno(1000, 2);
        reno.onLoss(20_000);
        reno.onRecovered(0);
        assertThat(reno.cwnd()).isEqualTo(2000);
        reno.onLoss(20_000);
        reno.onRecovered(100_000);
        assertThat(reno.cwnd()).isEqualTo(10_000);
    }

    @Test
    void aTimeoutLeavesOneSegment() {                                      // RFC 5681 §3.1
        NewReno reno = reno(1000, 2);
        reno.onTimeout(10_000, false);
        assertThat(reno.cwnd()).isEqualTo(1000);
        assertThat(reno.ssthresh()).isEqualTo(5000);
        reno.onTimeout(1000, true);
        assertThat(reno.ssthresh()).isEqualTo(5000);
    }

    @Test
    void doesNotGrowWhenItWasNotTheLimit() {
        NewReno reno = reno(1000, 2);
        reno.onAck(5000, false, 0, 0);
        assertThat(reno.cwnd()).isEqualTo(10_000);
    }

    @Test
    void neverOverflows() {
        NewReno reno = reno(65_000, 64);
        for (int i = 0; i < 1_000_000; i++) {
            reno.onAck(1 << 29, true, 0, 0);
            assertThat(reno.cwnd()).isPositive();
        }
        assertThat(reno.cwnd()).isEqualTo(1 << 30);
    }
}
