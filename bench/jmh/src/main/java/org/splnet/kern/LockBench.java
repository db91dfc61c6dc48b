package org.splnet.kern;

import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A free lock, taken and given up, by what the witness does.
@State(Scope.Thread)
public class LockBench {
    /// The witness's mode.
    @Param({"off", "contested", "order", "throw", "profile"})
    public String witness;
    private final RankedLock endpoint = new RankedLock(LockRank.ENDPOINT, "endpoint");
    private final RankedLock leaf = new RankedLock(LockRank.LEAF, "leaf");
    private final ReentrantLock bare = new ReentrantLock();

    @Setup
    public void watch() {
        Witness.mode(Witness.Mode.parse(witness));
    }

    @Benchmark
    public void one() {
        endpoint.lock();
        endpoint.unlock();
    }

    /// Two, one within the other.
    @Benchmark
    public void nested() {
        endpoint.lock();
        leaf.lock();
        leaf.unlock();
        endpoint.unlock();
    }

    /// One of the JDK's, for comparison.
    @Benchmark
    public void reentrant() {
        bare.lock();
        bare.unlock();
    }
}
