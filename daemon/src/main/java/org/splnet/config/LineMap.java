package org.splnet.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// Which line a value of a TOML file stands on.
///
/// Jackson's TOML parser builds the whole tree before it hands out the first token and keeps no locations.
/// But every statement of TOML, a table header or a `key = value`, is a document of its own. So, once
/// something has to be reported, the text is cut into the shortest runs of lines that Jackson accepts, and
/// each run's tree says which keys those lines define. No second grammar, hence no second opinion on what the
/// file means.
///
/// The work is bounded: past [#BUDGET] characters the rest of the file keeps the line of its table.
final class LineMap {
    private static final long BUDGET = 32L << 20;

    private final String[] text;
    private final Function<String, JsonNode> parser;
    private final Map<String, Integer> found = new HashMap<>();
    private final Map<String, Integer> tables = new HashMap<>();
    private String table = "";
    private long budget = BUDGET;
    private boolean built;

    /// @param text a file that Jackson has accepted
    /// @param parser gives the tree of a text, or null if it is not TOML
    LineMap(String text, Function<String, JsonNode> parser) {
        this.text = text.split("\n", -1);
        this.parser = parser;
    }

    /// The line of the value at `pointer`, or of the innermost table around it that is known; from 1.
    int line(String pointer) {
        if (!built) {
            built = true;
            build();
        }
        for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
            Integer line = found.get(at);
            if (line != null) {
                return line;
            }
        }
        return 1;
    }

    /// `key` below `pointer`, escaped as in RFC 6901.
    static String child(String pointer, String key) {
        return pointer + "/" + key.replace("~", "~0").replace("/", "~1");
    }

    private void build() {
        int at = 0;
        while (at < text.length) {
            String first = text[at].strip();
            if (first.isEmpty() || first.startsWith("#")) {
                at++;
                continue;
            }
            int end = statementEnd(at);
            if (end < 0) {
                return;
            }
            JsonNode tree = parse(join(at, end));
            if (tree != null && first.startsWith("[")) {
                header(tree, at + 1);
            } else if (tree != null) {
                values(tree, table, at, end);
            }
            at = end + 1;
        }
    }

    /// The last line of the shortest statement that starts at `from`, or -1.
    private int statementEnd(int from) {
        for (int end = from; end < text.length && budget > 0; end++) {
            // Only an array or a multi-line string goes on behind its first line.
            boolean mayEnd = end == from || text[end].contains("]") || text[end].contains("\"\"\"")
                    || text[end].contains("'''");
            if (mayEnd && parse(join(from, end)) != null) {
                return end;
            }
        }
        return -1;
    }

    private JsonNode parse(String statement) {
        budget -= statement.length();
        return budget < 0 ? null : parser.apply(statement);
    }

    private String join(int from, int to) {
        if (from == to) {
            return text[from];
        }
        StringBuilder out = new StringBuilder();
        for (int i = from; i <= to; i++) {
            out.append(text[i]).append('\n');
        }
        return out.toString();
    }

    /// `[a.b]` or `[[a.b]]`: what follows belongs to that table.
    private void header(JsonNode tree, int line) {
        table = "";
        JsonNode node = tree;
        while (node.isObject() && !node.isEmpty()) {
            Map.Entry<String, JsonNode> only = node.properties().iterator().next();
            table = child(table, only.getKey());
            node = only.getValue();
            if (node.isArray()) {
                found.putIfAbsent(table, line);
                int index = tables.merge(table, 1, Integer::sum) - 1;
                table = table + "/" + index;
                node = node.get(0);
            } else if (tables.containsKey(table)) {
                table = table + "/" + (tables.get(table) - 1);
            }
            found.putIfAbsent(table, line);
        }
    }

    private void values(JsonNode node, String pointer, int from, int to) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String at = child(pointer, entry.getKey());
            found.putIfAbsent(at, from + 1);
            JsonNode value = entry.getValue();
            if (value.isObject()) {
                values(value, tables.containsKey(at) ? at + "/" + (tables.get(at) - 1) : at, from, to);
            } else if (value.isArray()) {
                elements(value, at, from, to);
            }
        }
    }

    /// An array may be spread over lines: closing it early after each line shows how far it has come.
    private void elements(JsonNode array, String pointer, int from, int to) {
        int placed = 0;
        for (int end = from; end < to && placed < array.size(); end++) {
            JsonNode part = parse(join(from, end) + "\n]");
            JsonNode start = part == null ? null : firstArray(part);
            while (start != null && placed < start.size()) {
                element(array, pointer, placed++, end, to);
            }
        }
        while (placed < array.size()) {
            element(array, pointer, placed++, from == to ? from : to, to);
        }
    }

    private void element(JsonNode array, String pointer, int index, int line, int to) {
        String at = pointer + "/" + index;
        found.putIfAbsent(at, line + 1);
        if (array.get(index).isObject()) {
            values(array.get(index), at, line, Math.min(line, to));
        }
    }

    private static JsonNode firstArray(JsonNode node) {
        JsonNode at = node;
        while (at.isObject() && !at.isEmpty()) {
            at = at.properties().iterator().next().getValue();
        }
        return at.isArray() ? at : null;
    }
}
