package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.splnet.conformance.Shows;

/// RFC 9406: slow start that notices a growing queue.
class HyStartTest {
    private static final long MS = 1_000_000;

    private final HyStart hystart = new HyStart();

    /// A round trip with eight samples.
    ///
    /// @return slow start is over
    private boolean round(long rttMs) {
        boolean over = hystart.measured(rttMs * MS, true);
        for (int i = 1; i < 8; i++) {
            over |= hystart.measured(rttMs * MS + i, false);
        }
        return over;
    }

    @Test
    @Shows("RFC9406-4.2")
    void aLongerRoundMakesItConservativeAndFiveMoreEndIt() {
        assertThat(round(20)).isFalse();
        assertThat(round(20)).isFalse();
        assertThat(hystart.growth(1000)).isEqualTo(1000);
        assertThat(round(25)).isFalse();
        assertThat(hystart.growth(1000)).isEqualTo(250);
        for (int i = 1; i < 5; i++) {
            assertThat(round(25)).isFalse();
        }
        assertThat(round(25)).isTrue();
    }

    @Test
    @Shows("RFC9406-4.2")
    void aCoincidenceIsForgotten() {
        round(20);
        round(25);
        assertThat(hystart.growth(1000)).isEqualTo(250);
        round(20);
        assertThat(hystart.growth(1000)).isEqualTo(1000);
    }

    @Test
    void lessThanTheThresholdIsNothing() {                                 // §4.3: an eighth, 4 to 16 ms
        round(16);
        round(19);
        assertThat(hystart.growth(1000)).isEqualTo(1000);
        round(100);
        assertThat(hystart.growth(1000)).isEqualTo(250);
    }

    @Test
    void fewSamplesProveNothing() {                                        // §4.3: N_RTT_SAMPLE
        round(20);
        for (int i = 0; i < 7; i++) {
            hystart.measured(100 * MS, i == 0);
        }
        assertThat(hystart.growth(1000)).isEqualTo(1000);
        hystart.measured(100 * MS, false);
        assertThat(hystart.growth(1000)).isEqualTo(250);
    }

    @Test
    void oneShortSampleIsEnoughToStayInIt() {                              // the least of the round counts
        round(20);
        hystart.measured(20 * MS, true);
        for (int i = 0; i < 20; i++) {
            hystart.measured(100 * MS, false);
        }
        assertThat(hystart.growth(1000)).isEqualTo(1000);
    }
}
