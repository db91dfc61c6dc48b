package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How each [View] is laid out, for people who know `ip` and `ss`.
final class Tables {
    private static final int LABEL = 12;
    private static final int FEW = 20;

    private Tables() {
    }

    static String status(JsonNode read, boolean all) {
        StringBuilder out = new StringBuilder();
        long up = (long) read.path("uptimeSeconds").asDouble();
        line(out, "version", read.path("version").asText());
        line(out, "started", read.path("started").asText());
        line(out, "uptime", String.format(Locale.ROOT, "%d d %02d:%02d:%02d", up / 86_400, up / 3600 % 24,
                up / 60 % 60, up % 60));
        line(out, "process", read.path("pid").asText());
        line(out, "java", read.path("java").asText());
        line(out, "threads", read.path("threads").asText());
        line(out, "heap", mebibytes(read, "heapUsed") + " of " + mebibytes(read, "heapMax"));
        line(out, "buffers", mebibytes(read, "directUsed"));
        return out.toString();
    }

    static String interfaces(JsonNode read, boolean all) {
        TextTable table = new TextTable("#", "Name", "Driver", "State", "MTU", "Station", "Addresses",
                "In-packets",
                "In-octets", "Out-packets", "Out-octets", "Drops", "Errors");
        for (JsonNode each : read) {
            JsonNode count = each.path("counters");
            List<String> addresses = new ArrayList<>();
            each.path("addresses").forEach(address -> addresses.add(address.asText()));
            table.row(each.path("index").asInt(), field(each, "name"), field(each, "driver"),
                    each.path("up").asBoolean() ? each.path("carrier").asBoolean(true) ? "up" : "no carrier"
                            : "down", each.path("mtu").asInt(),
                            field(each, "mac"),
                    addresses.isEmpty() ? null : String.join(",", addresses),
                            count.path("in-packets").asLong(),
                    count.path("in-octets").asLong(), count.path("out-packets").asLong(),
                    count.path("out-octets").asLong(), sum(count, "in-drops", "out-drops"),
                    sum(count, "in-errors", "out-errors"));
        }
        return table.toString();
    }

    static String addresses(JsonNode read, boolean all) {
        TextTable table = new TextTable("Address", "Interface", "State", "Primary");
        for (JsonNode each : read) {
            table.row(field(each, "address"), field(each, "interfaceName"), field(each, "state"),
                    each.path("primary").asBoolean() ? "yes" : null);
        }
        return table.toString();
    }

    static String sockets(JsonNode read, boolean all) {
        return SocketTables.list(read, false, false);
    }

    static String routes(JsonNode read, boolean all) {
        TextTable table = new TextTable("Destination", "Via", "Interface", "Kind", "Metric", "Source");
        for (JsonNode each : read) {
            table.row(field(each, "destination"), field(each, "via"), field(each, "interfaceName"),
                    field(each, "kind"), each.path("metric").asLong(), field(each, "source"));
        }
        return table.toString();
    }

    static String leases(JsonNode read, boolean all) {
        TextTable table = new TextTable("Interface", "State", "Address", "Server", "Left", "Routers",
                "Name-servers", "Domain", "Time-servers", "MTU", "Lost");
        for (JsonNode each : read) {
            String address = field(each, "address");
            long left = each.path("leftSeconds").asLong();
            table.row(field(each, "interfaceName"), field(each, "state"),
                    address == null ? field(each, "linkLocal") : address, field(each, "server"),
                    address == null ? null : left < 0 ? "forever" : left + " s", list(each, "routers"),
                    list(each, "dns"), field(each, "domain"), list(each, "ntp"),
                    each.path("mtu").asInt() == 0 ? null : each.path("mtu").asInt(), field(each, "lost"));
        }
        return table.toString();
    }

    private static String list(JsonNode read, String key) {
        List<String> all = new ArrayList<>();
        read.path(key).forEach(each -> all.add(each.asText()));
        return all.isEmpty() ? null : String.join(",", all);
    }

    static String neighbors(JsonNode read, boolean all) {
        TextTable table = new TextTable("Address", "Station", "Interface", "State", "Age", "Held");
        for (JsonNode each : read) {
            table.row(field(each, "address"), field(each, "mac"), field(each, "interfaceName"),
                    field(each, "state"),
                    String.format(Locale.ROOT, "%.1f", each.path("ageSeconds").asDouble()),
                    each.path("held").asInt());
        }
        return table.toString();
    }

    static String relays(JsonNode read, boolean all) {
        TextTable table = new TextTable("#", "Kind", "Listens", "Leads to", "Open", "Total", "Refused",
                "Failed", "Idle", "Resets", "Dropped", "To-stack", "To-host");
        for (JsonNode each : read) {
            String to = field(each, "to");
            table.row(each.path("id").asInt(), field(each, "kind"), field(each, "listen"),
                    to == null || to.isEmpty() ? null : to, each.path("open").asLong(),
                    each.path("total").asLong(), each.path("refused").asLong(), each.path("failed").asLong(),
                    each.path("idleTimeouts").asLong(), each.path("resets").asLong(),
                    each.path("dropped").asLong(), each.path("octetsToStack").asLong(),
                    each.path("octetsToHost").asLong());
        }
        return table.toString();
    }

    static String stats(JsonNode read, boolean all) {
        TextTable table = new TextTable("Counter", "Count");
        for (Map.Entry<String, JsonNode> group : read.properties()) {
            for (Map.Entry<String, JsonNode> each : group.getValue().properties()) {
                if (all || each.getValue().asLong() != 0) {
                    table.row(group.getKey() + "." + each.getKey(), each.getValue().asLong());
                }
            }
        }
        return table.toString();
    }

    static String locks(JsonNode read, boolean all) {
        StringBuilder out = new StringBuilder();
        line(out, "discipline", field(read, "discipline"));
        line(out, "witness", field(read, "witness"));
        line(out, "violations", read.path("violations").asText());
        TextTable ranks = new TextTable("Rank", "Acquired", "Contested", "Waited", "Longest", "Held",
                "Longest");
        for (JsonNode each : read.path("ranks")) {
            ranks.row(field(each, "rank"), each.path("acquisitions").asLong(),
                    each.path("contested").asLong(), time(each, "waitNs"), time(each, "maxWaitNs"),
                    time(each, "holdNs"), time(each, "maxHoldNs"));
        }
        out.append('\n').append(ranks);
        sites(out, read.path("sites"), all);
        if ("off".equals(field(read, "witness"))) {
            out.append("\nThe witness is off and counts nothing:"
                    + " splnet locks --witness order, or contested, or profile.\n");
        }
        if (!read.path("seen").isEmpty()) {
            TextTable seen = new TextTable("Rule", "Held", "taken at", "Other", "at", "Count");
            for (JsonNode each : read.path("seen")) {
                seen.row(field(each, "rule"), field(each, "held"), field(each, "heldAt"),
                        field(each, "other"), field(each, "otherAt"), each.path("count").asLong());
            }
            out.append('\n').append(seen);
        }
        return out.toString();
    }

    private static void sites(StringBuilder out, JsonNode read, boolean all) {
        if (read.isEmpty()) {
            return;
        }
        TextTable sites = new TextTable("Place", "Lock", "Acquired", "Contested", "Waited", "Longest", "Held",
                "Longest");
        int shown = 0;
        for (JsonNode each : read) {
            if (all || shown++ < FEW) {
                sites.row(field(each, "site"), field(each, "lock"), each.path("acquisitions").asLong(),
                        each.path("contested").asLong(), time(each, "waitNs"), time(each, "maxWaitNs"),
                        time(each, "holdNs"), time(each, "maxHoldNs"));
            }
        }
        out.append('\n').append(sites);
        if (shown > FEW) {
            out.append("and ").append(read.size() - FEW).append(" places more: --all\n");
        }
    }

    /// As `12 ns`, `3.4 us`, `5.6 ms`, `7.8 s`.
    private static String time(JsonNode node, String field) {
        double ns = node.path(field).asDouble();
        return ns < 1e3 ? text("%.0f ns", ns) : ns < 1e6 ? text("%.1f us", ns / 1e3)
                : ns < 1e9 ? text("%.1f ms", ns / 1e6) : text("%.1f s", ns / 1e9);
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    static String field(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isNull() || value.isMissingNode() ? null : value.asText();
    }

    private static void line(StringBuilder out, String label, String value) {
        out.append(label).append(" ".repeat(LABEL - label.length())).append(value).append('\n');
    }

    private static String mebibytes(JsonNode node, String field) {
        return (node.path(field).asLong() >> 20) + " MiB";
    }

    private static long sum(JsonNode counters, String a, String b) {
        return counters.path(a).asLong() + counters.path(b).asLong();
    }
}
