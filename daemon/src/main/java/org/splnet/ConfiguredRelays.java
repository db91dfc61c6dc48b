package org.splnet;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.splnet.config.ConfiguredRelay;
import org.splnet.relay.HostException;
import org.splnet.relay.RelayConfig;
import org.splnet.relay.Relays;
import org.splnet.socket.SocketException;

/// The relays that the configuration asks for, among all that there are. One thread at a time.
final class ConfiguredRelays {
    private record Running(int id, RelayConfig config) { }

    private final Relays relays;
    private final Map<String, Running> running = new LinkedHashMap<>();

    ConfiguredRelays(Relays relays) {
        this.relays = relays;
    }

    /// Those of a file by the doors they have: what is the same door before and after.
    private static Map<String, ConfiguredRelay> doors(List<ConfiguredRelay> all) {
        Map<String, ConfiguredRelay> doors = new LinkedHashMap<>();
        Map<String, Integer> alike = new HashMap<>();
        for (ConfiguredRelay each : all) {
            String door = each.relay().kind() + " " + each.relay().listen();
            // Several may ask for a port to be chosen.
            int n = alike.merge(door, 1, Integer::sum);
            doors.put(n == 1 ? door : door + " (" + n + ")", each);
        }
        return doors;
    }

    /// The first half of a change: those that are not in `next` listen no more; their connections go on.
    ///
    /// @param undo is given what takes a step back
    void shut(List<ConfiguredRelay> next, Consumer<AutoCloseable> undo, List<String> changed) {
        relays.sweep();                 // of earlier changes: what this one shuts is needed to take it back
        Map<String, ConfiguredRelay> doors = doors(next);
        for (String door : List.copyOf(running.keySet())) {
            if (doors.containsKey(door)) {
                continue;
            }
            Running was = running.remove(door);
            changed.add(door + ": listens no more");
            if (relays.shut(was.id)) {
                undo.accept(() -> {
                    relays.reopen(was.id);
                    running.put(door, was);
                });
            }
        }
    }

    /// The second half: opens what is new, and tells the others their bounds and where they lead.
    ///
    /// @param undo is given what takes a step back
    /// @throws Unlistening if one cannot listen
    void change(List<ConfiguredRelay> next, Consumer<AutoCloseable> undo, List<String> changed)
            throws Unlistening {
        for (Map.Entry<String, ConfiguredRelay> each : doors(next).entrySet()) {
            String door = each.getKey();
            RelayConfig wanted = each.getValue().relay();
            Running was = running.get(door);
            if (was != null && was.config.equals(wanted)) {
                continue;
            }
            if (was != null && changed(was.id, each.getValue())) {
                running.put(door, new Running(was.id, wanted));
                changed.add(door + (was.config.to().equals(wanted.to()) ? ": changed"
                        : ": leads to " + wanted.to()));
                undo.accept(() -> {
                    relays.change(was.id, was.config);
                    running.put(door, was);
                });
                continue;
            }
            int id = open(each.getValue());
            running.put(door, new Running(id, wanted));
            changed.add(door + ": listens");
            undo.accept(() -> {
                relays.close(id);
                running.remove(door);
            });
        }
    }

    private boolean changed(int id, ConfiguredRelay wanted) throws Unlistening {
        try {
            return relays.change(id, wanted.relay());
        } catch (HostException e) {
            throw new Unlistening(wanted.where() + ": " + e.getMessage(), e, e.permission());
        }
    }

    private int open(ConfiguredRelay wanted) throws Unlistening {
        try {
            return relays.open(wanted.relay(), true).id();
        } catch (HostException e) {
            throw new Unlistening(wanted.where() + ": " + e.getMessage(), e, e.permission());
        } catch (SocketException | IllegalStateException e) {
            throw new Unlistening(wanted.where() + ": " + e.getMessage(), e, false);
        }
    }

    /// One that cannot listen; the message names its place in the file.
    static final class Unlistening extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean permission;

        Unlistening(String message, Exception cause, boolean permission) {
            super(message, cause);
            this.permission = permission;
        }

        /// True if it is a permission that is missing.
        boolean permission() {
            return permission;
        }
    }
}
