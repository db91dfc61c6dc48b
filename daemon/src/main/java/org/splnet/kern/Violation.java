package org.splnet.kern;

import java.util.Set;

/// A pair that broke a locking rule, as the [Witness] has counted it.
///
/// @param kind which rule
/// @param held rank and name of the lock that was in the way; empty if there was none
/// @param other rank and name of the second lock, or what was about to be done
/// @param count how often
/// @param first the first time, or the first time that both sites were known: its stack is the offender's,
///     its cause is where `held` was taken
public record Violation(Kind kind, String held, String other, long count, LockOrderException first) {
    /// The rules.
    public enum Kind {
        /// A lock of a lower rank was taken than one that is held.
        ORDER("lock order reversal"),
        /// Two locks of one rank at a time.
        SAME_RANK("two locks of one rank"),
        /// A lock was taken twice.
        RECURSION("recursion"),
        /// A thread went to sleep holding more than the lock it sleeps on.
        SLEEP("sleeping"),
        /// A thread was about to block holding a lock.
        BLOCKING("blocking"),
        /// A call up or out, or into code of others, holding a lock.
        CALL("calling"),
        /// A lock was given up by a thread that did not have it.
        STRANGER("unlocked by a stranger"),
        /// What may happen once happened again: the end of an endpoint, the answer to a call.
        TWICE("a second time"),
        /// A lock was still held at the end of a batch.
        LEAK("held at the end of a batch");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String describe(RankedLock held, String other) {
            return switch (this) {
                case ORDER, SAME_RANK -> title + ": " + other + " after " + held;
                case SLEEP, BLOCKING, CALL -> title + ": " + other + " while holding " + held;
                case RECURSION, STRANGER, TWICE -> title + ": " + other;
                case LEAK -> title + " of " + other + ": " + held;
            };
        }
    }

    /// Where `held` had been taken, the first frame outside of the locks themselves; null if not known.
    public String heldAt() {
        return first.getCause() == null ? null : place(first.getCause());
    }

    /// Where the rule was broken.
    public String otherAt() {
        return place(first);
    }

    private static String place(Throwable taken) {
        Set<String> ours = Set.of(Witness.class.getName(), RankedLock.class.getName(),
                SleepPoint.class.getName());
        for (StackTraceElement each : taken.getStackTrace()) {
            if (!ours.contains(each.getClassName())) {
                return each.toString();
            }
        }
        return "unknown";
    }
}
