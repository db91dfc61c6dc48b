package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.splnet.conformance.Shows;

/// The examples of RFC 6937 §4, in segments.
class RateReductionTest {
    private final RateReduction prr = new RateReduction();
    private int sent;

    private void ack(int delivered, int pipe, boolean safe) {
        int may = prr.acknowledged(delivered, pipe, 1, safe);
        prr.sent(may);
        sent += may;
    }

    /// One loss of twenty: half as much goes out as is delivered, evenly.
    @Test
    @Shows("RFC9937-6")
    void comesDownInProportion() {
        prr.begin(20, 10);
        int pipe = 19;
        for (int i = 1; i <= 19; i++) {
            int before = sent;
            ack(1, --pipe, false);
            pipe += sent - before;
            assertThat(sent).as("after %d", i).isBetween((i + 1) / 2 - 1, (i + 1) / 2 + 1);
        }
        assertThat(pipe).isEqualTo(10);
    }

    /// Fifteen of twenty lost at once: what is left in the network is less than half, and each delivered
    /// segment lets one out, or two where nothing else was lost.
    @Test
    @Shows("RFC9937-6")
    void growsBackNoFasterThanSlowStart() {
        prr.begin(20, 10);
        ack(1, 4, false);
        assertThat(sent).isEqualTo(1);
        ack(1, 4, false);
        assertThat(sent).isEqualTo(2);
        ack(1, 4, true);
        assertThat(sent).isEqualTo(4);
    }

    @Test
    void theFirstAlwaysGoesAndNothingGoesAboveTheTarget() {
        prr.begin(100, 50);
        ack(1, 98, false);
        assertThat(sent).isEqualTo(1);
        ack(1, 50, true);
        assertThat(sent).isEqualTo(1);
    }
}
