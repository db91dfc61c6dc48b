package org.splnet.kern;

import java.util.Locale;
import org.slf4j.LoggerFactory;

/// How many locks there really are behind the [RankedLock]s.
///
/// Layered is the product. Giant is what Kyu and the ReactOS driver had: one recursive lock, given up around
/// waits. It is kept as the baseline that layered is measured against, and to bisect: what goes wrong under
/// layered and not under giant is a race. The ranks, and the [Witness], are the same under both.
public enum LockDiscipline {
    /// Each lock is a lock of its own.
    LAYERED,
    /// All are one.
    GIANT;

    /// The system property with the discipline at start.
    public static final String PROPERTY = "splnet.locks";

    private static volatile LockDiscipline current = atStart(System.getProperty(PROPERTY));

    /// The discipline of that name.
    ///
    /// @throws IllegalArgumentException saying what is allowed
    public static LockDiscipline parse(String text) {
        for (LockDiscipline each : values()) {
            if (each.toString().equals(text)) {
                return each;
            }
        }
        throw new IllegalArgumentException("must be one of layered, giant");
    }

    /// A wrong property must not surface as a class that cannot be initialised.
    static LockDiscipline atStart(String property) {
        try {
            return property == null ? LAYERED : parse(property);
        } catch (IllegalArgumentException e) {
            LoggerFactory.getLogger("splnet.witness").error(
                    "system property {}: \"{}\" {}; locks are layered", PROPERTY, property, e.getMessage());
            return LAYERED;
        }
    }

    /// Of the locks made from now on. A stack's locks are all of one discipline, or giant and layered ones
    /// could wait for each other: choose before it is built.
    public static void choose(LockDiscipline next) {
        current = next;
    }

    /// Of the locks that are made now.
    public static LockDiscipline current() {
        return current;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
