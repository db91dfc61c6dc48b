package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class StackSnapshotTest {
    /// As Netty chooses where direct memory is limited to 16 MiB; the octets were -1.
    @Test
    @SuppressWarnings("deprecation")                // what the pool itself asks
    void withoutAPoolBuffersAreCountedAllTheSame() {
        PooledByteBufAllocator none = new PooledByteBufAllocator(true, 0, 0, 8192, 9);
        assertThat(none.metric().usedDirectMemory()).isNegative();
        ByteBuf one = none.directBuffer(1 << 20);
        assertThat(StackSnapshot.direct(none.metric().usedDirectMemory())).isGreaterThanOrEqualTo(1 << 20);
        assertThat(StackSnapshot.direct(none.pinnedDirectMemory())).isGreaterThanOrEqualTo(1 << 20);
        one.release();
    }
}
