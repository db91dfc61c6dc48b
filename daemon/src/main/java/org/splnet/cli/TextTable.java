package org.splnet.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Columns of text, as wide as they must be; numbers to the right.
final class TextTable {
    private static final String GAP = "  ";

    private final String[] header;
    private final List<String[]> rows = new ArrayList<>();
    private final Map<Integer, String> unders = new HashMap<>();
    private final boolean[] numeric;

    TextTable(String... header) {
        this.header = header;
        this.numeric = new boolean[header.length];
        Arrays.fill(numeric, true);
    }

    TextTable row(Object... cells) {
        String[] texts = new String[header.length];
        for (int i = 0; i < header.length; i++) {
            texts[i] = cells[i] == null ? "-" : cells[i].toString();
            numeric[i] &= texts[i].matches("-|[0-9]+(\\.[0-9]+)?( (n|u|m)?s)?");
        }
        rows.add(texts);
        return this;
    }

    /// A line of text below the row that was added last.
    void under(String text) {
        unders.put(rows.size() - 1, text);
    }

    @Override
    public String toString() {
        int[] width = new int[header.length];
        for (int i = 0; i < header.length; i++) {
            width[i] = header[i].length();
            for (String[] row : rows) {
                width[i] = Math.max(width[i], row[i].length());
            }
        }
        StringBuilder out = new StringBuilder();
        line(out, header, width);
        for (int i = 0; i < rows.size(); i++) {
            line(out, rows.get(i), width);
            if (unders.containsKey(i)) {
                out.append("      ").append(unders.get(i)).append('\n');
            }
        }
        return out.toString();
    }

    private void line(StringBuilder out, String[] cells, int[] width) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String pad = " ".repeat(width[i] - cells[i].length());
            line.append(i == 0 ? "" : GAP).append(numeric[i] && !rows.isEmpty() ? pad + cells[i] : cells[i]
                    + pad);
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }
}
