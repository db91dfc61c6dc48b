package org.splnet.pcb;

import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A connection found by its four-tuple among so many; `few` looks for the same 64 again and again, which
/// says what the algorithm costs, `any` for one after the other in no order, which adds what the caches do
/// not hold.
@State(Scope.Thread)
public class LookupBench {
    private static final int FEW = 64;
    private static final int ASKED = 1 << 16;
    private static final long MAPPED = 0xffff_0000_0000L;
    private static final long LOCAL = MAPPED | 0x0a58_0002L;

    /// Connections there are.
    @Param({"100", "1000", "10000", "100000", "1000000"})
    public int connections;
    private final PcbTable<Object> table = new PcbTable<>(1);
    private final TupleHash hash = new TupleHash(1);
    private final int[] asked = new int[ASKED];
    private int next;

    @Setup
    public void fill() {
        for (int i = 0; i < connections; i++) {
            table.insert(0, LOCAL, 80, 0, remote(i), port(i), new Object());
        }
        var random = new SplittableRandom(1);
        for (int i = 0; i < ASKED; i++) {
            asked[i] = random.nextInt(connections);
        }
    }

    @Benchmark
    public Object few() {
        return found(asked[next++ & FEW - 1]);
    }

    @Benchmark
    public Object any() {
        return found(asked[next++ & ASKED - 1]);
    }

    @Benchmark
    public Object none() {
        int i = asked[next++ & FEW - 1];
        return table.lookup(0, LOCAL, 81, 0, remote(i), port(i));
    }

    /// The part of it that is the hash.
    @Benchmark
    public long hash() {
        int i = asked[next++ & FEW - 1];
        return hash.hash(0, LOCAL, 80, 0, remote(i), port(i));
    }

    private Object found(int i) {
        Object endpoint = table.lookup(0, LOCAL, 80, 0, remote(i), port(i));
        if (endpoint == null) {
            throw new AssertionError("connection " + i);
        }
        return endpoint;
    }

    private static long remote(int i) {
        return MAPPED | 0x0a59_0000L + i / 50_000;
    }

    private static int port(int i) {
        return 10_000 + i % 50_000;
    }
}
