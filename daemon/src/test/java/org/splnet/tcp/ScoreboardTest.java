package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

/// Against a model that remembers each octet by itself.
class ScoreboardTest {
    private static final int SPAN = 600;
    private static final int MSS = 10;
    private static final Scoreboard.Delivery NOBODY = (end, sentNs, resent) -> { };

    /// What is known of each octet.
    private static final class Model {
        final boolean[] held = new boolean[SPAN];
        final boolean[] lost = new boolean[SPAN];
        final boolean[] resent = new boolean[SPAN];
        final long[] sentNs = new long[SPAN];
        int una;
        int max;
        long lastNs = -1;

        long stamp(long nowNs) {
            lastNs = Math.max(nowNs, lastNs + 1);
            return lastNs;
        }

        int count(boolean[] what) {
            int n = 0;
            for (int i = una; i < max; i++) {
                n += what[i] ? 1 : 0;
            }
            return n;
        }
    }

    private final TreeMap<Integer, Long> delivered = new TreeMap<>();

    @Test
    void aClockMayBeginBelowZero() {
        var board = new Scoreboard();
        board.sent(1, 1001, false, -5_000_000_000L);
        board.sent(1001, 2001, false, -5_000_000_000L);
        assertThat(board.sentNs(0)).isEqualTo(-5_000_000_000L);
        assertThat(board.sentNs(1)).isEqualTo(-4_999_999_999L);
    }

    @Test
    void agreesWithTheModelOctetByOctet() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            int base = random.nextInt();
            var board = new Scoreboard();
            var model = new Model();
            for (int step = 0; step < 60; step++) {
                step(board, model, base, random, step);
                compare(board, model, base, "seed " + seed + " round " + round + " step " + step);
            }
        }
    }

    private void step(Scoreboard board, Model model, int base, SplittableRandom random, long nowNs) {
        switch (random.nextInt(6)) {
            case 0, 1 -> send(board, model, base, random, nowNs);
            case 2 -> sack(board, model, base, random);
            case 3 -> {
                if (board.size() > 0) {
                    int i = random.nextInt(board.size());
                    if (!board.isSacked(i)) {
                        java.util.Arrays.fill(model.lost, board.start(i) - base, board.end(i) - base, true);
                        board.lose(i);
                    }
                }
            }
            case 4 -> resend(board, model, base, random, nowNs);
            default -> {
                int to = Math.min(model.max, model.una + random.nextInt(40));
                int held = 0;
                for (int i = model.una; i < to; i++) {
                    held += model.held[i] ? 1 : 0;
                }
                assertThat(board.advance(base + to, NOBODY)).isEqualTo(to - model.una - held);
                model.una = to;
            }
        }
    }

    private static void send(Scoreboard board, Model model, int base, SplittableRandom random, long nowNs) {
        int len = Math.min(SPAN - model.max, random.nextInt(1, 5 * MSS));
        if (len > 0) {
            board.sent(base + model.max, base + model.max + len, false, nowNs);
            java.util.Arrays.fill(model.sentNs, model.max, model.max + len, model.stamp(nowNs));
            model.max += len;
        }
    }

    /// Whole packets, whole segments of them, or what is neither and must be cut down to them.
    private void sack(Scoreboard board, Model model, int base, SplittableRandom random) {
        if (board.isEmpty()) {
            return;
        }
        int from = random.nextInt(model.una, model.max);
        int to = random.nextInt(from, model.max) + 1;
        boolean[] cut = new boolean[SPAN];
        for (int i = 0; i < board.size(); i++) {
            for (int s = board.start(i) - base; s < board.end(i) - base; s += MSS) {
                int e = Math.min(s + MSS, board.end(i) - base);
                if (from <= s && e <= to) {
                    java.util.Arrays.fill(cut, s, e, true);
                }
            }
        }
        int news = 0;
        for (int i = model.una; i < model.max; i++) {
            if (cut[i] && !model.held[i]) {
                model.held[i] = true;
                model.lost[i] = false;
                news++;
            }
        }
        delivered.clear();
        assertThat(board.sack(base + from, base + to, MSS, (end, ns, again) -> delivered.put(end - base, ns)))
                .isEqualTo(news);
        delivered.forEach((end, ns) -> {
            assertThat(model.held[end - 1]).isTrue();
            assertThat(model.sentNs[end - 1]).isEqualTo(ns);
        });
    }

    private static void resend(Scoreboard board, Model model, int base, SplittableRandom random, long nowNs) {
        if (board.lost() == 0) {
            return;
        }
        int i = board.firstLost();
        int start = board.start(i) - base;
        int to = random.nextInt(start, board.end(i) - base) + 1;
        long ns = model.stamp(nowNs);
        for (int seq = start; seq < to; seq++) {
            model.sentNs[seq] = ns;
            model.lost[seq] = false;
            model.resent[seq] = true;
        }
        board.resent(i, base + to, nowNs);
    }

    private static void compare(Scoreboard board, Model model, int base, String seed) {
        assertThat(board.sacked()).as(seed).isEqualTo(model.count(model.held));
        assertThat(board.lost()).as(seed).isEqualTo(model.count(model.lost));
        assertThat(board.inFlight()).as(seed).isEqualTo(
                model.max - model.una - board.sacked() - board.lost());
        int next = model.una;
        int held = 0;
        for (int i = 0; i < board.size(); i++) {
            assertThat(board.start(i) - base).as(seed).isEqualTo(next);
            next = board.end(i) - base;
            held += board.isSacked(i) ? 1 : 0;
            for (int seq = board.start(i) - base; seq < next; seq++) {
                assertThat(board.isSacked(i)).as(seed).isEqualTo(model.held[seq]);
                assertThat(board.isLost(i)).as(seed).isEqualTo(model.lost[seq]);
                assertThat(board.isResent(i)).as(seed).isEqualTo(model.resent[seq]);
                assertThat(board.sentNs(i)).as(seed).isEqualTo(model.sentNs[seq]);
            }
        }
        assertThat(next).as(seed).isEqualTo(model.max);
        assertThat(held).as(seed).isEqualTo(board.sackedPackets());
        if (board.lost() > 0) {
            int first = board.start(board.firstLost()) - base;
            for (int seq = model.una; seq < first; seq++) {
                assertThat(model.lost[seq]).as(seed).isFalse();
            }
        }
    }

    @Test
    void aPeerCannotCutItToPieces() {                                      // CVE-2019-11478
        var board = new Scoreboard();
        board.sent(0, 60_000, false, 0);
        for (int i = 0; i < 60_000; i += 2) {
            board.sack(i, i + 1, 1000, NOBODY);
        }
        assertThat(board.size()).isEqualTo(1);
        for (int i = 0; i < 60_000; i += 2000) {
            board.sack(i, i + 1999, 1000, NOBODY);
        }
        assertThat(board.size()).isEqualTo(60);
    }

    @Test
    void tinyPacketsAreJoinedWhenThereAreMany() {
        var board = new Scoreboard();
        for (int i = 0; i < 1_000_000; i++) {
            board.sent(i, i + 1, false, i);
        }
        assertThat(board.size()).isBetween(Scoreboard.MANY, Scoreboard.MANY + 20);
        assertThat(board.inFlight()).isEqualTo(1_000_000);
        assertThat(board.advance(1_000_000, NOBODY)).isEqualTo(1_000_000);
        assertThat(board.isEmpty()).isTrue();
    }

    /// Of what is joined and no more cut, the sums are still right.
    private static void assertSmall(Scoreboard board, int octets) {
        int sacked = 0;
        int lost = 0;
        int packets = 0;
        for (int i = 0; i < board.size(); i++) {
            int len = board.end(i) - board.start(i);
            assertThat(len).isPositive();
            sacked += board.isSacked(i) ? len : 0;
            packets += board.isSacked(i) ? 1 : 0;
            lost += board.isLost(i) ? len : 0;
        }
        assertThat(board.size()).isLessThanOrEqualTo(Scoreboard.MANY + 20);
        assertThat(board.sacked()).isEqualTo(sacked);
        assertThat(board.sackedPackets()).isEqualTo(packets);
        assertThat(board.lost()).isEqualTo(lost);
        assertThat(board.inFlight()).isEqualTo(octets - sacked - lost);
        assertThat(lost == 0 || board.isLost(board.firstLost())).isTrue();
    }

    /// With segments of 52 octets, of a window of 16 MiB that went out in large packets.
    @Test
    void aPeerCannotMakeItLargeWithWholeSegments() {
        int mss = 52;
        int packet = 1260 * mss;
        int all = 256 * packet;
        var board = new Scoreboard();
        for (int at = 0; at < all; at += packet) {
            board.sent(at, at + packet, false, at);
        }
        for (int at = mss; at < all; at += 2 * mss) {
            board.sack(at, at + mss, mss, NOBODY);
        }
        assertSmall(board, all);
        board.loseAll();
        assertSmall(board, all);
        for (int n = 0; board.lost() > 0; n++) {
            int i = board.firstLost();
            board.resent(i, Math.min(board.start(i) + 7 * mss, board.end(i)), all + n);
            if (n % 1000 == 0) {
                assertSmall(board, all);
            }
        }
        assertSmall(board, all);
        int sacked = board.sacked();
        assertThat(sacked).isPositive();
        for (int i = 0; i < 10_000; i++) {
            int at = all + i * mss;
            board.sent(at, at + mss, false, at);
            assertThat(board.sack(at, at + mss, mss, NOBODY)).isEqualTo(mss);
        }
        int end = all + 10_000 * mss;
        assertSmall(board, end);
        assertThat(board.advance(end, NOBODY)).isEqualTo(all - sacked);
        assertThat(board.isEmpty()).isTrue();
    }

    @Test
    void aLongTransferMovesThroughLittleMemory() {
        var board = new Scoreboard();
        for (int i = 0; i < 100_000; i++) {
            board.sent(1000 * i, 1000 * i + 1000, false, i);
            if (i >= 10) {
                assertThat(board.advance(1000 * (i - 9), NOBODY)).isEqualTo(1000);
            }
        }
        assertThat(board.size()).isEqualTo(10);
    }
}
