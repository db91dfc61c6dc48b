package org.splnet.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One requirement.
///
/// @param level MUST, MUST NOT, SHOULD, SHOULD NOT, MAY
/// @param na why it does not apply, or null
/// @param todo what is missing, or null
record Clause(String id, String level, String section, String text, String na, String todo) {
    private static final List<String> LEVELS = List.of("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY");

    Clause {
        if (!LEVELS.contains(level)) {
            throw new IllegalArgumentException(id + ": level " + level + " is none of " + LEVELS);
        }
    }

    boolean must() {
        return level.startsWith("MUST");
    }

    /// Reads a table: `ID | level | section | text`, and perhaps `| na: reason` or `| todo: reason`.
    static List<Clause> read(String table) throws IOException {
        List<Clause> clauses = new ArrayList<>();
        try (InputStream in = Clause.class.getResourceAsStream(table)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.split("\n")) {
                if (!line.startsWith("#")) {
                    clauses.add(parse(line.split(" \\| ")));
                }
            }
        }
        return clauses;
    }

    private static Clause parse(String[] parts) {
        String last = parts.length > 4 ? parts[4] : "";
        return new Clause(parts[0], parts[1], parts[2], parts[3],
                last.startsWith("na: ") ? last.substring(4) : null,
                last.startsWith("todo: ") ? last.substring(6) : null);
    }
}
