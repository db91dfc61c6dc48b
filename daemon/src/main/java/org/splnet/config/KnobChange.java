package org.splnet.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.splnet.kern.Labels;
import org.splnet.kern.Live;

/// What differs between the knobs that are in force and those of a file.
///
/// @param <T> the record of knobs
/// @param merged what can be in force without a restart: [Live] components as in the file, the others as they
///     were
/// @param live keys that change at once, `tcp.no-delay: false, now true`
/// @param restart keys that stay as they were, in the same manner
public record KnobChange<T extends Record>(T merged, List<String> live, List<String> restart) {
    /// Compares.
    ///
    /// @param table of the file: `tcp`
    public static <T extends Record> KnobChange<T> of(String table, T old, T next) {
        List<String> live = new ArrayList<>();
        List<String> restart = new ArrayList<>();
        T merged = merge(table, old, next, live, restart);
        return new KnobChange<>(merged, List.copyOf(live), List.copyOf(restart));
    }

    private static <T extends Record> T merge(String table, T old, T next, List<String> live,
            List<String> restart) {
        RecordComponent[] components = old.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            Object was = read(components[i], old);
            Object will = read(components[i], next);
            String key = table + "." + Kebab.key(components[i]);
            if (was instanceof Record inner) {
                values[i] = merge(key, inner, (Record) will, live, restart);
                continue;
            }
            boolean now = components[i].isAnnotationPresent(Live.class);
            values[i] = now ? will : was;
            if (!Objects.equals(was, will)) {
                (now ? live : restart).add(key + ": " + shown(components[i], was) + ", now "
                        + shown(components[i], will));
            }
        }
        return construct(old, components, values);
    }

    private static String shown(RecordComponent component, Object value) {
        if (value == null) {
            return "none";
        }
        if (Kebab.isDuration(component)) {
            return Quantity.duration((Long) value);
        }
        return value instanceof Enum<?> constant ? Labels.of(constant) : value.toString();
    }

    private static Object read(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Record> T construct(T like, RecordComponent[] components, Object[] values) {
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return (T) like.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
