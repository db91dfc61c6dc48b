package org.splnet.service.status;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The page for people: one file, nothing loaded from anywhere.
final class Page {
    private static final int MOST_SOCKETS = 200;

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>splnet</title>
            <style>
            :root { color-scheme: light dark; --line: #8884; --dim: #888; }
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto;
              padding: 0 1rem; }
            h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
            p, caption { color: var(--dim); margin: .2rem 0; text-align: left; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font: 13px/1.5 ui-monospace, monospace; }
            th, td { text-align: left; padding: .15rem 1.2rem .15rem 0; border-bottom: 1px solid var(--line);
              white-space: nowrap; }
            th { color: var(--dim); font-weight: normal; } td.n { text-align: right; }
            .groups { display: flex; flex-wrap: wrap; gap: 0 3rem; align-items: flex-start; }
            pre, code { font: 13px/1.5 ui-monospace, monospace; } pre { overflow-x: auto; }
            </style>
            </head>
            <body>
            """;

    private static final String TOOLS = """
            <h2>For programs</h2>
            <p>JSON: <a href="/status.json">/status.json</a>, or in parts: <a href="/v1/status">/v1/status</a>
            <a href="/v1/interfaces">interfaces</a> <a href="/v1/addresses">addresses</a>
            <a href="/v1/sockets">sockets</a>
            <a href="/v1/routes">routes</a> <a href="/v1/neighbors">neighbors</a>
            <a href="/v1/leases">leases</a> <a href="/v1/relays">relays</a>
            <a href="/v1/stats">stats</a> <a href="/v1/locks">locks</a>;
            for Prometheus: <a href="/metrics">/metrics</a></p>
            <h2>Transfer tests</h2>
            <p><code>/bytes/N</code> sends N octets, at most 2<sup>40</sup>; octet i is <code>%s</code>.
            <code>/upload</code> takes a body of any length (PUT or POST) and tells its length and
            SHA-256.</p>
            <pre>curl http://HOST/bytes/1000000 | sha256sum
            python3 -c "import hashlib; print(hashlib.sha256(bytes(%s for i in range(1000000))).hexdigest())"
            curl -T FILE http://HOST/upload</pre>
            </body>
            </html>
            """;

    private final StackSource source;

    Page(StackSource source) {
        this.source = source;
    }

    String html() {
        StringBuilder out = new StringBuilder(HEAD);
        daemon(out, source.status());
        interfaces(out, source.interfaces());
        sockets(out, source.sockets());
        Table routes = new Table(out, "Routes", "destination", "via", "interface", "kind");
        source.routes().forEach(r -> routes.row(r.destination(), r.via(), r.interfaceName(), r.kind()));
        routes.end();
        Table neighbors = new Table(out, "Neighbors", "address", "station", "interface", "state", "age s");
        source.neighbors().forEach(n -> neighbors.row(n.address(), n.mac(), n.interfaceName(), n.state(),
                String.format(Locale.ROOT, "%.1f", n.ageSeconds())));
        neighbors.end();
        leases(out, source.leases());
        relays(out, source.relays());
        counters(out, source.stats());
        String formula = Table.escaped(TestPattern.FORMULA);
        return out.append(TOOLS.formatted(formula, formula)).toString();
    }

    private static void daemon(StringBuilder out, DaemonStatus status) {
        Duration up = Duration.ofSeconds((long) status.uptimeSeconds());
        String format = "%s, up %d d %02d:%02d:%02d since %s, process %d, Java %s, %d threads, heap %d MiB,"
                + " buffers %d MiB";
        out.append("<h1>splnet</h1>\n<p>")
                .append(Table.escaped(format.formatted(status.version(), up.toDays(),
                up.toHoursPart(), up.toMinutesPart(), up.toSecondsPart(), status.started(), status.pid(),
                status.java(), status.threads(), status.heapUsed() >> 20, status.directUsed() >> 20)))
                .append("</p>\n");
    }

    private static void interfaces(StringBuilder out, List<InterfaceStatus> all) {
        Table table = new Table(out, "Interfaces", "#", "name", "driver", "state", "addresses", "station",
                "mtu",
                "in packets", "in octets", "out packets", "out octets", "drops", "errors");
        for (InterfaceStatus each : all) {
            Map<String, Long> count = each.counters();
            table.row(each.index(), each.name(), each.driver(), each.state(),
                    String.join(" ", each.addresses()), each.mac(), each.mtu(), count.get("in-packets"),
                    count.get("in-octets"), count.get("out-packets"), count.get("out-octets"),
                    sum(count, "in-drops", "out-drops"), sum(count, "in-errors", "out-errors"));
        }
        table.end();
    }

    private static long sum(Map<String, Long> counters, String a, String b) {
        return counters.getOrDefault(a, 0L) + counters.getOrDefault(b, 0L);
    }

    private static void sockets(StringBuilder out, List<SocketStatus> all) {
        Table table = new Table(out, "Sockets", "protocol", "state", "recv-q", "send-q", "local", "remote");
        all.stream().limit(MOST_SOCKETS).forEach(each -> table.row(each.protocol(), each.state(),
                each.receiveQueue(), each.sendQueue(), each.local(), each.remote()));
        table.end();
        if (all.size() > MOST_SOCKETS) {
            out.append("<p>").append(all.size() - MOST_SOCKETS)
                    .append(" more in <a href=\"/v1/sockets\">/v1/sockets</a></p>\n");
        }
    }

    private static void leases(StringBuilder out, List<LeaseStatus> all) {
        if (all.isEmpty()) {
            return;
        }
        Table table = new Table(out, "Leases", "interface", "state", "address", "server", "left s", "routers",
                "name servers", "domain");
        all.forEach(each -> table.row(each.interfaceName(), each.state(),
                each.address() == null ? each.linkLocal() : each.address(), each.server(), each.leftSeconds(),
                String.join(" ", each.routers()), String.join(" ", each.dns()), each.domain()));
        table.end();
    }

    private static void relays(StringBuilder out, List<RelayStatus> all) {
        if (all.isEmpty()) {
            return;
        }
        Table table = new Table(out, "Relays", "#", "kind", "listens", "leads to", "open", "total", "refused",
                "failed", "dropped", "octets to stack", "octets to host");
        all.forEach(each -> table.row(each.id(), each.kind(), each.listen(), each.to(), each.open(),
                each.total(), each.refused(), each.failed(), each.dropped(),
                each.octetsToStack(), each.octetsToHost()));
        table.end();
    }

    /// Counters that have counted something; the others are in the JSON.
    private static void counters(StringBuilder out, Map<String, Map<String, Long>> groups) {
        out.append("<h2>Counters</h2>\n<div class=\"groups\">\n");
        groups.forEach((group, counters) -> {
            if (counters.values().stream().allMatch(count -> count == 0)) {
                return;
            }
            Table table = new Table(out, null, group, "");
            counters.forEach((name, count) -> {
                if (count != 0) {
                    table.row(name, count);
                }
            });
            table.end();
        });
        out.append("</div>\n");
    }
}
