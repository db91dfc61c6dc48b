package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// How sockets are laid out, for people who know `ss`.
final class SocketTables {
    private SocketTables() {
    }

    /// One line each.
    ///
    /// @param owners with whose they are
    /// @param info with a further line of what TCP thinks of each
    static String list(JsonNode read, boolean owners, boolean info) {
        List<String> header = new ArrayList<>(List.of("Proto", "State", "Recv-Q", "Send-Q", "Local",
                "Remote"));
        if (owners) {
            header.add("Process");
        }
        TextTable table = new TextTable(header.toArray(new String[0]));
        for (JsonNode each : read) {
            List<Object> cells = new ArrayList<>();
            String state = Tables.field(each, "state");
            cells.add(Tables.field(each, "protocol"));
            cells.add(state == null || state.isEmpty() ? null : state);
            cells.add(each.path("receiveQueue").asLong());
            cells.add(each.path("sendQueue").asLong());
            cells.add(Tables.field(each, "local"));
            cells.add(Tables.field(each, "remote"));
            if (owners) {
                cells.add(Tables.field(each.path("details"), "owner"));
            }
            table.row(cells.toArray());
            if (info) {
                table.under(details(each.path("details")));
            }
        }
        return table.toString();
    }

    private static String details(JsonNode details) {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, JsonNode> each : details.properties()) {
            if (each.getValue().isValueNode() && !each.getValue().isNull()) {
                out.append(out.isEmpty() ? "" : " ").append(each.getKey()).append(':')
                        .append(each.getValue().isDouble()
                                ? String.format(Locale.ROOT, "%.3f", each.getValue().asDouble())
                                : each.getValue().asText());
            }
        }
        return out.toString();
    }

    /// How many of each protocol and state.
    static String summary(JsonNode read) {
        Map<String, Integer> counts = new TreeMap<>();
        for (JsonNode each : read) {
            counts.merge(each.path("protocol").asText() + " " + each.path("state").asText(), 1, Integer::sum);
        }
        TextTable table = new TextTable("Proto", "State", "Count");
        counts.forEach((key, count) -> {
            String[] parts = key.split(" ", 2);
            table.row(parts[0], parts[1].isEmpty() ? null : parts[1], count);
        });
        return table.toString();
    }
}
