package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The mistakes of the three histories, each in a few lines, and that the explorer finds them.
class ExplorerTest {
    @RegisterExtension
    final Provoked provoked = new Provoked();

    /// Two locks and a place to sleep.
    abstract static class Toy implements Race {
        final RankedLock socket = new RankedLock(LockRank.ENDPOINT, "toy socket");
        final RankedLock table = new RankedLock(LockRank.PORTS, "toy table");
        final SleepPoint sleep = socket.sleepPoint();
        boolean data;

        void deliver() {
            socket.lock();
            try {
                data = true;
                sleep.wakeup();
            } finally {
                socket.unlock();
            }
        }

        void await() throws InterruptedException {
            while (!data) {
                sleep.await(Long.MAX_VALUE);
            }
        }

        @Override
        public void check() throws Exception {
            assertThat(data).isTrue();
        }

        @Override
        public void close() {
        }
    }

    /// As it should be.
    static final class Sound extends Toy {
        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("reader", () -> {
                socket.lock();
                try {
                    await();
                } finally {
                    socket.unlock();
                }
            });
            cast.accept("input", this::deliver);
        }
    }

    /// SMPng's: sleeping with a second lock, which the waker needs.
    static final class SleepsWithLock extends Toy {
        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("reader", () -> {
                table.lock();
                socket.lock();
                try {
                    await();
                } finally {
                    socket.unlock();
                    table.unlock();
                }
            });
            cast.accept("input", () -> {
                table.lock();
                try {
                    deliver();
                } finally {
                    table.unlock();
                }
            });
        }
    }

    /// ReactOS's: two who take the same two locks, each in an order of his own.
    static final class Reversal extends Toy {
        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("canceller", () -> both(table, socket));
            cast.accept("completer", () -> both(socket, table));
        }

        private void both(RankedLock first, RankedLock second) {
            first.lock();
            try {
                second.lock();
                data = true;
                second.unlock();
            } finally {
                first.unlock();
            }
        }
    }

    /// Looks, and sleeps later.
    static final class LostWakeup extends Toy {
        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("reader", () -> {
                socket.lock();
                boolean there = data;
                socket.unlock();
                if (!there) {
                    socket.lock();
                    sleep.await(Long.MAX_VALUE);
                    socket.unlock();
                }
            });
            cast.accept("input", this::deliver);
        }
    }

    private final LockDiscipline before = LockDiscipline.current();

    /// With one lock for all most of these mistakes are none.
    @BeforeEach
    void layered() {
        LockDiscipline.choose(LockDiscipline.LAYERED);
    }

    @AfterEach
    void asBefore() {
        LockDiscipline.choose(before);
    }

    private static Explorer.Result explore(java.util.concurrent.Callable<Race> race) {
        return Explorer.of("toy", race).explore();
    }

    @Test
    void passesWhatIsSound() {
        Explorer.Result found = explore(Sound::new);
        assertThat(found.failure()).isNull();
        assertThat(found.complete()).isTrue();
    }

    @Test
    void findsTheSleepWithALockThatTheWakerNeeds() {
        Witness.mode(Witness.Mode.OFF);                    // which would have seen it at once
        assertThat(explore(SleepsWithLock::new).failure()).hasMessageContaining("nobody can go on")
                .hasMessageContaining("input BLOCKED PORTS toy table");
    }

    @Test
    void findsTheReversal() {
        Witness.mode(Witness.Mode.OFF);
        assertThat(explore(Reversal::new).failure()).hasMessageContaining("nobody can go on");
    }

    @Test
    void findsTheLostWakeup() {
        Explorer.Result found = explore(LostWakeup::new);
        assertThat(found.failure()).hasMessageContaining("nobody can go on");
        assertThat(found.schedule()).isNotEmpty();
    }

    @Test
    void theWitnessSeesBothInTheirFirstSchedule() {
        assertThat(explore(SleepsWithLock::new).schedules()).isOne();
        assertThat(explore(Reversal::new).schedules()).isOne();
    }

    @Test
    void replaysASchedule() {
        Explorer.Result found = explore(LostWakeup::new);
        System.setProperty("schedule", found.schedule());
        try {
            assertThat(explore(LostWakeup::new).failure()).hasMessageContaining("nobody can go on");
            System.setProperty("schedule", "");
            assertThat(explore(LostWakeup::new).failure()).isNull();
        } finally {
            System.clearProperty("schedule");
        }
    }
}
