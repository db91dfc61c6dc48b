package org.splnet.control;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.splnet.service.http.HttpError;

/// What stands behind the question mark of a request's target: certain keys and no others, each at most once.
final class Query {
    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    /// @throws HttpError 422 for a key that is not allowed, or twice there
    static Query of(Map<String, List<String>> values, Set<String> allowed) throws HttpError {
        for (Map.Entry<String, List<String>> each : values.entrySet()) {
            String key = Body.cut(each.getKey());
            if (!allowed.contains(each.getKey())) {
                throw Body.refused("?" + key + ": unknown key, " + (allowed.isEmpty() ? "this takes none."
                        : "there is " + String.join(", ", new TreeSet<>(allowed)) + "."));
            }
            if (each.getValue().size() != 1) {
                throw Body.refused("?" + key + ": must be there once.");
            }
        }
        return new Query(values);
    }

    /// The text at `key`; null if it was left out.
    String text(String key) {
        List<String> value = values.get(key);
        return value == null ? null : value.getFirst();
    }

    /// True if `key` says so; false if it was left out.
    boolean flag(String key) throws HttpError {
        String text = text(key);
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            case null -> false;
            default -> throw Body.refused(key + ": " + Body.cut(text) + " must be true or false.");
        };
    }

    /// The number at `key`.
    long number(String key, long otherwise, long min, long max) throws HttpError {
        String text = text(key);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw Body.refused(key + ": " + Body.cut(text) + " must be a whole number in " + min + ".." + max
                + ".");
    }
}
