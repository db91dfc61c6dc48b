package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.kern.Clock;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Lookout;
import org.splnet.unix.Poller;

@Timeout(60)
class TurnedWorkTest {
    private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
    private Poller poller;

    @BeforeEach
    void open() throws Exception {
        poller = new Poller("turns-test", Clock.system(), 0, new Lookout());
    }

    @AfterEach
    void close() {
        poller.close();
        FaultLog.system().clear();
    }

    private TurnedWork work(BooleanSupplier work) {
        return new TurnedWork(poller, work, () -> said.add("failed"), () -> said.add("closed"));
    }

    private String next() throws InterruptedException {
        return said.poll(20, TimeUnit.SECONDS);
    }

    /// Else whoever waits for it waited for ever, and it could not be closed.
    @Test
    void workThatThrowsGivesItsTurnBack() throws Exception {
        var work = work(() -> {
            said.add("work");
            throw new IllegalStateException("wanted by the test");
        });
        work.push();
        assertThat(next()).isEqualTo("work");
        assertThat(next()).isEqualTo("failed");
        assertThat(FaultLog.system().total()).isOne();
        work.push();
        assertThat(next()).isEqualTo("work");
        assertThat(next()).isEqualTo("failed");
        poller.execute(work::close);
        assertThat(next()).isEqualTo("closed");
        work.push();
        poller.execute(() -> said.add("all"));
        assertThat(next()).isEqualTo("all");
    }

    @Test
    void whatIsLeftIsDoneByThePoller() throws Exception {
        int[] parts = {3};
        var work = work(() -> {
            said.add(poller.here() ? "poller" : "test");
            return --parts[0] == 0;
        });
        work.push();
        assertThat(next()).isEqualTo("test");
        assertThat(next()).isEqualTo("poller");
        assertThat(next()).isEqualTo("poller");
        poller.execute(() -> said.add("all"));
        assertThat(next()).isEqualTo("all");
    }
}
