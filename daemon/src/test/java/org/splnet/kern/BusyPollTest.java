package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BusyPollTest {
    private static final long FOR = 50_000;
    private static final int SMALL = 60;
    private static final int LARGE = 65_226;

    private final BusyPoll poll = new BusyPoll(FOR);
    private long nowNs = 1_000_000_000L;

    /// So many turns of work, with gaps between them.
    private void turns(BusyPoll poll, int turns, long gapNs, int octets) {
        for (int i = 0; i < turns; i++) {
            poll.worked(nowNs, octets);
            poll.again(nowNs);
            nowNs += gapNs;
        }
        poll.worked(nowNs, octets);
    }

    @Test
    void sleepsWhereNothingIsKnown() {
        poll.worked(nowNs, SMALL);
        assertThat(poll.again(nowNs)).isFalse();
    }

    @Test
    void looksForAsLongAsItMayOnceGapsAreShort() {
        turns(poll, 20, FOR, SMALL);
        assertThat(poll.again(nowNs)).isTrue();
        assertThat(poll.again(nowNs + FOR - 1)).isTrue();
        assertThat(poll.again(nowNs + FOR)).isFalse();
    }

    /// Asleep, a question and its answer take longer by two wake-ups.
    @Test
    void learnsFromWhatItSleptThrough() {
        turns(poll, 20, 2 * FOR, SMALL);
        assertThat(poll.again(nowNs)).isTrue();
    }

    @Test
    void sleepsAgainOnceGapsAreLong() {
        turns(poll, 20, FOR, SMALL);
        turns(poll, 10, 2 * FOR + 1, SMALL);
        assertThat(poll.again(nowNs)).isFalse();
    }

    @Test
    void oneLongGapIsForgiven() {
        turns(poll, 20, FOR, SMALL);
        turns(poll, 1, 1_000_000, SMALL);
        assertThat(poll.again(nowNs)).isTrue();
    }

    @Test
    void sleepsAtOnceWhereMuchIsMoved() {
        turns(poll, 20, FOR, LARGE);
        assertThat(poll.again(nowNs)).isFalse();
    }

    @Test
    void oneLargeTurnAmongManySmallIsForgiven() {
        turns(poll, 40, FOR, SMALL);
        poll.worked(nowNs, LARGE);
        assertThat(poll.again(nowNs)).isTrue();
    }

    @Test
    void neverLooksIfItMayNot() {
        var off = new BusyPoll(0);
        turns(off, 20, 0, SMALL);
        assertThat(off.again(nowNs)).isFalse();
    }

    /// How many gaps of so many it would look in.
    private int looks(BusyPoll poll, int turns, long gapNs) {
        int looks = 0;
        for (int i = 0; i < turns; i++) {
            poll.worked(nowNs, SMALL);
            looks += poll.again(nowNs) ? 1 : 0;
            nowNs += gapNs;
        }
        return looks;
    }

    @Test
    void triesNowAndThenWhereGapsAreNotMuchTooLong() {
        assertThat(looks(poll, 10_000, 4 * FOR)).isBetween(500, 2000);
        assertThat(looks(new BusyPoll(FOR), 10_000, 8 * FOR + 1)).isZero();
    }

    /// Two that hand work on to each other: the gaps of both are short once both look.
    @Test
    void twoOfThemFindEachOther() {
        var other = new BusyPoll(FOR);
        turns(other, 17, 100 * FOR, SMALL);
        int both = 0;
        for (int i = 0; i < 20_000 && both < 100; i++) {
            poll.worked(nowNs, SMALL);
            other.worked(nowNs, SMALL);
            boolean short1 = poll.again(nowNs);
            both = short1 & other.again(nowNs) ? both + 1 : 0;
            nowNs += both > 0 ? FOR / 2 : 3 * FOR;
        }
        assertThat(both).isEqualTo(100);
    }
}
