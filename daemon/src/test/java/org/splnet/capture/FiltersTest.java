package org.splnet.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where filters are compiled, and what comes of it.
class FiltersTest {
    private static final BpfProgram ALL = new BpfProgram(new BpfProgram.Instruction(6, 0, 0, 1));

    private static <T> T virtually(Callable<T> work) throws Exception {
        return begun(work).get();
    }

    private static <T> Future<T> begun(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.startVirtualThread(task);
        return task;
    }

    /// libpcap asks the host's resolver by native code, and a virtual thread keeps its carrier there: on a
    /// machine with two processors two such filters kept everybody's requests waiting for the resolver.
    @Test
    void aRequestsThreadKeepsNoCarrierWhileItsFilterIsCompiled() throws Exception {
        Thread[] compiling = new Thread[1];
        BpfProgram program = virtually(() -> Filters.compile("host example.com", filter -> {
            compiling[0] = Thread.currentThread();
            return ALL;
        }));
        assertThat(program).isSameAs(ALL);
        assertThat(compiling[0].isVirtual()).isFalse();
    }

    @Test
    void theCompilersWordsArrive() {
        assertThatThrownBy(() -> virtually(() -> Filters.compile("no", filter -> {
            throw new FilterException("is none");
        }))).rootCause().isInstanceOf(FilterException.class).hasMessage("is none");
    }

    @Test
    void aFaultOfTheCompilersIsNoRefusal() {
        assertThatThrownBy(() -> Filters.compile("ip", filter -> {
            throw new LinkageError("gone");
        })).isNotInstanceOfAny(FilterException.class, IllegalStateException.class)
                .hasRootCauseMessage("gone");
    }

    /// Four names that nobody answers for kept all other filters waiting, those without names too.
    @Test
    @Timeout(60)
    void aFilterWaitsForNoOthersName() throws Exception {
        CountDownLatch resolver = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(60);
        List<Future<BpfProgram>> waiting = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            waiting.add(begun(() -> Filters.compile("host example.com", filter -> {
                asked.countDown();
                await(resolver);
                return ALL;
            })));
        }
        try {
            asked.await();
            assertThat(virtually(() -> Filters.compile("ip", filter -> ALL))).isSameAs(ALL);
        } finally {
            resolver.countDown();
        }
        for (Future<BpfProgram> each : waiting) {
            assertThat(each.get()).isSameAs(ALL);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
