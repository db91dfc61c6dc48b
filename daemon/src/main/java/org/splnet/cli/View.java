package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;

/// What can be looked at: a command and a resource of the status page.
enum View {
    STATUS("Shows the daemon: version, uptime, memory.", Tables::status),
    INTERFACES("Shows the interfaces, their addresses and counters.", Tables::interfaces),
    ADDRESSES("Shows the addresses and how far they have come; add and del change them.", Tables::addresses),
    SOCKETS("Shows listeners, connections and datagram sockets.", Tables::sockets),
    ROUTES("Shows the routing table, most specific first; add and del change it.", Tables::routes),
    NEIGHBORS("Shows the stations on the links (ARP); add and del change them.", Tables::neighbors),
    LEASES("Shows what DHCP servers have given; renew and release ask for it.", Tables::leases),
    RELAYS("Shows what is published, forwarded and reached by SOCKS.", Tables::relays),
    STATS("Shows what was counted; zeros only with --all.", Tables::stats),
    LOCKS("Shows the lock ranks and what the witness has seen.", Tables::locks);

    /// Lays a resource out.
    private interface Layout {
        String text(JsonNode read, boolean all);
    }

    private static final Map<View, String> EXAMPLES = Map.of(
            ADDRESSES, "add 10.88.0.3/24 dev splnet0", ROUTES, "add default via 10.88.0.1",
            NEIGHBORS, "add 10.88.0.9 lladdr 02:00:00:00:00:09 dev splnet0",
            LEASES, "renew splnet0", SOCKETS, "-tln", RELAYS, "--remove 1", LOCKS, "--witness order --watch");

    private final String description;
    private final Layout layout;

    View(String description, Layout layout) {
        this.description = description;
        this.layout = layout;
    }

    /// The resource.
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The command: `route` where `ip` says so, else the resource's name.
    String command() {
        return switch (this) {
            case ADDRESSES -> "address";
            case ROUTES -> "route";
            case NEIGHBORS -> "neighbor";
            case LEASES -> "dhcp";
            default -> label();
        };
    }

    /// Other names of the command.
    String[] aliases() {
        return switch (this) {
            case ADDRESSES -> new String[] {label(), "addr"};
            case ROUTES, LEASES -> new String[] {label()};
            case NEIGHBORS -> new String[] {label(), "neigh"};
            default -> new String[0];
        };
    }

    String description() {
        return description;
    }

    /// Something to try, behind the command's name.
    String example() {
        return EXAMPLES.getOrDefault(this, "--url http://10.88.0.2");
    }

    /// The view as text.
    ///
    /// @param all with counters that are zero
    String text(JsonNode read, boolean all) {
        return layout.text(read, all);
    }
}
