package org.splnet;

/// Seeds for random tests: `-Dseed=N` replays one, otherwise each run explores another. Put the seed into
/// the failure message.
public final class TestSeed {
    private TestSeed() {
    }

    /// The seed of this run.
    public static long next() {
        Long given = Long.getLong("seed");
        return given != null ? given : System.nanoTime();
    }
}
