package org.splnet.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Where filters are compiled, and what comes of it.
class FiltersTest {
    private static final BpfProgram ALL = new BpfProgram(new BpfProgram.Instruction(6, 0, 0, 1));

    private static <T> T virtually(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.startVirtualThread(task);
        return task.get();
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
}
