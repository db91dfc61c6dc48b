package org.splnet.kern;

import java.util.Locale;
import org.slf4j.LoggerFactory;

/// Watches the locking rules, and the price of the locks, while the program runs, after FreeBSD's WITNESS and
/// LOCK_PROFILING. The order is total and static ([LockRank]), so no graph is learned: the enum is the
/// document, and this class executes it. The rules are the constants of [Violation.Kind].
///
/// Off, it costs one read of a static field per operation. Switched while locks are held it knows nothing of
/// those, so it may overlook something but never raises a false alarm.
///
/// A report shows where both locks were taken: the second by the offender's stack, the first from the second
/// time on that the same pair is seen, because keeping the place of every acquisition would be slow; the
/// first violation says which locks are worth it. `splnet.witness.sites=true` keeps all from the start.
///
/// The mode at start is that of the system property `splnet.witness`.
public final class Witness {
    /// What the witness does.
    public enum Mode {
        /// Nothing.
        OFF(false),
        /// Counts and times waits for locks, and nothing about those that are free: cheap.
        CONTESTED(false),
        /// Counts acquisitions and times waits and holds of each place that takes a lock: slow, for a look.
        PROFILE(true),
        /// As contested; counts acquisitions and violations of the rules and logs each pair of locks once.
        ORDER(true),
        /// As order, and throws [LockOrderException] at the violation; every test runs like this.
        THROW(true);

        private final boolean tracks;

        /// @param tracks knows what each thread holds
        Mode(boolean tracks) {
            this.tracks = tracks;
        }

        /// The mode of that name, in any case.
        ///
        /// @throws IllegalArgumentException quoting the text and saying what is allowed
        public static Mode parse(String text) {
            Mode mode = find(text);
            if (mode == null) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" is not one of off, contested, profile, order, throw");
            }
            return mode;
        }

        /// The mode of that name, of those that may be asked for from outside: a daemon does not throw.
        ///
        /// @throws IllegalArgumentException saying what is allowed
        public static Mode asked(String text) {
            Mode mode = text.isEmpty() || !text.equals(text.toLowerCase(Locale.ROOT)) ? THROW : find(text);
            if (mode == null || mode == THROW) {
                throw new IllegalArgumentException("must be one of off, contested, profile, order");
            }
            return mode;
        }

        private static Mode find(String text) {
            for (Mode mode : values()) {
                if (mode.name().equalsIgnoreCase(text)) {
                    return mode;
                }
            }
            return null;
        }

        private boolean checks() {
            return this == ORDER || this == THROW;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final String PROPERTY = "splnet.witness";

    private static final Acquisitions ACQUISITIONS = new Acquisitions();
    private static final ThreadLocal<HeldLocks> HELD = ThreadLocal.withInitial(
            () -> new HeldLocks(ACQUISITIONS.register()));
    private static final WitnessLedger LEDGER = new WitnessLedger();
    private static final LockProfile PROFILE = new LockProfile();
    private static volatile Mode mode = atStart(System.getProperty(PROPERTY));
    private static volatile int epoch;
    private static volatile LockSchedule schedule;
    private static volatile boolean sites = Boolean.getBoolean(PROPERTY + ".sites");
    private static volatile boolean watching = mode != Mode.OFF;

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
    public static synchronized void mode(Mode next) {
        boolean blind = !mode.tracks || !next.tracks;
        mode = next;
        epoch += blind ? 1 : 0;                 // before anybody is told to look at what he holds
        watching = next != Mode.OFF || schedule != null;
    }

    /// What the witness does now.
    public static Mode mode() {
        return mode;
    }

    /// Has lock operations of some threads decided by `next`; null for none.
    static synchronized void schedule(LockSchedule next) {
        schedule = next;
        watching = mode != Mode.OFF || next != null;
    }

    /// Switches on or off that the place where each lock is taken is kept, so that a report can show both
    /// sides the first time. Costs a stack walk per acquisition.
    public static void keepSites(boolean keep) {
        sites = keep;
    }

    /// What was counted so far.
    public static WitnessReport report() {
        return LEDGER.report(mode, ACQUISITIONS.read(), PROFILE.waits(), PROFILE.sites());
    }

    /// Forgets what was counted.
    public static void reset() {
        LEDGER.reset();
        ACQUISITIONS.reset();
        PROFILE.clear();
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

    /// Call where something happens a second time that may happen once: an end, a completion.
    ///
    /// @param what a constant that names it
    public static void twice(String what) {
        if (mode.checks()) {
            violation(Violation.Kind.TWICE, null, what);
        }
    }

    static boolean watching() {
        return watching;
    }

    static void lock(RankedLock lock) {
        Mode now = mode;
        LockSchedule decides = schedule;
        if (decides != null && decides.governs(Thread.currentThread())) {
            HeldLocks held = held();
            check(now, held, lock);
            decides.lock(lock);
            held.push(lock, placeOf(lock), null, 0);
        } else if (!now.tracks) {
            if (!lock.take()) {
                PROFILE.await(lock);
            }
        } else {
            HeldLocks held = held();
            check(now, held, lock);
            LockProfile.Tally tally = now == Mode.PROFILE ? PROFILE.take(lock) : take(lock);
            held.push(lock, placeOf(lock), tally, tally == null ? 0 : System.nanoTime());
        }
    }

    private static LockProfile.Tally take(RankedLock lock) {
        if (!lock.take()) {
            PROFILE.await(lock);
        }
        return null;
    }

    private static Throwable placeOf(RankedLock lock) {
        return sites || LEDGER.suspects(lock.rank()) ? new Throwable("taken here: " + lock) : null;
    }

    /// What [#lock] checks, for who takes the lock only sometimes.
    static void beforeLock(RankedLock next) {
        check(mode, held(), next);
    }

    private static void check(Mode now, HeldLocks held, RankedLock next) {
        if (!now.checks()) {
            return;
        }
        if (held.has(next) || next.heldAlone()) {
            violation(Violation.Kind.RECURSION, next, next.toString());
            return;
        }
        RankedLock highest = held.notBelow(next.rank());
        if (highest != null) {
            violation(highest.rank() == next.rank() ? Violation.Kind.SAME_RANK : Violation.Kind.ORDER,
                    highest, next.toString());
        }
    }

    static void unlock(RankedLock lock) {
        Mode now = mode;
        LockSchedule decides = schedule;
        if (now.checks() && !lock.held()) {
            violation(Violation.Kind.STRANGER, null, lock.toString());
        }
        if (now.tracks || decides != null) {
            held().remove(lock);
        }
        lock.release();
        if (decides != null && decides.governs(Thread.currentThread())) {
            decides.unlocked(lock);
        }
    }

    /// @return nanoseconds left
    static long sleep(SleepPoint point, RankedLock interlock, long timeoutNs) throws InterruptedException {
        HeldLocks held = held();
        RankedLock other = mode.checks() ? held.otherThan(interlock) : null;
        if (other != null) {
            violation(Violation.Kind.SLEEP, other, interlock.toString());
        }
        LockSchedule decides = schedule;
        if (decides != null && decides.governs(Thread.currentThread())) {
            return decides.sleep(point, interlock, timeoutNs);
        }
        held.pause(interlock);
        try {
            return point.sleep(timeoutNs);
        } finally {
            held().resume(interlock);
        }
    }

    static void wakeup(SleepPoint point) {
        LockSchedule decides = schedule;
        if (decides != null) {
            decides.wakeup(point);
        }
    }

    private static HeldLocks held() {
        return HELD.get().at(epoch);
    }

    private static void nothingHeld(Violation.Kind kind, String what) {
        RankedLock held = mode.checks() ? held().otherThan(null) : null;
        if (held != null) {
            violation(kind, held, what);
        }
    }

    private static void violation(Violation.Kind kind, RankedLock held, String other) {
        Throwable site = held == null ? null : held().site(held);
        var seen = new LockOrderException(kind.describe(held, other), site);
        LEDGER.violated(kind, held, other, seen, mode);
        if (mode == Mode.THROW) {
            throw seen;
        }
    }
}
