package org.splnet.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Collects what is wrong with one file, so that a user sees all of it at once.
final class Problems {
    private static final int MOST = 100;
    private static final int QUOTED = 80;

    private final String file;
    private final LineMap lines;
    private final List<Problem> found = new ArrayList<>();
    private int unlisted;

    Problems(String file, LineMap lines) {
        this.file = file;
        this.lines = lines;
    }

    /// @param pointer where the value is in the tree: `/interface/0/mtu`
    /// @param value as written, null if there is none
    void add(String pointer, String key, JsonNode value, String allowed) {
        if (found.size() == MOST) {
            unlisted++;
            return;
        }
        found.add(new Problem(file, lines.line(pointer), key, value == null ? "" : written(value), allowed));
    }

    /// Where a value stands: `FILE:LINE`.
    String place(String pointer) {
        return printable(file) + ":" + lines.line(pointer);
    }

    boolean none() {
        return found.isEmpty();
    }

    void throwIfAny() throws ConfigException {
        if (none()) {
            return;
        }
        found.sort(Comparator.comparingInt(Problem::line));
        if (unlisted > 0) {
            found.add(new Problem(file, 0, "", "", unlisted + " more problems are not listed"));
        }
        throw new ConfigException(found);
    }

    private static String number(JsonNode value) {
        // A scale of thousands of digits is the file's joke, not ours.
        return value.isBigDecimal() && Math.abs(value.decimalValue().scale()) < QUOTED
                ? value.decimalValue().toPlainString() : value.toString();
    }

    /// A value as a user would recognise it, bounded, without control characters.
    static String written(JsonNode value) {
        String text = switch (value.getNodeType()) {
            case OBJECT -> value.isEmpty() ? "{}" : "{...}";
            case ARRAY -> value.size() > 4 ? "[...]" : value.toString();
            case NUMBER -> number(value);
            default -> value.toString();
        };
        return text.length() <= QUOTED ? printable(text) : printable(text.substring(0, QUOTED)) + "...";
    }

    /// Control characters, and whatever else is not ASCII, by their numbers.
    static String printable(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
