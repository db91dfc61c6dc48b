package org.splnet.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.splnet.relay.ForwardConfig;
import org.splnet.relay.PublishConfig;
import org.splnet.relay.RelayConfig;
import org.splnet.relay.SocksConfig;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// Reads `[[publish]]`, `[[forward]]` and `[[socks]]`: from the file, or one that is asked for at run time.
public final class RelayReader {
    private static final Map<String, RecordBinder<? extends Record>> KINDS = Map.of(
            PublishConfig.DEFAULTS.kind(), new RecordBinder<>(PublishConfig.class, PublishConfig.DEFAULTS),
            ForwardConfig.DEFAULTS.kind(), new RecordBinder<>(ForwardConfig.class, ForwardConfig.DEFAULTS),
            SocksConfig.DEFAULTS.kind(), new RecordBinder<>(SocksConfig.class, SocksConfig.DEFAULTS));
    private static final Set<String> SERVED = Set.of(PublishConfig.DEFAULTS.kind(),
            ForwardConfig.DEFAULTS.kind());

    private final Map<String, RelayConfig> doors = new HashMap<>();     // by place, and the first by port

    private RelayReader() {
    }

    /// @param interfaces whose addresses can be listened at; one is null where it was too broken
    static List<ConfiguredRelay> read(Section root, List<InterfaceConfig> interfaces,
            ServicesConfig services) {
        RelayReader reader = new RelayReader();
        List<ConfiguredRelay> all = new ArrayList<>();
        for (String kind : new TreeSet<>(KINDS.keySet())) {
            for (Section section : root.tables(kind)) {
                RelayConfig relay = bind(kind, section);
                if (relay != null) {
                    reader.check(section, relay, interfaces, services);
                    all.add(new ConfiguredRelay(relay, section.place("listen")));
                }
            }
        }
        return all;
    }

    /// One that is asked for at run time: `{"publish": {"listen": "…", "to": "…"}}`.
    ///
    /// @throws IllegalArgumentException saying what is wrong, and what is allowed
    public static RelayConfig parse(JsonNode asked) {
        String kind = asked.size() == 1 ? asked.fieldNames().next() : "";
        if (!KINDS.containsKey(kind) || !asked.get(kind).isObject()) {
            throw new IllegalArgumentException("must be {\"publish\": {...}}, {\"forward\": {...}} or"
                    + " {\"socks\": {...}} with the keys of the configuration");
        }
        Problems problems = new Problems("", new LineMap("", Toml::parseOrNull));
        RelayConfig relay = bind(kind, new Section((ObjectNode) asked.get(kind), "", kind, problems));
        try {
            problems.throwIfAny();
            return relay;
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.problems().stream().map(Problem::what)
                    .collect(Collectors.joining("; ")), e);
        }
    }

    /// @return null if it is too broken
    private static RelayConfig bind(String kind, Section section) {
        boolean whole = require(section, kind, "listen");
        whole &= !SERVED.contains(kind) || require(section, kind, "to");
        RelayConfig bound = (RelayConfig) KINDS.get(kind).bind(section);
        return whole ? bound : null;
    }

    private static boolean require(Section section, String kind, String key) {
        if (!section.has(key)) {
            section.problem(kind + "." + key + " is missing");
        }
        return section.has(key);
    }

    private void check(Section section, RelayConfig relay, List<InterfaceConfig> interfaces,
            ServicesConfig services) {
        if (!relay.listen().equals(section.value("listen").textValue())) {
            return;                     // it was refused, and a default stands in its place
        }
        Endpoint port = relay.port();
        if (port != null) {
            known(section, port.addr(), interfaces);
            boolean udp = relay.datagrams();
            String other = port.port() == 0 ? null : service(port.port(), udp, services);
            if (other != null) {
                section.problem("listen", (udp ? "UDP" : "TCP") + " port " + port.port()
                        + " is already taken by " + other);
            }
        }
        RelayConfig there = relay.listen().endsWith(":0") ? null : takes(relay);
        if (there != null) {
            section.problem("listen", "is already taken by " + there.kind() + " " + there.listen());
        }
    }

    /// Notes where it listens.
    ///
    /// @return who does already, so that it cannot; null if nobody
    private RelayConfig takes(RelayConfig relay) {
        // The host's 127.0.0.1 is not the stack's.
        String place = (relay.port() == null ? "host " : "stack ") + relay.listen();
        String port = place.replaceFirst("//.*:", "");
        RelayConfig same = doors.putIfAbsent(place, relay);
        RelayConfig anybody = doors.putIfAbsent(port, relay);
        RelayConfig everywhere = relay.anywhere() ? doors.putIfAbsent(port + " of all", relay)
                : doors.get(port + " of all");
        return same != null ? same : relay.anywhere() ? anybody : everywhere;
    }

    private static void known(Section section, InetAddr address, List<InterfaceConfig> interfaces) {
        if (address.isUnspecified() || address.isLoopback() || interfaces.contains(null)
                || interfaces.stream().flatMap(each -> each.addresses().stream())
                        .anyMatch(mine -> mine.addr().equals(address))) {
            return;
        }
        section.problem("listen", "must have an address of an interface of this stack, or 0.0.0.0 for any ("
                + interfaces.stream().flatMap(each -> each.addresses().stream())
                        .map(mine -> mine.addr().toString()).collect(Collectors.joining(", ")) + ")");
    }

    private static String service(int port, boolean udp, ServicesConfig services) {
        Map<String, Integer> taken = new HashMap<>();
        Map.of("echo", services.echo(), "discard", services.discard(), "chargen", services.chargen())
                .forEach((name, each) -> taken.put(name, each.enabled() && (udp ? each.udp() : each.tcp())
                        ? each.port() : -1));
        taken.put("status", services.status().enabled() && !udp ? services.status().port() : -1);
        return taken.entrySet().stream().filter(each -> each.getValue() == port)
                .map(each -> "services." + each.getKey()).findFirst().orElse(null);
    }
}
