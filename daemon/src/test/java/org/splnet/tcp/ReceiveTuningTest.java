package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;

import org.junit.jupiter.api.Test;

/// Which of the round trips that a receiver measures it believes.
class ReceiveTuningTest {
    private static final long SHORT_NS = 150_000;

    private final ReceiveTuning tuning = new ReceiveTuning(0, 1 << 16, SHORT_NS, 1 << 15, 0);
    private int echo;
    private long nowNs;

    private long after(int samples, long ageNs) {
        for (int i = 0; i < samples; i++) {
            tuning.echoed(++echo, ageNs, nowNs += ms(1));
        }
        return tuning.rttNs();
    }

    @Test
    void onAShortPathTheShortestCounts() {
        assertThat(after(1000, ms(5))).as("our own queue").isEqualTo(SHORT_NS);
        assertThat(after(1, 120_000)).isEqualTo(120_000);
        assertThat(after(1, 1)).as("a reader is not as fast").isEqualTo(100_000);
    }

    @Test
    void aStandingChangeIsBelieved() {
        assertThat(after(9_000, ms(4))).isEqualTo(SHORT_NS);
        after(1, 300_000);
        assertThat(after(1_000, ms(4))).as("the shortest of ten seconds").isEqualTo(300_000);
        assertThat(after(10_000, ms(4))).isEqualTo(ms(4));
    }

    @Test
    void octetsThatCameTogetherDoNotMakeAPathShort() {
        ReceiveTuning blind = new ReceiveTuning(0, 1 << 14, ms(50), 1 << 15, 0);
        blind.arrived(1 << 14, 1 << 15, ms(50));
        blind.arrived(1 << 15, 1 << 16, ms(50) + 115_000);
        assertThat(blind.rttNs()).isEqualTo(ms(1));
    }

    @Test
    void anotherPathIsNoticed() {
        assertThat(after(1, ms(40))).as("once is nothing").isLessThan(2 * SHORT_NS);
        assertThat(after(100, ms(40))).isBetween(ms(30), ms(40));
        assertThat(after(100, ms(20))).as("the way there is shorter").isEqualTo(ms(20));
        assertThat(after(100, ms(25))).as("a long path's are believed").isBetween(ms(24), ms(25));
        assertThat(after(1, SHORT_NS)).isEqualTo(SHORT_NS);
    }

    @Test
    void onAShortPathWhatIsReadIsAveraged() {
        int read = 32 << 20;
        assertThat(tuning.wanted(read, ms(4))).as("32 MiB in 4 ms")
                .isEqualTo((int) (2L * read * SHORT_NS / ms(4)));
        assertThat(tuning.wanted(2 * read, ms(4) + 50_000)).as("all at once: of a millisecond at least")
                .isEqualTo((int) (2L * read * SHORT_NS / ms(1)));
    }

    @Test
    void whatStaysInTheCacheMayBeHad() {
        assertThat(tuning.wanted(200_000, ms(2))).isEqualTo(800_000);
        assertThat(tuning.wanted(400_000, ms(4))).as("no more than before").isEqualTo(400_000);
        assertThat(tuning.wanted(1_400_000, ms(6))).isEqualTo(1 << 20);
    }
}
