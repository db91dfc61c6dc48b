package org.splnet.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// The sum of so many octets, which lie in the cache, at the offset a TCP segment has behind Ethernet and IP.
@State(Scope.Thread)
@Fork(jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ChecksumBench {
    private static final int AT = 34;

    /// Octets.
    @Param({"20", "64", "576", "1460", "9000", "65535"})
    public int octets;
    private ByteBuf direct;
    private ByteBuf heap;

    @Setup
    public void fill() {
        byte[] random = new byte[AT + octets];
        new SplittableRandom(1).nextBytes(random);
        direct = PooledByteBufAllocator.DEFAULT.directBuffer(random.length).writeBytes(random);
        heap = PooledByteBufAllocator.DEFAULT.heapBuffer(random.length).writeBytes(random);
        int sum = ours();
        if (pairs() != sum || carry() != sum || unrolled() != sum || indexed() != sum || vector() != sum) {
            throw new IllegalStateException("the sums differ at " + octets + " octets");
        }
    }

    @TearDown
    public void release() {
        direct.release();
        heap.release();
    }

    @Benchmark
    public int ours() {
        return Checksum.sum(direct, AT, octets);
    }

    @Benchmark
    public int oursHeap() {
        return Checksum.sum(heap, AT, octets);
    }

    @Benchmark
    public int pairs() {
        return Sums.pairs(direct, AT, octets);
    }

    @Benchmark
    public int carry() {
        return Sums.carry(direct, AT, octets);
    }

    @Benchmark
    public int unrolled() {
        return Sums.unrolled(direct, AT, octets);
    }

    @Benchmark
    public int indexed() {
        return Sums.indexed(direct, AT, octets);
    }

    @Benchmark
    public int vector() {
        return Sums.vector(direct, AT, octets);
    }
}
