package org.splnet.fuzz;

/// What a harness claims; unlike `assert` it holds whatever the flags of the JVM.
final class Claim {
    private Claim() { }

    static void that(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
