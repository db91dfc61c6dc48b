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

    /// A batch that has been read makes room for the next in the same memory.
    @Test
    void whatHasComeBackIsReadIntoFromTheFirstOn() {
        List<ByteBuf> kept = keep(MOST);
        kept.forEach(ByteBuf::release);
        List<ByteBuf> again = keep(2);
        assertThat(again.get(0)).isSameAs(kept.get(0));
        assertThat(again.get(1)).isSameAs(kept.get(1));
        again.forEach(ByteBuf::release);
    }

    /// Readers that are behind, but read.
    @Test
    void theOldestComesNextWhileTheFirstIsKept() {
        List<ByteBuf> kept = keep(MOST);
        kept.get(1).release();
        kept.get(2).release();
        List<ByteBuf> more = keep(2);
        assertThat(kept).usingElementComparator(ReusedBuffersTest::which).doesNotContain(more.get(0));
        assertThat(more.get(1)).isSameAs(kept.get(1));
        more.forEach(ByteBuf::release);
        kept.get(0).release();
    }

    /// Whoever does not read has them for himself, and they are his to give back.
    @Test
    void whatIsNotBackWhenItsTurnComesIsGivenUp() {
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
        kept.release();
        assertThat(buffers.supply(pool).capacity()).isEqualTo(CAPACITY);
    }
}
