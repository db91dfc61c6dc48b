package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FaultLogTest {
    @RegisterExtension
    final Provoked provoked = new Provoked();

    private final FaultLog log = new FaultLog(3);

    private static Throwable fault(String message) {
        return new IllegalStateException(message);
    }

    @Test
    void logsEachDistinctStackOnceAndCountsIt() {
        for (int i = 0; i < 5; i++) {
            log.record(fault("number " + i));           // one place, five messages
        }
        log.record(fault("elsewhere"));
        assertThat(log.total()).isEqualTo(6);
        assertThat(log.distinct()).extracting(FaultLog.Fault::count).containsExactlyInAnyOrder(5L, 1L);
        assertThat(log.distinct()).extracting(fault -> fault.first().getMessage())
                .containsExactlyInAnyOrder("number 0", "elsewhere");
        assertThat(provoked.logged()).hasSize(2);
        assertThat(provoked.thrown()).isEqualTo("number 0");
    }

    @Test
    void logsWhatALockHolderMeetsWhenNothingIsHeld() {
        for (int i = 0; i < 3; i++) {
            log.recordLocked(fault("under a lock"));
        }
        assertThat(log.total()).isEqualTo(3);
        assertThat(log.distinct()).extracting(FaultLog.Fault::count).containsExactly(3L);
        assertThat(provoked.logged()).isEmpty();
        Deferred.run();
        assertThat(provoked.logged()).hasSize(1);
        assertThat(provoked.thrown()).isEqualTo("under a lock");
    }

    @Test
    void tellsFaultsApartByTheirCauses() {
        for (int i = 0; i < 4; i++) {
            Throwable cause = i % 2 == 0 ? new IllegalArgumentException() : new ArithmeticException();
            log.record(new IllegalStateException(cause));
        }
        assertThat(log.distinct()).hasSize(2);
    }

    @Test
    void keepsABoundedNumberOfKinds() {
        log.record(fault("a"));
        log.record(fault("b"));
        log.record(fault("c"));
        for (int i = 0; i < 10; i++) {
            log.record(fault("d"));
        }
        assertThat(log.distinct()).hasSize(3);
        assertThat(log.beyond()).isEqualTo(10);
        assertThat(log.total()).isEqualTo(13);
        assertThat(provoked.logged()).hasSize(3);
    }

    @Test
    void survivesACauseThatIsItsOwnCause() {
        var one = new IllegalStateException("one");
        var two = new IllegalStateException("two", one);
        one.initCause(two);
        log.record(one);
        assertThat(log.distinct()).hasSize(1);
    }

    @Test
    void countsExactlyFromManyThreads() {
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (int t = 0; t < 4; t++) {
                threads.submit(() -> {
                    for (int i = 0; i < 1000; i++) {
                        log.record(fault("many"));
                    }
                });
            }
        }
        assertThat(log.total()).isEqualTo(4000);
        assertThat(log.distinct()).extracting(FaultLog.Fault::count).containsExactly(4000L);
        assertThat(provoked.logged()).hasSize(1);
    }

    @Test
    void forgetsWhenCleared() {
        log.record(fault("a"));
        log.clear();
        assertThat(log.total()).isZero();
        assertThat(log.distinct()).isEmpty();
    }
}
