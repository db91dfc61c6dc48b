package org.splnet.kern;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// SipHash-2-4 of one word, and of five: an initial sequence number.
@State(Scope.Thread)
public class SipHashBench {
    private long k0 = 0x0706_0504_0302_0100L;
    private long k1 = 0x0f0e_0d0c_0b0a_0908L;
    private long a = 0xffff_0a58_0002L;
    private long b = 0xffff_0a58_0001L;
    private long c = 0x0050_c001L;

    @Benchmark
    public long oneWord() {
        return SipHash.hash(k0, k1, c++);
    }

    @Benchmark
    public long fiveWords() {
        return SipHash.hash(k0, k1, 0, a, 0, b, c++);
    }
}
