package org.splnet.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// One table of the file with typed access. What is wrong goes to [Problems] and reads as absent, so that
/// reading goes on; what nobody asked for is an unknown key.
final class Section {
    private static final String TEXT = "must be text in quotes";

    private final ObjectNode node;
    private final String pointer;
    private final String name;
    private final Problems problems;
    private final Set<String> known = new HashSet<>();

    Section(ObjectNode node, String pointer, String name, Problems problems) {
        this.node = node;
        this.pointer = pointer;
        this.name = name;
        this.problems = problems;
    }

    /// The value of `key`, null if absent; from now on the key is known.
    JsonNode value(String key) {
        known.add(key);
        return node.get(key);
    }

    boolean has(String key) {
        return value(key) != null;
    }

    /// Text turned into something by `parse`, whose IllegalArgumentException says what is wrong.
    <T> T parsed(String key, T otherwise, Function<String, T> parse) {
        return parsed(key, otherwise, TEXT, parse);
    }

    /// The same.
    ///
    /// @param allowed said of what is no text
    <T> T parsed(String key, T otherwise, String allowed, Function<String, T> parse) {
        JsonNode value = value(key);
        return value == null ? otherwise : parsed(key, pointer(key), value, otherwise, allowed, parse);
    }

    private <T> T parsed(String key, String at, JsonNode value, T otherwise, String allowed,
            Function<String, T> parse) {
        if (!value.isTextual()) {
            problems.add(at, key(key), value, allowed);
            return otherwise;
        }
        try {
            return parse.apply(value.textValue());
        } catch (IllegalArgumentException e) {
            problems.add(at, key(key), value, without(value, e.getMessage()));
            return otherwise;
        }
    }

    /// A list of texts, each turned into something by `parse`.
    <T> List<T> list(String key, Function<String, T> parse) {
        JsonNode value = value(key);
        List<T> out = new ArrayList<>();
        if (value == null) {
            return out;
        }
        if (!value.isArray()) {
            problem(key, "must be a list: [\"...\"]");
            return out;
        }
        for (int i = 0; i < value.size(); i++) {
            T element = parsed(key, pointer(key) + "/" + i, value.get(i), null, TEXT, parse);
            if (element != null) {
                out.add(element);
            }
        }
        return out;
    }

    boolean bool(String key, boolean otherwise) {
        JsonNode value = value(key);
        if (value != null && !value.isBoolean()) {
            problem(key, "must be true or false");
            return otherwise;
        }
        return value == null ? otherwise : value.booleanValue();
    }

    int integer(String key, int otherwise, int min, int max) {
        JsonNode value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber()) {
            problem(key, "must be a whole number in " + min + ".." + max);
            return otherwise;
        }
        if (!value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            problem(key, "must be in " + min + ".." + max);
            return otherwise;
        }
        return value.intValue();
    }

    /// A table below this one; an empty one if it is absent.
    Section table(String key) {
        JsonNode value = value(key);
        if (value != null && !value.isObject()) {
            problem(key, "must be a table: [" + key(key) + "]");
        }
        ObjectNode table = value != null && value.isObject() ? (ObjectNode) value
                : JsonNodeFactory.instance.objectNode();
        return new Section(table, pointer(key), key(key), problems);
    }

    /// Tables of one kind: `[[key]]`.
    List<Section> tables(String key) {
        JsonNode value = value(key);
        List<Section> out = new ArrayList<>();
        if (value == null) {
            return out;
        }
        if (!value.isArray()) {
            problem(key, "must be written with two brackets: [[" + key(key) + "]]");
            return out;
        }
        for (int i = 0; i < value.size(); i++) {
            if (value.get(i).isObject()) {
                out.add(new Section((ObjectNode) value.get(i), pointer(key) + "/" + i, key(key), problems));
            } else {
                problems.add(pointer(key) + "/" + i, key(key), value.get(i), "must be a table: [["
                        + key(key) + "]]");
            }
        }
        return out;
    }

    /// Where the value of `key` stands: `FILE:LINE: TABLE.KEY`.
    String place(String key) {
        return problems.place(pointer(key)) + ": " + key(key);
    }

    /// Reports the keys nobody has asked for.
    void reportUnknown() {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!known.contains(entry.getKey())) {
                problem(entry.getKey(), Spelling.unknown("key", entry.getKey(), known));
            }
        }
    }

    /// Something is wrong with the value of `key`.
    void problem(String key, String allowed) {
        problems.add(pointer(key), key(key), node.get(key), allowed);
    }

    /// Something is wrong with element `index` of the list `key`.
    void problem(String key, int index, String allowed) {
        JsonNode list = node.get(key);
        problems.add(pointer(key) + "/" + index, key(key), list == null ? null : list.get(index), allowed);
    }

    /// Something is wrong with this table as a whole.
    void problem(String allowed) {
        problems.add(pointer, name, null, allowed);
    }

    /// A key with its tables, for messages.
    String key(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    private String pointer(String key) {
        return LineMap.child(pointer, key);
    }

    /// The value is in the message already: what a parser quotes in front of its complaint is left out.
    private static String without(JsonNode value, String message) {
        String quoted = Problems.written(value);
        if (message.startsWith(quoted + ": ")) {
            return message.substring(quoted.length() + 2);
        }
        return message.startsWith(quoted + " ") ? message.substring(quoted.length() + 1) : message;
    }
}
