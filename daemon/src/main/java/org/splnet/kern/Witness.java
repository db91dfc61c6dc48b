package org.splnet.kern;

import java.util.Locale;
import org.slf4j.LoggerFactory;

/// Watches the locking rules while the program runs, after FreeBSD's WITNESS. The order is total and static
/// ([LockRank]), so no graph is learned: the enum is the document, and this class executes it. The rules are
/// the constants of [Violation.Kind].
///
/// Off, it costs one plain read of a static field per operation. Switched on while locks are held it knows
/// nothing of those; switched off and on again it may remember locks that were given up meanwhile. Neither
/// raises a false alarm: what it knows of a thread's locks is confirmed with the lock before anything is
/// reported.
///
/// The mode at start is that of the system property `splnet.witness` (`off`, `count`, `throw`);
/// `splnet.witness.sites=true` also keeps where each held lock was taken, which is slow.
public final class Witness {
    /// What the witness does.
    public enum Mode {
        /// Nothing.
        OFF,
        /// Counts violations and logs each pair of locks once.
        COUNT,
        /// Counts, and throws [LockOrderException] at the violation; every test runs like this.
        THROW;

        /// The mode of that name, in any case.
        ///
        /// @throws IllegalArgumentException quoting the text and saying what is allowed
        public static Mode parse(String text) {
            for (Mode mode : values()) {
                if (mode.name().equalsIgnoreCase(text)) {
                    return mode;
                }
            }
            throw new IllegalArgumentException("\"" + text + "\" is not one of off, count, throw");
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final String PROPERTY = "splnet.witness";

    private static final ThreadLocal<HeldLocks> HELD = ThreadLocal.withInitial(HeldLocks::new);
    private static final WitnessLedger LEDGER = new WitnessLedger();
    private static volatile Mode mode = atStart(System.getProperty(PROPERTY));
    private static volatile boolean sites = Boolean.getBoolean(PROPERTY + ".sites");
    // Not volatile: seen a little late by some threads, at no cost to all of them.
    private static boolean watching = mode != Mode.OFF;

    private Witness() {
    }

    /// A wrong property must not surface as a class that cannot be initialised, somewhere under a lock.
    static Mode atStart(String property) {
        try {
            return property == null ? Mode.OFF : Mode.parse(property);
        } catch (IllegalArgumentException e) {
            LoggerFactory.getLogger("splnet.witness").error(
                    "system property {}: {}; the witness stays off", PROPERTY, e.getMessage());
            return Mode.OFF;
        }
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

    /// Switches on or off that the place where each lock is taken is kept, so that a report can show both
    /// sides. Costs a stack walk per acquisition.
    public static void keepSites(boolean keep) {
        sites = keep;
    }

    /// What was counted so far.
    public static WitnessReport report() {
        return LEDGER.report(mode);
    }

    /// Forgets what was counted.
    public static void reset() {
        LEDGER.reset();
    }

    /// Call before anything that may block (file, socket, queue, join): nothing may be held.
    ///
    /// @param what a constant that names it
    public static void beforeBlocking(String what) {
        if (watching) {
            nothingHeld(Violation.Kind.BLOCKING, what);
        }
    }

    /// Call before an up-call or a client's callback: nothing may be held.
    ///
    /// @param what a constant that names it
    public static void assertNothingHeld(String what) {
        if (watching) {
            nothingHeld(Violation.Kind.CALL, what);
        }
    }

    /// Call where a batch ends: a lock that is still held will never be given up.
    ///
    /// @param what whose batch
    public static void endOfBatch(String what) {
        if (watching) {
            nothingHeld(Violation.Kind.LEAK, what);
        }
    }

    static boolean watching() {
        return watching;
    }

    static void beforeLock(RankedLock next) {
        if (next.held()) {
            violation(Violation.Kind.RECURSION, next, next.toString());
            return;
        }
        RankedLock highest = HELD.get().notBelow(next.rank());
        if (highest != null) {
            violation(highest.rank() == next.rank() ? Violation.Kind.SAME_RANK : Violation.Kind.ORDER,
                    highest, next.toString());
        }
    }

    static void locked(RankedLock lock, boolean contested) {
        LEDGER.acquired(lock.rank(), contested);
        HELD.get().push(lock, sites ? new Throwable("taken here: " + lock) : null);
    }

    static void unlocking(RankedLock lock) {
        if (!lock.held()) {
            violation(Violation.Kind.STRANGER, null, lock.toString());
        }
        HELD.get().remove(lock);
    }

    static void beforeSleep(RankedLock interlock) {
        if (watching) {
            RankedLock other = HELD.get().otherThan(interlock);
            if (other != null) {
                violation(Violation.Kind.SLEEP, other, interlock.toString());
            }
        }
    }

    private static void nothingHeld(Violation.Kind kind, String what) {
        RankedLock held = HELD.get().otherThan(null);
        if (held != null) {
            violation(kind, held, what);
        }
    }

    private static void violation(Violation.Kind kind, RankedLock held, String other) {
        var seen = new LockOrderException(
                kind.describe(held, other), held == null ? null : HELD.get().site(held));
        LEDGER.violated(kind, held == null ? "" : held.toString(), other, seen, mode);
        if (mode == Mode.THROW) {
            throw seen;
        }
    }
}
