package org.splnet.control;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.splnet.socket.SockError;
import org.splnet.unix.Alarm;
import org.splnet.unix.Poller;

/// Accepted connections that were announced by their numbers, until somebody attaches to them, but not for
/// ever. By the poller's thread.
final class Parking {
    private record Parked(Lent socket, Alarm alarm, Runnable freed) { }

    private static final long LONGEST_NS = 30_000_000_000L;

    private final Poller poller;
    private final SocketTable table;
    private final Map<Long, Parked> all = new HashMap<>();

    Parking(Poller poller, SocketTable table) {
        this.poller = poller;
        this.table = table;
    }

    /// @param freed run when it is not kept any more, whatever the reason
    void park(Lent socket, Runnable freed) {
        Alarm alarm = poller.after(LONGEST_NS, () -> drop(socket.id()));
        all.put(socket.id(), new Parked(socket, alarm, freed));
        table.endsBy(socket, () -> drop(socket.id()));
    }

    /// Nobody will attach to a connection any more: it is reset.
    void drop(long id) {
        Parked gone = all.remove(id);
        if (gone != null) {
            gone.alarm().cancel();
            gone.socket().end();
            table.fails(gone.socket(), SockError.ECONNRESET);
            table.remove(gone.socket());
            gone.freed().run();
        }
    }

    /// The connection, for whoever attaches to it; null if it does not wait for `owner`.
    Lent take(long id, Owner owner) {
        Parked taken = all.get(id);
        if (taken == null || taken.socket().owner().who().uid() != owner.who().uid()) {
            return null;
        }
        all.remove(id);
        taken.alarm().cancel();
        taken.freed().run();
        return taken.socket();
    }

    /// Drops all.
    void close() {
        List.copyOf(all.keySet()).forEach(this::drop);
    }
}
