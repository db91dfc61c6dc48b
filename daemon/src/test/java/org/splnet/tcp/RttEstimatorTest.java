package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.splnet.conformance.Shows;

/// RFC 6298 by hand-computed numbers.
class RttEstimatorTest {
    private final Drill drill = new Drill(DrillSetup.drill());
    private final RttEstimator rtt = new RttEstimator(drill.tcp);

    @AfterEach
    void close() {
        drill.close();
    }

    @Test
    @Shows("RFC6298-2.1")
    void beginsWithASecond() {                                             // (2.1)
        assertThat(rtt.rtoNs()).isEqualTo(s(1));
        assertThat(rtt.srttNs()).isZero();
    }

    @Test
    @Shows({"RFC6298-2.2", "MUST-18"})
    void takesTheFirstMeasurementWhole() {                                 // (2.2)
        rtt.sample(ms(400));
        assertThat(rtt.srttNs()).isEqualTo(ms(400));
        assertThat(rtt.rtoNs()).isEqualTo(ms(400 + 4 * 200));
    }

    @Test
    @Shows({"RFC6298-2.3", "MUST-18"})
    void averagesTheFollowing() {                                          // (2.3), alpha 1/8, beta 1/4
        rtt.sample(ms(400));
        rtt.sample(ms(800));                   // RTTVAR = 3/4 × 200 + 1/4 × 400, SRTT = 7/8 × 400 + 1/8 × 800
        assertThat(rtt.srttNs()).isEqualTo(ms(450));
        assertThat(rtt.rtoNs()).isEqualTo(ms(450 + 4 * 250));
    }

    /// A queue that has emptied is no reason to go on at the pace of a full one.
    @Test
    void ofLateIsAveragedByAcknowledgements() {
        rtt.sample(ms(400));
        for (int i = 0; i < 16; i++) {
            rtt.measured(ms(200));
        }
        assertThat(rtt.lateNs()).isBetween(ms(200), ms(225));
        assertThat(rtt.srttNs()).isEqualTo(ms(400));
    }

    @Test
    void leavesTimeForADelayedAcknowledgementHoweverSteadyThePath() {      // (2.3), (2.4)
        for (int i = 0; i < 100; i++) {
            rtt.sample(ms(300));
        }
        assertThat(rtt.rtoNs()).isBetween(ms(500), ms(502));
        for (int i = 0; i < 200; i++) {
            rtt.sample(1);
        }
        assertThat(rtt.rtoNs()).isBetween(ms(200), ms(201));
    }

    @Test
    @Shows("RFC6298-5")
    void doublesUpToTheMaximum() {                                         // (5.5), (2.5)
        for (int i = 0; i < 100; i++) {
            assertThat(rtt.rtoNs()).isEqualTo(Math.min(s(1) << Math.min(i, 30), s(120)));
            rtt.backOff();
        }
        rtt.sample(ms(100));
        assertThat(rtt.rtoNs()).isEqualTo(ms(300));
    }

    @Test
    void timesOneSegmentAtATime() {
        rtt.sent(1000, 0);
        rtt.sent(2000, ms(50));
        assertThat(rtt.acked(999, ms(60))).isFalse();
        assertThat(rtt.acked(1000, ms(100))).isTrue();
        assertThat(rtt.srttNs()).isEqualTo(ms(100));
        assertThat(rtt.acked(2000, ms(200))).isFalse();
    }

    @Test
    @Shows({"RFC6298-3", "MUST-18"})
    void neverTimesWhatWasSentAgain() {                                    // (3), Karn
        rtt.sent(1000, 0);
        rtt.retransmitted(ms(10));
        assertThat(rtt.acked(1000, ms(100))).isFalse();
        rtt.sent(2000, ms(100));
        rtt.backOff();
        assertThat(rtt.acked(2000, ms(200))).isFalse();
    }

    @Test
    @Shows("RFC6298-5.7")
    void afterALostSynItWaitsForThreeSeconds() {                           // (5.7)
        rtt.backOff();
        rtt.handshakeWasRetransmitted();
        assertThat(rtt.rtoNs()).isEqualTo(s(3));
        var measured = new RttEstimator(drill.tcp);
        measured.sample(ms(100));
        measured.handshakeWasRetransmitted();
        assertThat(measured.rtoNs()).isEqualTo(ms(300));
    }

    @Test
    void theBackOffEndsWhenThePathAnswersInTime() {
        rtt.sample(ms(100));
        rtt.backOff();
        rtt.retransmitted(ms(1000));
        rtt.acked(5, ms(1000 + 301));
        assertThat(rtt.rtoNs()).isEqualTo(ms(600));
        rtt.acked(5, ms(1000 + 300));
        assertThat(rtt.rtoNs()).isEqualTo(ms(300));
    }
}
