package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A queue in which so many pieces lie already: octets added behind, as many taken in front.
@State(Scope.Thread)
public class OctetQueueBench {
    private static final int SEGMENT = 1448;
    private static final int SHORT = 100;
    private static final int BUFFERS = 1 << 12;

    /// Pieces that stay in it.
    @Param({"0", "1", "32", "1024"})
    public int pieces;
    private final OctetQueue kept = new OctetQueue(PooledByteBufAllocator.DEFAULT, 1 << 20);
    private final OctetQueue copied = new OctetQueue(PooledByteBufAllocator.DEFAULT, 1 << 20);
    private final ByteBuf[] buffers = new ByteBuf[BUFFERS];
    private int next;

    @Setup
    public void fill() {
        for (int i = 0; i < BUFFERS; i++) {
            buffers[i] = PooledByteBufAllocator.DEFAULT.directBuffer(1536).writeZero(1536);
        }
        for (int i = 0; i < pieces; i++) {
            kept.keep(buffers[next++ & BUFFERS - 1], 54, SEGMENT);
            copied.copy(buffers[0], 54, SHORT);
        }
    }

    @TearDown
    public void release() {
        kept.clear();
        copied.clear();
        for (ByteBuf each : buffers) {
            each.release();
        }
    }

    /// A segment kept by reference and read.
    @Benchmark
    public int keepTake() {
        kept.keep(buffers[next++ & BUFFERS - 1], 54, SEGMENT);
        ByteBuf taken = kept.take(SEGMENT);
        int octets = taken.readableBytes();
        taken.release();
        return octets;
    }

    /// A segment kept by reference and forgotten, as acknowledged.
    @Benchmark
    public int keepDrop() {
        kept.keep(buffers[next++ & BUFFERS - 1], 54, SEGMENT);
        kept.drop(SEGMENT);
        return kept.length();
    }

    /// 100 octets copied and forgotten.
    @Benchmark
    public int copyDrop() {
        copied.copy(buffers[0], 54, SHORT);
        copied.drop(SHORT);
        return copied.length();
    }
}
