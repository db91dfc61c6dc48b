package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

/// Against RFC 6675 §4 as it is written, octet by octet.
class SackScoreboardTest {
    private static final int SPAN = 400;

    /// One bit for each octet above the base.
    private static final class Model {
        final BitSet held = new BitSet(SPAN);
        int una;

        int add(int from, int to) {
            int before = held.cardinality();
            held.set(from, to);
            return held.cardinality() - before;
        }

        int advance(int to) {
            int before = held.cardinality();
            held.clear(0, to);
            una = to;
            return before - held.cardinality();
        }

        boolean lost(int seq, int mss) {
            int octets = 0;
            int ranges = 0;
            for (int at = held.nextSetBit(seq); at >= 0; ) {
                int end = held.nextClearBit(at);
                ranges++;
                octets += end - at;
                at = held.nextSetBit(end);
            }
            return ranges >= 3 || octets > 2 * mss;
        }

        int pipe(int max, int resent, int mss) {
            int pipe = 0;
            for (int seq = una; seq < max; seq++) {
                if (!held.get(seq)) {
                    pipe += (lost(seq, mss) ? 0 : 1) + (seq < resent ? 1 : 0);
                }
            }
            return pipe;
        }
    }

    @Test
    void agreesWithTheRfcOctetByOctet() {
        long seed = TestSeed.next();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 400; round++) {
            int base = random.nextInt();
            var board = new SackScoreboard(SPAN);
            var model = new Model();
            for (int step = 0; step < 40; step++) {
                if (random.nextInt(4) > 0) {
                    int from = random.nextInt(model.una, SPAN);
                    int to = random.nextInt(from, Math.min(SPAN, from + 30)) + 1;
                    assertThat(board.add(base + from, base + to)).isEqualTo(model.add(from, to));
                } else {
                    int to = Math.min(SPAN - 1, model.una + random.nextInt(20));
                    assertThat(board.advance(base + to)).isEqualTo(model.advance(to));
                }
                compare(board, model, base, random, "seed " + seed + " round " + round);
            }
        }
    }

    private static void compare(SackScoreboard board, Model model, int base, SplittableRandom random,
            String seed) {
        int mss = 1 + random.nextInt(30);
        int seq = random.nextInt(model.una, SPAN);
        int resent = random.nextInt(model.una, SPAN);
        int missing = model.held.nextClearBit(seq);
        int next = model.held.nextSetBit(missing);
        assertThat(board.octets()).as(seed).isEqualTo(model.held.cardinality());
        assertThat(board.isEmpty()).as(seed).isEqualTo(model.held.isEmpty());
        assertThat(board.firstMissing(base + seq)).as(seed).isEqualTo(base + missing);
        assertThat(board.missingUntil(base + missing, base + SPAN)).as(seed)
                .isEqualTo(base + (next < 0 ? SPAN : next));
        assertThat(board.lost(base + missing, mss)).as(seed).isEqualTo(model.lost(missing, mss));
        assertThat(board.pipe(base + model.una, base + SPAN, base + resent, mss)).as(seed)
                .isEqualTo(model.pipe(SPAN, resent, mss));
        assertThat(board.reneged(base + model.una)).as(seed).isEqualTo(model.held.get(model.una));
        if (!board.isEmpty()) {
            assertThat(board.highest()).as(seed).isEqualTo(base + model.held.length());
        }
    }

    @Test
    void whatDoesNotFitIsForgotten() {
        var board = new SackScoreboard(4);
        for (int i = 0; i < 10; i++) {
            assertThat(board.add(100 * i + 50, 100 * i + 60)).isEqualTo(i < 4 ? 10 : 0);
        }
        assertThat(board.ranges()).isEqualTo(4);
        assertThat(board.octets()).isEqualTo(40);
        assertThat(board.add(60, 350)).as("what joins ranges still fits").isEqualTo(290 - 20);
        assertThat(board.ranges()).isEqualTo(1);
    }
}
