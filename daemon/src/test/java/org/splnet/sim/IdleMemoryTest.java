package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.splnet.socket.SocketException;

/// A smaller run of what `bench/memory` prints; large enough that what other tests left in the heap is small
/// beside it.
class IdleMemoryTest {
    @Test
    void anIdleConnectionTakesNoMoreThanOneAndAHalfKibibytes() throws SocketException {
        var parts = IdleMemory.measure(50_000, false);
        assertThat(IdleMemory.total(parts)).as("%s", parts.subList(0, 20)).isLessThan(1536);
    }
}
