package org.splnet.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.splnet.kern.CalloutWheel;

/// How long nothing may move, also where that changes meanwhile.
class IdleWatchTest {
    private static final long SECOND = 1_000_000_000L;

    private static final class Connection extends IdleWatch.Watched {
        private int ends;

        @Override
        protected void idle() {
            ends++;
        }
    }

    private final TestClock clock = new TestClock();
    private final CalloutWheel wheel = new CalloutWheel(clock.nanoTime(), () -> { });
    private final Connection connection = new Connection();

    private IdleWatch<Connection> watch(int seconds) {
        var watch = new IdleWatch<Connection>(seconds * SECOND, clock, wheel);
        watch.start();
        watch.add(connection);
        return watch;
    }

    private int endsAfter(int seconds) {
        for (int tenth = 0; tenth < 10 * seconds; tenth++) {
            clock.advance(SECOND / 10);
            wheel.advance(clock.nanoTime());
        }
        return connection.ends;
    }

    @Test
    void noneEarlierAndNoneLaterThanAQuarterMore() {
        watch(40);
        endsAfter(35);
        connection.moved();
        assertThat(endsAfter(39)).isZero();
        assertThat(endsAfter(12)).isPositive();
    }

    /// The next look was a quarter of an hour away.
    @Test
    void aShorterTimeCountsFromWhenItIsSet() {
        IdleWatch<Connection> watch = watch(3600);
        endsAfter(10);
        watch.idle(4 * SECOND);
        assertThat(endsAfter(3)).isZero();
        assertThat(endsAfter(3)).isPositive();
    }

    @Test
    void soDoesALongerOne() {
        IdleWatch<Connection> watch = watch(4);
        endsAfter(3);
        watch.idle(40 * SECOND);
        assertThat(endsAfter(39)).isZero();
        assertThat(endsAfter(12)).isPositive();
    }

    @Test
    void thatItIsSetAgainChangesNothing() {
        IdleWatch<Connection> watch = watch(8);
        for (int i = 0; i < 11; i++) {
            watch.idle(8 * SECOND);
            endsAfter(1);
        }
        assertThat(connection.ends).isPositive();
    }

    @Test
    void nobodyLooksBehindTheEnd() {
        IdleWatch<Connection> watch = watch(4);
        watch.close();
        watch.idle(2 * SECOND);
        assertThat(wheel.armed()).isZero();
        assertThat(endsAfter(9)).isZero();
    }
}
