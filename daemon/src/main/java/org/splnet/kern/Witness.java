package org.splnet.kern;

import java.util.ArrayDeque;

/// Watches the lock order while the program runs, after FreeBSD's WITNESS. The order is total and static
/// ([LockRank]), so no graph is learned: the enum is the document, and this class executes it.
public final class Witness {
    /// What the witness does.
    public enum Mode {
        /// Nothing.
        OFF,
        /// Counts violations and logs each pair of locks once.
        COUNT,
        /// Throws at the violation; every test runs like this.
        THROW
    }

    private static final ThreadLocal<ArrayDeque<RankedLock>> HELD = ThreadLocal.withInitial(ArrayDeque::new);
    private static volatile Mode mode =
            Mode.valueOf(System.getProperty("splnet.witness", "off").toUpperCase(java.util.Locale.ROOT));
    private static boolean watching = mode != Mode.OFF;

    private Witness() {
    }

    /// Switches the witness while the program runs.
    public static void mode(Mode next) {
        mode = next;
        watching = next != Mode.OFF;
    }

    /// What the witness does now.
    public static Mode mode() {
        return mode;
    }

    /// Call before anything that may block (file, socket, queue, join): nothing may be held.
    public static void beforeBlocking(String what) {
        assertNothingHeld(what);
    }

    /// Call before an up-call, a client's callback, and at the end of an input batch: nothing may be held.
    public static void assertNothingHeld(String what) {
        if (watching && !HELD.get().isEmpty()) {
            report(what + " while holding " + HELD.get());
        }
    }

    static boolean watching() {
        return watching;
    }

    static void beforeLock(RankedLock next) {
        RankedLock top = HELD.get().peek();
        if (top != null && top.rank().compareTo(next.rank()) >= 0) {
            report("lock order reversal: " + next + " after " + top);
        }
    }

    static void locked(RankedLock lock) {
        HELD.get().push(lock);
    }

    static void unlocking(RankedLock lock) {
        HELD.get().removeFirstOccurrence(lock);
    }

    static void beforeSleep(RankedLock interlock) {
        if (watching && (HELD.get().size() != 1 || HELD.get().peek() != interlock)) {
            report("sleeping on " + interlock + " while holding " + HELD.get());
        }
    }

    private static void report(String what) {
        if (mode == Mode.THROW) {
            throw new IllegalStateException(what);
        }
    }
}
