package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.config.ConfigReader;
import org.splnet.control.Refusal;

/// A daemon that ends while its configuration changes.
@Timeout(60)
class ReloadEndTest extends ReloadBed {
    private final CountDownLatch there = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    private void hang() {
        there.countDown();
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void waits(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void waitsForTheOneUnderWayAndRefusesThoseBehindIt() throws Exception {
        var reader = new ConfigReader(drivers);
        daemon.again(() -> reader.read(file()), summary -> {
            hang();
            told.add(summary);
        });
        write(INTERFACE.replace(".2/24", ".3/24"));
        Thread one = Thread.ofPlatform().start(() -> daemon.reload());
        there.await();
        CompletableFuture<Refusal> refused = new CompletableFuture<>();
        Thread behind = Thread.ofPlatform().start(
                () -> refused.complete(catchThrowableOfType(Refusal.class, daemon::reload)));
        waits(behind);
        Thread end = Thread.ofPlatform().start(() -> {
            daemon.close();
            told.add("closed");
        });
        waits(end);
        go.countDown();
        for (Thread each : new Thread[] {one, behind, end}) {
            each.join();
        }
        assertThat(refused.get().kind()).isEqualTo(Refusal.Kind.STOPPING);
        assertThat(told).containsExactly("w0 10.9.0.3/24", "closed");
    }

    @Test
    void doesNotWaitForOneThatHangsAndThatChangesNothingLater() throws Exception {
        Reload reload = new Reload(null, null);
        CompletableFuture<Object> late = CompletableFuture.supplyAsync(() -> {
            try {
                return reload.to(() -> {
                    hang();
                    return null;
                }, () -> told.add("late"));
            } catch (Exception e) {
                return e;
            }
        });
        there.await();
        reload.end(1);
        assertThat(late).isNotDone();
        go.countDown();
        assertThat(late.get()).isInstanceOf(Refusal.class);
        assertThat(told).isEmpty();
    }
}
