package org.splnet;

/// Seeds for random tests: `-Dseed=N` replays one, otherwise each run explores another. Every seed is
/// printed; put it into the failure message too.
public final class TestSeed {
    private TestSeed() {
    }

    /// The seed of this run.
    public static long next() {
        Long given = Long.getLong("seed");
        long seed = given != null ? given : System.nanoTime();
        System.err.println("seed " + seed + " for " + caller() + " (replay with -Dseed=" + seed + ")");
        return seed;
    }

    private static String caller() {
        return StackWalker.getInstance().walk(frames -> frames.skip(2).findFirst())
                .map(frame -> frame.getClassName() + "." + frame.getMethodName()).orElse("?");
    }
}
