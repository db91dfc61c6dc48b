package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventsTest {
    private static final long PATIENCE_S = 30;

    @Test
    void nobodyIsToldOfWhatNobodyWants() {
        assertThat(Events.wanted(EventKind.LINK_UP)).isFalse();
        try (var up = Events.subscribe(EnumSet.of(EventKind.LINK_UP), 4, () -> { })) {
            assertThat(Events.wanted(EventKind.LINK_UP)).isTrue();
            assertThat(Events.wanted(EventKind.LINK_DOWN)).isFalse();
            try (var down = Events.subscribe(EnumSet.of(EventKind.LINK_DOWN), 4, () -> { })) {
                Events.post(EventKind.LINK_UP, "interface", "a");
                assertThat(down.poll()).isNull();
                assertThat(up.poll().fields()).containsExactly("interface", "a");
                assertThat(up.poll()).isNull();
            }
            assertThat(Events.wanted(EventKind.LINK_DOWN)).isFalse();
            assertThat(Events.wanted(EventKind.LINK_UP)).isTrue();
        }
        assertThat(Events.wanted(EventKind.LINK_UP)).isFalse();
    }

    @Test
    void whatFindsNoRoomIsCounted() {
        try (var all = Events.subscribe(EnumSet.allOf(EventKind.class), 4, () -> { })) {
            for (int i = 0; i < 10; i++) {
                Events.post(EventKind.LINK_UP, "interface", i);
            }
            assertThat(all.lost()).isEqualTo(6);
            for (int i = 0; i < 4; i++) {
                assertThat(all.poll().fields()[1]).isEqualTo(i);
            }
            Events.post(EventKind.LINK_UP, "interface", "again");
            assertThat(all.poll().fields()[1]).isEqualTo("again");
            assertThat(all.lost()).isEqualTo(6);
        }
    }

    /// Told under the innermost lock; woken with nothing held, whoever told.
    @Test
    void whoTellsHoldsLocksAndWhoIsWokenDoesNot() throws Exception {
        Semaphore woken = new Semaphore(0);
        RankedLock lock = new RankedLock(LockRank.LEAF, "of a test");
        try (var all = Events.subscribe(EnumSet.allOf(EventKind.class), 4, () -> {
            Witness.assertNothingHeld("waking a subscriber");
            woken.release();
        })) {
            for (int i = 0; i < 100; i++) {
                lock.lock();
                try {
                    Events.post(EventKind.LINK_UP, "interface", i);
                } finally {
                    lock.unlock();
                }
                assertThat(woken.tryAcquire(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
                assertThat(all.poll().fields()[1]).isEqualTo(i);
            }
        }
    }

    @Test
    void aSubscriberWithAFaultIsWokenAgain() throws Exception {
        Semaphore woken = new Semaphore(0);
        FaultLog.system().clear();
        try (var all = Events.subscribe(EnumSet.of(EventKind.LINK_UP), 4, () -> {
            woken.release();
            throw new IllegalStateException("on purpose");
        })) {
            for (int i = 0; i < 2; i++) {
                Events.post(EventKind.LINK_UP, "interface", i);
                assertThat(woken.tryAcquire(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(all.lost()).isZero();
            while (FaultLog.system().distinct().stream().mapToLong(FaultLog.Fault::count).sum() < 2) {
                Thread.onSpinWait();            // it is recorded after the wake-up
            }
        }
        FaultLog.system().clear();
    }

    @Test
    void faultsAndViolationsAreEvents() {
        FaultLog.system().clear();
        try (var all = Events.subscribe(EnumSet.of(EventKind.FAULT), 4, () -> { })) {
            RuntimeException fault = new IllegalStateException("on purpose");
            FaultLog.system().record(fault);
            FaultLog.system().record(fault);
            assertThat(all.poll().fields()).contains("java.lang.IllegalStateException",
                    fault.getStackTrace()[0]);
            assertThat(all.poll()).isNull();
        } finally {
            FaultLog.system().clear();
        }
    }
}
