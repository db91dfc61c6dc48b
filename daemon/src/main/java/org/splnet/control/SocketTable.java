package org.splnet.control;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.splnet.kern.Clock;
import org.splnet.socket.SockError;
import org.splnet.unix.Poller;

/// The sockets that clients have, by their ids, and for a while why those ended that are no more. Changed by
/// the poller's thread only; [#all] and [#get] by any.
final class SocketTable {
    /// How a socket ended that is no more.
    ///
    /// @param fin the other end had sent its FIN before: what Linux tells the user in that state is not what
    /// it tells in others
    record Ended(Owner owner, SockError error, boolean fin, long atNs) { }

    private static final long KEPT_NS = 60_000_000_000L;
    private static final int MOST_ENDED = 4096;        // of one user
    private static final long SOON_NS = 2_000_000;
    private static final int PART = 20;
    /// Numbers go round in 1 to this: clients pass them on in 31 bits.
    private static final long MOST_NUMBER = Integer.MAX_VALUE;
    /// Fibonacci hashing of the time at which a daemon starts, to 30 bits.
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;
    private static final int SPREAD_SHIFT = 34;

    private final Clock clock;
    private final Map<Long, Lent> all = new ConcurrentHashMap<>();
    private final Map<Long, Runnable> ends = new HashMap<>();
    private final Map<Long, Runnable> inputs = new HashMap<>();
    private final Map<Long, IntSupplier> held = new HashMap<>();
    /// By user, oldest first: whose connections fail all the time takes nothing from others.
    private final Map<Integer, LinkedHashMap<Long, Ended>> ended = new HashMap<>();
    private final long before;
    private long given;

    SocketTable(Clock clock) {
        this(clock, clock.wallMillis() * SPREAD >>> SPREAD_SHIFT);
    }

    /// @param before the number before the first, of 0 to 2^31 - 2
    SocketTable(Clock clock, long before) {
        this.clock = clock;
        this.before = before;
    }

    /// A number that no socket had, unless all have been given since, and hardly one of the daemon before:
    /// its clients may be there yet, and what they ask, or set, is about nobody else's.
    long next() {
        long id;
        do {
            id = (before + given++) % MOST_NUMBER + 1;
        } while (all.containsKey(id) || hasEnded(id));
        return id;
    }

    /// True for a number that is none of ours: that socket ended with its daemon.
    boolean strange(long id) {
        return id < 1 || id > MOST_NUMBER || Math.floorMod(id - 1 - before, MOST_NUMBER) >= given;
    }

    /// True if it is kept yet how a socket of this number ended.
    private boolean hasEnded(long id) {
        for (Map<Long, Ended> each : ended.values()) {
            if (each.containsKey(id)) {
                return true;
            }
        }
        return false;
    }

    void add(Lent socket) {
        all.put(socket.id(), socket);
        socket.owner().account().opened();
    }

    /// Who ends a socket, and what passes its octets on.
    void endsBy(Lent socket, Runnable end) {
        ends.put(socket.id(), end);
    }

    /// What takes whatever its client has sent to a socket by now.
    void takesBy(Lent socket, Runnable take) {
        inputs.put(socket.id(), take);
    }

    /// What the client has sent goes out, ahead of a change that it has asked for behind it.
    void take(Lent socket) {
        Runnable take = inputs.get(socket.id());
        if (take != null) {
            take.run();
        }
    }

    /// What passes a socket's octets on, and how many it has just now.
    void holds(Lent socket, IntSupplier octets) {
        held.put(socket.id(), octets);
    }

    /// Octets that wait in it or beside it, in either direction.
    long octets(Lent socket) {
        IntSupplier more = held.get(socket.id());
        return socket.queued() + (more == null ? 0 : more.getAsInt());
    }

    /// Ends a socket at once.
    void end(Lent socket) {
        Runnable end = ends.get(socket.id());
        if (end != null) {
            end.run();
        } else {
            socket.end();
        }
    }

    void remove(Lent socket) {
        if (all.remove(socket.id()) == null) {
            return;
        }
        ends.remove(socket.id());
        inputs.remove(socket.id());
        held.remove(socket.id());
        socket.owner().account().closed();
    }

    /// A connection has failed, and ends, or will when its client has read what had come.
    ///
    /// @param error why, for the client to ask for
    void fails(Lent connection, SockError error) {
        long nowNs = clock.nanoTime();
        ended.values().removeIf(each -> forgetOld(each, nowNs));
        Owner owner = connection.owner();
        LinkedHashMap<Long, Ended> own = ended.computeIfAbsent(owner.who().uid(),
                any -> new LinkedHashMap<>());
        own.putLast(connection.id(), new Ended(owner, error, connection.stream().ended(), nowNs));
        if (own.size() > MOST_ENDED) {
            own.pollFirstEntry();
        }
    }

    /// @return true if nothing is left
    private static boolean forgetOld(LinkedHashMap<Long, Ended> own, long nowNs) {
        while (!own.isEmpty() && nowNs - own.firstEntry().getValue().atNs > KEPT_NS) {
            own.pollFirstEntry();
        }
        return own.isEmpty();
    }

    /// Tells each account what is in the queues of its sockets.
    void count() {
        Map<Account, Long> octets = new HashMap<>();
        for (Lent each : all.values()) {
            octets.merge(each.owner().account(), octets(each), Long::sum);
        }
        octets.forEach(Account::counted);
    }

    /// Has `again` run when more may be taken for an account. Its queues are looked into soon, and again
    /// until nobody waits for it, but however many sockets there are, not so often that it would take more
    /// than a small part of the thread's time.
    void countSoon(Poller poller, Account account, Runnable again) {
        account.whenItTakes(again);
        if (account.watched()) {
            return;
        }
        account.watched(true);
        look(poller, account, SOON_NS);
    }

    private void look(Poller poller, Account account, long afterNs) {
        poller.after(afterNs, () -> {
            long beganNs = clock.nanoTime();
            long octets = 0;
            for (Lent each : all.values()) {
                octets += each.owner().account() == account ? octets(each) : 0;
            }
            account.counted(octets);
            if (account.waitedFor()) {
                look(poller, account, Math.max(SOON_NS, PART * (clock.nanoTime() - beganNs)));
            } else {
                account.watched(false);
            }
        });
    }

    /// The socket, or null.
    Lent get(long id) {
        return all.get(id);
    }

    /// How a socket ended that `asking` may touch; null if nothing is known.
    Ended ended(long id, Owner asking) {
        for (Map<Long, Ended> each : ended.values()) {
            Ended was = each.get(id);
            if (was != null) {
                return asking.mayTouch(was.owner) ? was : null;
            }
        }
        return null;
    }

    /// Its user knows how a socket ended.
    void forgetEnded(long id, int uid) {
        LinkedHashMap<Long, Ended> own = ended.get(uid);
        if (own != null && own.remove(id) != null && own.isEmpty()) {
            ended.remove(uid);
        }
    }

    /// All of them, as they are just now.
    Collection<Lent> all() {
        return all.values();
    }
}
