package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/// What can be looked at: a command and a resource of the status page of one name.
enum View {
    STATUS("Shows the daemon: version, uptime, memory.", Tables::status),
    INTERFACES("Shows the interfaces, their addresses and counters.", Tables::interfaces),
    SOCKETS("Shows listeners, connections and datagram sockets.", Tables::sockets),
    ROUTES("Shows the routing table, most specific first.", Tables::routes),
    NEIGHBORS("Shows the stations on the links (ARP).", Tables::neighbors),
    STATS("Shows what was counted; zeros only with --all.", Tables::stats),
    LOCKS("Shows the lock ranks and what the witness has seen.", Tables::locks);

    /// Lays a resource out.
    private interface Layout {
        String text(JsonNode read, boolean all);
    }

    private final String description;
    private final Layout layout;

    View(String description, Layout layout) {
        this.description = description;
        this.layout = layout;
    }

    /// The command and the resource.
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return description;
    }

    /// The view as text.
    ///
    /// @param all with counters that are zero
    String text(JsonNode read, boolean all) {
        return layout.text(read, all);
    }
}
