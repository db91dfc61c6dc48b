package org.splnet.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.pkt.PacketPool;

/// Which buffer is read into next; that all are given back is what [NoLeaks] looks at.
@ExtendWith(NoLeaks.class)
class ReusedBuffersTest {
    private static final int CAPACITY = 4096;
    private static final int MOST = 3;

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private final ReusedBuffers buffers = new ReusedBuffers(CAPACITY, MOST);

    @AfterEach
    void dispose() {
        buffers.dispose();
    }

    /// Frames that go up and are kept.
    private List<ByteBuf> keep(int count) {
        List<ByteBuf> kept = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            kept.add(buffers.supply(pool).retain());
            buffers.settle();
        }
        return kept;
    }

    /// Which one it is, not what it holds.
    private static int which(ByteBuf one, ByteBuf other) {
        return Long.compare(one.memoryAddress(), other.memoryAddress());
    }

    @Test
    void whatNobodyKeepsIsReadIntoAgain() {
        ByteBuf buf = buffers.supply(pool);
        buffers.settle();
        assertThat(buffers.supply(pool)).isSameAs(buf);
    }

    @Test
    void whatSomebodyKeepsIsNot() {
        List<ByteBuf> kept = keep(MOST);
        assertThat(kept).usingElementComparator(ReusedBuffersTest::which).doesNotHaveDuplicates();
        kept.forEach(ByteBuf::release);
    }

    /// Of those that have been given back, the one that was read into last.
    @Test
    void theLatestOfTheFreeComesFirst() {
        List<ByteBuf> kept = keep(MOST);
        kept.get(0).release();
        kept.get(1).release();
        List<ByteBuf> again = keep(2);
        assertThat(again.get(0)).isSameAs(kept.get(1));
        assertThat(again.get(1)).isSameAs(kept.get(0));
        kept.forEach(ByteBuf::release);
    }

    /// Whoever reads late has them for himself at last, and they are his to give back.
    @Test
    void theOldestIsGivenUpForANewOne() {
        List<ByteBuf> kept = keep(MOST + 2);
        assertThat(kept).usingElementComparator(ReusedBuffersTest::which).doesNotHaveDuplicates();
        assertThat(kept).extracting(ByteBuf::refCnt).containsExactly(1, 1, 2, 2, 2);
        kept.forEach(ByteBuf::release);
    }

    @Test
    void whatIsMadeLongerWhileItIsKeptIsNotUsedAgain() {
        ByteBuf kept = keep(1).getFirst();
        kept.capacity(2 * CAPACITY);
        kept.release();
        assertThat(buffers.supply(pool).capacity()).isEqualTo(CAPACITY);
    }

    /// It may have moved.
    @Test
    void whatWasMadeLongerIsGivenUp() {
        ByteBuf kept = buffers.supply(pool).retain();
        kept.capacity(2 * CAPACITY);
        buffers.settle();
        assertThat(kept.refCnt()).isOne();
        kept.release();
        assertThat(buffers.supply(pool).capacity()).isEqualTo(CAPACITY);
    }
}
