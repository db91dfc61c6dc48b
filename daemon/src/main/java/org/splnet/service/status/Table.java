package org.splnet.service.status;

/// An HTML table; everything in it is escaped, numbers are aligned to the right.
final class Table {
    private final StringBuilder out;

    /// @param title a heading above it, null for none
    Table(StringBuilder out, String title, String... columns) {
        this.out = out;
        if (title != null) {
            out.append("<h2>").append(escaped(title)).append("</h2>\n");
        }
        out.append("<div class=\"wide\"><table><tr>");
        for (String column : columns) {
            out.append("<th>").append(escaped(column)).append("</th>");
        }
        out.append("</tr>\n");
    }

    void row(Object... cells) {
        out.append("<tr>");
        for (Object cell : cells) {
            out.append(cell instanceof Number ? "<td class=\"n\">" : "<td>")
                    .append(cell == null ? "" : escaped(cell.toString())).append("</td>");
        }
        out.append("</tr>\n");
    }

    void end() {
        out.append("</table></div>\n");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
