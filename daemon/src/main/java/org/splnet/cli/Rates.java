package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One reading of what grows, and how fast it has grown since another.
///
/// @param atSeconds when, by the daemon's uptime
record Rates(double atSeconds, JsonNode interfaces, JsonNode stats, JsonNode sockets) {
    private record Busy(JsonNode socket, double in, double out, double resent) { }

    /// The rates as text.
    ///
    /// @param most how many sockets
    String since(Rates before, int most) {
        double seconds = Math.max(atSeconds - before.atSeconds, 1e-3);
        StringBuilder out = new StringBuilder();
        long connections = 0;
        long listeners = 0;
        for (JsonNode each : sockets) {
            boolean tcp = each.path("protocol").asText().equals("tcp");
            boolean listens = each.path("state").asText().equals("LISTEN");
            connections += tcp && !listens ? 1 : 0;
            listeners += listens ? 1 : 0;
        }
        out.append(String.format(Locale.ROOT, "connections %d  listeners %d  opened %s/s  closed %s/s"
                + "  segments in %s/s out %s/s  retransmitted %s/s  timeouts %s/s%n%n", connections,
                        listeners,
                tcp(before, "established", seconds), tcp(before, "closed", seconds),
                tcp(before, "segments-in", seconds), tcp(before, "segments-out", seconds),
                tcp(before, "retransmits", seconds), tcp(before, "retransmit-timeouts", seconds)));
        out.append(interfaces(before, seconds)).append('\n').append(busiest(before, seconds, most));
        return out.toString();
    }

    private String tcp(Rates before, String name, double seconds) {
        return rate(stats.path("tcp").path(name).asLong() - before.stats.path("tcp").path(name).asLong(),
                seconds);
    }

    private String interfaces(Rates before, double seconds) {
        Map<String, JsonNode> old = new HashMap<>();
        before.interfaces.forEach(each -> old.put(each.path("name").asText(), each.path("counters")));
        TextTable table = new TextTable("Interface", "In-packets/s", "In-octets/s", "Out-packets/s",
                "Out-octets/s", "Drops/s", "Errors/s");
        for (JsonNode each : interfaces) {
            JsonNode now = each.path("counters");
            JsonNode then = old.getOrDefault(each.path("name").asText(), now);
            table.row(each.path("name").asText(), rate(now, then, seconds, "in-packets"),
                    rate(now, then, seconds, "in-octets"), rate(now, then, seconds, "out-packets"),
                    rate(now, then, seconds, "out-octets"), rate(now, then, seconds, "in-drops", "out-drops"),
                    rate(now, then, seconds, "in-errors", "out-errors"));
        }
        return table.toString();
    }

    private String busiest(Rates before, double seconds, int most) {
        Map<String, JsonNode> old = new HashMap<>();
        before.sockets.forEach(each -> old.put(key(each), each.path("details")));
        List<Busy> all = new ArrayList<>();
        for (JsonNode each : sockets) {
            JsonNode now = each.path("details");
            JsonNode then = old.get(key(each));
            if (now.has("octetsAcked") && then != null) {
                all.add(new Busy(each, grown(now, then, "octetsReceived") / seconds,
                        grown(now, then, "octetsAcked") / seconds,
                        grown(now, then, "octetsResent") / seconds));
            }
        }
        all.sort(Comparator.comparingDouble((Busy each) -> each.in() + each.out()).reversed());
        TextTable table = new TextTable("State", "Local", "Remote", "In-octets/s", "Out-octets/s", "Resent/s",
                "RTT-ms", "Cwnd", "Limited by");
        for (Busy each : all.subList(0, Math.min(most, all.size()))) {
            JsonNode details = each.socket().path("details");
            table.row(each.socket().path("state").asText(), each.socket().path("local").asText(),
                    each.socket().path("remote").asText(), Math.round(each.in()), Math.round(each.out()),
                    Math.round(each.resent()),
                    String.format(Locale.ROOT, "%.2f", details.path("srttMs").asDouble()),
                    details.path("cwnd").asLong(), details.path("limitedBy").asText("-"));
        }
        return table.toString();
    }

    private static String key(JsonNode socket) {
        return socket.path("protocol").asText() + socket.path("local").asText() + socket.path("remote")
                .asText();
    }

    private static long grown(JsonNode now, JsonNode then, String name) {
        // Less than before: another connection of the same name, or counters that were reset.
        return Math.max(0, now.path(name).asLong() - then.path(name).asLong());
    }

    private static String rate(JsonNode now, JsonNode then, double seconds, String... names) {
        long sum = 0;
        for (String name : names) {
            sum += grown(now, then, name);
        }
        return rate(sum, seconds);
    }

    private static String rate(long grown, double seconds) {
        return Long.toString(Math.round(Math.max(0, grown) / seconds));
    }
}
