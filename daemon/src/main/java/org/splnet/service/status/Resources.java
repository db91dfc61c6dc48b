package org.splnet.service.status;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// What there is to read, by the name it has below `/v1/`, on the status page and elsewhere.
public final class Resources {
    private Resources() {
    }

    /// The resources of a stack; each call of one looks anew.
    public static Map<String, Supplier<Object>> of(StackSource source) {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("status", source::status);
        all.put("interfaces", source::interfaces);
        all.put("addresses", source::addresses);
        all.put("sockets", source::sockets);
        all.put("routes", source::routes);
        all.put("neighbors", source::neighbors);
        all.put("leases", source::leases);
        all.put("relays", source::relays);
        all.put("stats", source::stats);
        all.put("locks", source::locks);
        return all;
    }
}
