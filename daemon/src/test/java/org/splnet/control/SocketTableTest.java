package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.splnet.kern.VirtualClock;
import org.splnet.service.FakeStream;
import org.splnet.service.TestClock;
import org.splnet.socket.SockError;
import org.splnet.unix.Credentials;

/// For whom it is kept why connections have ended, and for how long.
class SocketTableTest {
    private static final int ONE = 1001;
    private static final int OTHER = 1002;
    private static final long MINUTE = 60_000_000_000L;

    private final TestClock clock = new TestClock();
    private final SocketTable table = new SocketTable(clock);
    private long last;

    private static Owner owner(int uid) {
        return owner(uid, Rule.others());
    }

    private static Owner owner(int uid, Rule rule) {
        return new Owner(new Credentials(1, uid, 0, new int[0]), "test", rule,
                new Account(rule.name(), rule.quota(), 0, 0));
    }

    /// A connection of `uid` fails.
    private long fails(int uid) {
        table.fails(Lent.stream(++last, owner(uid), new FakeStream(1)), SockError.ECONNRESET);
        return last;
    }

    private SocketTable.Ended ended(long id, int uid) {
        return table.ended(id, owner(uid));
    }

    @Test
    void itIsForItsUserAndForWhoMaySteer() {
        long id = fails(ONE);
        assertThat(ended(id, OTHER)).isNull();
        assertThat(table.ended(id, owner(OTHER, Rule.everything(OTHER))).error())
                .isEqualTo(SockError.ECONNRESET);
        table.forgetEnded(id, OTHER);
        assertThat(ended(id, ONE)).isNotNull();
        table.forgetEnded(id, ONE);
        assertThat(ended(id, ONE)).isNull();
    }

    @Test
    void theNumbersOfOneRunAreNotThoseOfTheNext() {
        VirtualClock time = new VirtualClock();
        SocketTable before = new SocketTable(time);
        time.advance(1_000_000_000);
        SocketTable after = new SocketTable(time);
        long old = before.next();
        long own = after.next();
        assertThat(before.strange(old)).isFalse();
        assertThat(before.strange(old + 1)).isTrue();
        assertThat(after.strange(old)).isTrue();
        assertThat(after.strange(own)).isFalse();
        assertThat(own).isBetween(1L, 1L << 30);
    }

    @Test
    void numbersGoRoundIn31BitsPastWhatIsThereOrHasEnded() {
        SocketTable round = new SocketTable(clock, Integer.MAX_VALUE - 2);
        assertThat(round.next()).isEqualTo(Integer.MAX_VALUE - 1);
        assertThat(round.strange(Integer.MAX_VALUE)).isTrue();
        assertThat(round.next()).isEqualTo(Integer.MAX_VALUE);
        assertThat(round.strange(1)).isTrue();
        round.add(Lent.stream(1, owner(ONE), new FakeStream(1)));
        round.fails(Lent.stream(2, owner(OTHER), new FakeStream(2)), SockError.ECONNRESET);
        assertThat(round.next()).isEqualTo(3);
        for (long own : new long[] {Integer.MAX_VALUE - 1, Integer.MAX_VALUE, 1, 2, 3}) {
            assertThat(round.strange(own)).as("%d", own).isFalse();
        }
        for (long other : new long[] {-1, 0, 4, Integer.MAX_VALUE - 2, Integer.MAX_VALUE + 1L}) {
            assertThat(round.strange(other)).as("%d", other).isTrue();
        }
    }

    @Test
    void whoFailsAllTheTimeTakesNothingFromOthers() {
        long first = fails(ONE);
        long own = fails(OTHER);
        for (int i = 0; i < 20_000; i++) {
            fails(OTHER);
        }
        assertThat(ended(first, ONE)).isNotNull();
        assertThat(ended(own, OTHER)).as("his own oldest").isNull();
        assertThat(ended(last, OTHER)).isNotNull();
    }

    @Test
    void oneThatFailsAgainIsTheNewest() {
        long first = fails(ONE);
        fails(ONE);
        last = first - 1;
        fails(ONE);
        last = 10;
        for (int i = 0; i < 4095; i++) {
            fails(ONE);
        }
        assertThat(ended(first + 1, ONE)).isNull();
        assertThat(ended(first, ONE)).isNotNull();
    }

    @Test
    void afterAMinuteItIsForgotten() {
        long first = fails(ONE);
        clock.advance(MINUTE + 1);
        long second = fails(OTHER);
        assertThat(ended(first, ONE)).isNull();
        assertThat(ended(second, ONE)).as("another's").isNull();
        assertThat(ended(second, OTHER)).isNotNull();
    }
}
