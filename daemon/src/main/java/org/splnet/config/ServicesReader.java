package org.splnet.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/// Reads `[services]`. A service is `true`, `false`, or a table, which switches it on unless it says
/// `enabled = false`.
final class ServicesReader {
    private final Section services;
    private final Map<String, String> ports = new HashMap<>();

    private ServicesReader(Section services) {
        this.services = services;
    }

    static ServicesConfig read(Section services) {
        return new ServicesReader(services).read();
    }

    private ServicesConfig read() {
        ServicesConfig d = ServicesConfig.DEFAULTS;
        ServiceConfig echo = service("echo", d.echo());
        ServiceConfig discard = service("discard", d.discard());
        ServiceConfig chargen = service("chargen", d.chargen());
        StatusConfig status = one("status", StatusConfig.class, d.status().enabled(true), d.status());
        if (status.enabled()) {
            claim("status", "TCP", status.port());
        }
        services.reportUnknown();
        return new ServicesConfig(echo, discard, chargen, status);
    }

    private ServiceConfig service(String key, ServiceConfig defaults) {
        ServiceConfig config = one(key, ServiceConfig.class, defaults.enabled(true), defaults);
        if (config.enabled() && config.tcp()) {
            claim(key, "TCP", config.port());
        }
        if (config.enabled() && config.udp()) {
            claim(key, "UDP", config.port());
        }
        if (config.enabled() && !config.tcp() && !config.udp()) {
            services.problem(key, "must serve tcp or udp, or be switched off with enabled = false");
        }
        return config;
    }

    /// @param on the record if the file only says `true`, and for what a table leaves out
    private <T extends Record> T one(String key, Class<T> type, T on, T off) {
        JsonNode value = services.value(key);
        if (value != null && value.isObject()) {
            return new RecordBinder<>(type, on).bind(services.table(key));
        }
        if (value != null && !value.isBoolean()) {
            services.problem(key, "must be true, false or a table: { port = 7 }");
            return off;
        }
        return value != null && value.booleanValue() ? on : off;
    }

    private void claim(String key, String transport, int port) {
        String other = ports.putIfAbsent(transport + port, key);
        if (other != null) {
            services.problem(key, transport + " port " + port + " is already taken by "
                    + services.key(other));
        }
    }
}
