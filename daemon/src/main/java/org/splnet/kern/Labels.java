package org.splnet.kern;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/// Enum constants as they are shown: lower case, dashes.
public final class Labels {
    private Labels() {
    }

    /// The label of one: `NEW_RENO` is `new-reno`.
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Counters by their labels.
    public static <E extends Enum<E>> Map<String, Long> counts(E[] constants, ToLongFunction<E> count) {
        Map<String, Long> out = new LinkedHashMap<>();
        for (E constant : constants) {
            out.put(of(constant), count.applyAsLong(constant));
        }
        return out;
    }
}
