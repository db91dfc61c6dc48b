package org.splnet.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.splnet.kern.Labels;

/// Fills a record from a table by the names of its components. The record's own constructor is the validator:
/// what it refuses, `key: value is not in MIN..MAX`, is reported at the key's line. A component that is a
/// record itself is a table of its own.
///
/// @param <T> the record
final class RecordBinder<T extends Record> {
    private static final Pattern RANGE = Pattern.compile(".* is not in (.+)", Pattern.DOTALL);
    private static final Pattern OCTETS = Pattern.compile(
            ".*(memory|buffer|lowat|octets|bytes|size)(PerSource|Max)?", Pattern.CASE_INSENSITIVE);

    private final Class<T> type;
    private final RecordComponent[] components;
    private final T defaults;

    RecordBinder(Class<T> type, T defaults) {
        this.type = type;
        this.components = type.getRecordComponents();
        this.defaults = defaults;
    }

    /// The record with what `section` says and defaults for the rest. After a problem the result is only good
    /// for looking for further ones.
    T bind(Section section) {
        Object[] values = new Object[components.length];
        Set<Integer> reported = new HashSet<>();
        for (int i = 0; i < values.length; i++) {
            Object value = convert(section, components[i]);
            values[i] = value == null ? defaultOf(i) : value;
            if (value == null && section.has(Kebab.key(components[i]))) {
                reported.add(i);
            }
        }
        section.reportUnknown();
        // Each refused value is reported and replaced by its default, which shows the next one; where another
        // value rules out the default too, there is no telling what else is wrong.
        while (true) {
            try {
                return construct(values);
            } catch (IllegalArgumentException refused) {
                int culprit = culprit(refused.getMessage());
                if (reported.contains(culprit)) {
                    return defaults;
                }
                if (culprit < 0 || !section.has(Kebab.key(components[culprit]))) {
                    section.problem(refused.getMessage());
                    return defaults;
                }
                reported.add(culprit);
                section.problem(Kebab.key(components[culprit]), allowed(refused.getMessage()));
                values[culprit] = defaultOf(culprit);
            }
        }
    }

    private Object convert(Section section, RecordComponent component) {
        String key = Kebab.key(component);
        Class<?> kind = component.getType();
        if (!section.has(key)) {
            return null;
        }
        if (kind.isRecord()) {
            return nested((Record) read(component), section.table(key));
        }
        if (kind == boolean.class) {
            return section.bool(key, (Boolean) read(component));
        }
        if (Kebab.isDuration(component)) {
            return section.parsed(key, null, "must be " + Quantity.DURATION,
                    text -> checked(Quantity.durationNs(text), Quantity.DURATION));
        }
        if (kind == int.class || kind == long.class) {
            return number(section, key, component);
        }
        if (kind.isEnum()) {
            return section.parsed(key, null, text -> constant(kind, text));
        }
        if (kind == String.class) {
            return section.parsed(key, null, text -> text);
        }
        throw new IllegalStateException(component + " is of a type that no configuration has");
    }

    private static <N extends Record> N nested(N defaults, Section section) {
        @SuppressWarnings("unchecked")
        Class<N> type = (Class<N>) defaults.getClass();
        return new RecordBinder<>(type, defaults).bind(section);
    }

    private Object number(Section section, String key, RecordComponent component) {
        boolean octets = isSize(component.getName());
        boolean rate = component.getName().endsWith("PerSecond");
        JsonNode value = section.value(key);
        Long number = null;
        if (value.isTextual() && octets) {
            number = section.parsed(key, null, RecordBinder::size);
        } else if (value.isTextual() && rate) {
            number = section.parsed(key, null, text -> checked(Quantity.perSecond(text), Quantity.RATE));
        } else if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            section.problem(key, "must be "
                    + (octets ? Quantity.SIZE : rate ? Quantity.RATE : "a whole number"));
        } else {
            number = value.longValue();
        }
        if (number == null || component.getType() == long.class) {
            return number;
        }
        if (number != (int) (long) number) {
            section.problem(key, number < 0 ? "must be at least " + Integer.MIN_VALUE
                    : "must be at most " + Integer.MAX_VALUE);
            return null;
        }
        return (int) (long) number;
    }

    /// True for the name of what may be written with a unit of octets.
    static boolean isSize(String name) {
        return OCTETS.matcher(name).matches();
    }

    /// Octets.
    ///
    /// @throws IllegalArgumentException saying how they are written
    static long size(String text) {
        return checked(Quantity.octets(text), Quantity.SIZE);
    }

    private static long checked(long quantity, String allowed) {
        if (quantity < 0) {
            throw new IllegalArgumentException("must be " + allowed);
        }
        return quantity;
    }

    private static Object constant(Class<?> kind, String text) {
        Enum<?>[] constants = (Enum<?>[]) kind.getEnumConstants();
        for (Enum<?> constant : constants) {
            if (Labels.of(constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("must be one of " + Arrays.stream(constants).map(Labels::of)
                .collect(Collectors.joining(", ")));
    }

    /// Which component a constructor's complaint is about: it starts with the key, perhaps with its table.
    private int culprit(String message) {
        int colon = message.indexOf(':');
        String key = colon < 0 ? message : message.substring(0, colon);
        String last = key.substring(key.lastIndexOf('.') + 1);
        for (int i = 0; i < components.length; i++) {
            if (Kebab.same(last, Kebab.key(components[i]))) {
                return i;
            }
        }
        return -1;
    }

    private static String allowed(String message) {
        Matcher range = RANGE.matcher(message);
        if (range.matches()) {
            return "must be in " + range.group(1);
        }
        return message.substring(message.indexOf(':') + 1).strip();
    }

    private Object defaultOf(int i) {
        return read(components[i]);
    }

    private Object read(RecordComponent component) {
        try {
            return component.getAccessor().invoke(defaults);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private T construct(Object[] values) {
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
