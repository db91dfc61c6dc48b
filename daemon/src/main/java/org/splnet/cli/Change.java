package org.splnet.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What can be added and removed, in the words of `ip`: a subject, then keywords with a value each.
enum Change {
    ADDRESS_ADD("address", "ADDRESS/PREFIX dev INTERFACE [noprobe]",
            "Gives an interface an address; without noprobe it is asked first whether anybody has it"
                    + " (RFC 5227).",
            "dev!interface", "noprobe"),
    ADDRESS_DEL(null, "ADDRESS/PREFIX dev INTERFACE",
            "Takes an address away. Connections bound to it are silent until it comes back, or time out.",
            "dev!"),
    ROUTE_ADD("to", "NETWORK/PREFIX|default [via ROUTER] [dev INTERFACE] [metric N]",
            "Adds a static route.", "via:via", "dev:interface", "metric:metric"),
    ROUTE_DEL(null, "NETWORK/PREFIX|default [via ROUTER]", "Removes static routes.", "via:"),
    NEIGHBOR_ADD("address", "ADDRESS lladdr STATION dev INTERFACE",
            "Enters a neighbor for good: it is not asked for.", "lladdr!mac", "dev!interface"),
    NEIGHBOR_DEL(null, "ADDRESS dev INTERFACE", "Forgets a neighbor, entered or found out.", "dev!"),
    DHCP_RENEW(null, "INTERFACE", "Renews its lease now, or asks for one."),
    DHCP_RELEASE(null, "INTERFACE", "Gives its lease back, and asks for none until it is renewed.");

    /// A request to the control socket.
    ///
    /// @param body JSON; null for none
    record Call(String method, String resource, String body) { }

    private final String subject;
    private final String synopsis;
    private final String description;
    private final List<String> keywords;

    /// @param subject the member of the body that the subject is; null where it is part of the path
    /// @param keywords each with `!` if it must be there or `:` if it may, and its member of the body; one
    ///     without either has no value
    Change(String subject, String synopsis, String description, String... keywords) {
        this.subject = subject;
        this.synopsis = synopsis;
        this.description = description;
        this.keywords = List.of(keywords);
    }

    /// `address`, `route`, `neighbor` or `dhcp`.
    String object() {
        return name().substring(0, name().indexOf('_')).toLowerCase(Locale.ROOT);
    }

    /// `add`, `del`, `renew` or `release`.
    String verb() {
        return name().substring(name().indexOf('_') + 1).toLowerCase(Locale.ROOT);
    }

    /// Other words for the verb.
    String[] aliases() {
        return verb().equals("del") ? new String[] {"delete"} : new String[0];
    }

    String synopsis() {
        return synopsis;
    }

    String description() {
        return description;
    }

    /// The request that these words ask for.
    ///
    /// @throws IllegalArgumentException saying what is wrong with them
    Call call(List<String> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("something is missing: " + synopsis);
        }
        Map<String, String> values = values(words.subList(1, words.size()));
        if (object().equals("dhcp")) {
            return new Call("POST", "leases/" + ControlClient.encoded(words.getFirst()) + "/" + verb(), null);
        }
        if (subject == null) {
            return removal(words.getFirst(), values);
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode().put(subject, words.getFirst());
        for (String each : keywords) {
            String[] parts = each.split("[!:]", 2);
            String value = values.get(parts[0]);
            if (parts[0].equals("noprobe") && value != null) {
                body.put("probe", false);
            } else if (parts[0].equals("metric") && value != null) {
                body.put(parts[1], metric(value));
            } else if (value != null) {
                body.put(parts[1], value);
            }
        }
        return new Call("POST", resource(), body.toString());
    }

    private Call removal(String word, Map<String, String> values) {
        List<String> path = new ArrayList<>(List.of(resource()));
        if (values.containsKey("dev")) {
            path.add(ControlClient.encoded(values.get("dev")));
        }
        path.add(ControlClient.encoded(word));
        String via = values.get("via");
        return new Call("DELETE", String.join("/", path)
                + (via == null ? "" : "?via=" + ControlClient.encoded(via)), null);
    }

    private String resource() {
        return object() + (object().equals("address") ? "es" : "s");
    }

    private Map<String, String> values(List<String> words) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String keyword = keywords.stream()
                    .filter(each -> each.split("[!:]", 2)[0].equals(word)).findFirst().orElseThrow(
                            () -> new IllegalArgumentException(word + ": not known here: " + synopsis));
            boolean valued = !keyword.equals(word);
            if (valued && i + 1 == words.size()) {
                throw new IllegalArgumentException(word + ": its value is missing: " + synopsis);
            }
            if (values.put(word, valued ? words.get(++i) : "") != null) {
                throw new IllegalArgumentException(word + ": is there twice: " + synopsis);
            }
        }
        for (String each : keywords) {
            String word = each.split("[!:]", 2)[0];
            if (each.contains("!") && !values.containsKey(word)) {
                throw new IllegalArgumentException(word + " is missing: " + synopsis);
            }
        }
        return values;
    }

    private static int metric(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("metric: " + text + ": must be a whole number in 0.."
                    + Integer.MAX_VALUE);
        }
    }
}
