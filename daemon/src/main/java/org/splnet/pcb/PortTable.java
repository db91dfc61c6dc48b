package org.splnet.pcb;

import java.util.Objects;
import java.util.function.IntPredicate;
import org.splnet.kern.Entropy;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;

/// Who has which local port of one transport protocol: reservations counted by the endpoints that use them,
/// so that an address, a listener and a connection have lives of their own. Takes the `PORTS` lock.
///
/// Reservations of one port meet if their addresses are the same or either is unspecified (POSIX `bind`).
/// Those that meet get on, as on Linux, if
///
/// - both were made for a far end, by [#outgoing]: the far ends tell them apart. So 16,384 ephemeral ports
///   limit the connections to one far end, not all connections;
/// - both are to be shared as `SO_REUSEADDR` says, and neither listens: a connection that is left of a
///   listener does not keep the next one from its port;
/// - both are to be shared as `SO_REUSEPORT` says, and of one user.
///
/// Where several are bound, [#listen] asks again. Accepted connections hold their listener's reservation, on
/// its terms; it stays that of any address if the listener's was, where Linux narrows it to the connection's.
///
/// Lock key: (c) constant, (p) `lock`, rank `PORTS`.
public final class PortTable {
    private static final int PAGE = 256;

    private final RankedLock lock = new RankedLock(LockRank.PORTS, "port table");
    private final Reservation[][] pages = new Reservation[65536 / PAGE][]; // (p) made when first used
    private final int first;
    private final int count;
    private final Entropy entropy; // (p)
    private final TupleHash hash;
    private int nextEphemeral; // (p)

    /// @param ephemeralFirst first port to choose from (RFC 6335: 49152)
    /// @param ephemeralLast last one
    /// @param entropy for RFC 6056's random and hashed choice
    public PortTable(int ephemeralFirst, int ephemeralLast, Entropy entropy) {
        if (ephemeralFirst < 1 || ephemeralLast > 65535 || ephemeralLast < ephemeralFirst) {
            throw new IllegalArgumentException("ephemeral ports " + ephemeralFirst + ".." + ephemeralLast
                    + " are not in 1..65535");
        }
        this.first = ephemeralFirst;
        this.count = ephemeralLast - ephemeralFirst + 1;
        this.entropy = entropy;
        this.hash = new TupleHash(entropy.nextLong());
        this.nextEphemeral = entropy.nextInt(count);
    }

    /// Reserves a port for an address (unspecified for any).
    ///
    /// @param port 1 to 65535; 0 is never reserved
    /// @return null if it is taken
    public Reservation reserve(long hi, long lo, int port, Sharing sharing) {
        if (port < 1 || port > 65535) {
            return null;
        }
        lock.lock();
        try {
            return compatible(hi, lo, port, sharing) ? take(hi, lo, port, sharing) : null;
        } finally {
            lock.unlock();
        }
    }

    /// Reserves, for a socket without a far end, a port that meets no other, at random: by RFC 6056 algorithm
    /// 1, since the hash of algorithm 3 would be the same for all, and the next port known from the last.
    ///
    /// @param sharing with whom the port is shared from then on
    /// @return null if all are taken
    public Reservation choose(long hi, long lo, Sharing sharing) {
        lock.lock();
        try {
            int port = search(hi, lo, Sharing.NONE, entropy.nextInt(count), any -> true);
            return port < 0 ? null : take(hi, lo, port, sharing);
        } finally {
            lock.unlock();
        }
    }

    /// Reserves a port for a connection to a far end by RFC 6056 algorithm 3 (hash of the far end plus a
    /// counter that starts at random).
    ///
    /// @param usable asked with nothing reserved yet and the `PORTS` lock held, so it may look up but not
    ///     change: says whether the four-tuple with this port is free
    /// @return null if all are taken
    public Reservation outgoing(long hi, long lo, long remoteHi, long remoteLo, int remotePort,
            IntPredicate usable) {
        long hashed = hash.hash(hi, lo, 0, remoteHi, remoteLo, remotePort);
        lock.lock();
        try {
            int port = search(hi, lo, null, (int) Long.remainderUnsigned(hashed, count), usable);
            return port < 0 ? null : take(hi, lo, port, null);
        } finally {
            lock.unlock();
        }
    }

    private int search(long hi, long lo, Sharing sharing, int offset, IntPredicate usable) {
        for (int tries = 0; tries < count; tries++) {
            int port = first + (nextEphemeral + offset) % count;
            nextEphemeral = (nextEphemeral + 1) % count;
            if (compatible(hi, lo, port, sharing) && usable.test(port)) {
                return port;
            }
        }
        return -1;
    }

    /// One more user of a reservation: an accepted connection of a listener's port.
    public void retain(Reservation held) {
        lock.lock();
        try {
            mustBeHeld(held);
            held.uses++;
        } finally {
            lock.unlock();
        }
    }

    /// Gives a reservation, or one use of it, back.
    public void release(Reservation held) {
        lock.lock();
        try {
            mustBeHeld(held);
            drop(held);
        } finally {
            lock.unlock();
        }
    }

    /// One use of a reservation becomes that of a listener.
    ///
    /// @return false if somebody listens with whom it is not shared
    public boolean listen(Reservation held) {
        lock.lock();
        try {
            mustBeHeld(held);
            if (!mayListen(held)) {
                return false;
            }
            begin(held);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Gives a listener's use of a reservation back.
    public void endListening(Reservation held) {
        lock.lock();
        try {
            mustBeHeld(held);
            held.listeners--;
            drop(held);
        } finally {
            lock.unlock();
        }
    }

    /// Uses of exactly this address and port.
    public int uses(long hi, long lo, int port) {
        lock.lock();
        try {
            int uses = 0;
            for (Reservation held = chain(port); held != null; held = held.next) {
                uses += held.hi == hi && held.lo == lo ? held.uses : 0;
            }
            return uses;
        } finally {
            lock.unlock();
        }
    }

    private static void mustBeHeld(Reservation held) {
        if (held.uses == 0) {
            throw new IllegalStateException(held.local() + " is not reserved");
        }
    }

    /// @param sharing null if for a far end
    private boolean compatible(long hi, long lo, int port, Sharing sharing) {
        for (Reservation held = chain(port); held != null; held = held.next) {
            if (held.apart(hi, lo)) {
                continue;
            }
            boolean ok = sharing == null || held.sharing == null ? sharing == held.sharing
                    : held.listeners == 0 ? sharing.withBound(held.sharing)
                            : sharing.withListener(held.sharing);
            if (!ok) {
                return false;
            }
        }
        return true;
    }

    private boolean mayListen(Reservation wanted) {
        for (Reservation held = chain(wanted.port); held != null; held = held.next) {
            if (held.listeners > 0 && !held.apart(wanted.hi, wanted.lo)
                    && !wanted.sharing.withListener(held.sharing)) {
                return false;
            }
        }
        return true;
    }

    private static void begin(Reservation held) {
        held.listeners++;
    }

    private Reservation take(long hi, long lo, int port, Sharing sharing) {
        for (Reservation held = chain(port); held != null; held = held.next) {
            if (held.hi == hi && held.lo == lo && Objects.equals(held.sharing, sharing)) {
                held.uses++;
                return held;
            }
        }
        Reservation[] page = pages[port / PAGE];
        if (page == null) {
            page = new Reservation[PAGE];
            pages[port / PAGE] = page;
        }
        page[port % PAGE] = new Reservation(hi, lo, port, sharing, page[port % PAGE]);
        return page[port % PAGE];
    }

    private void drop(Reservation held) {
        if (--held.uses > 0) {
            return;
        }
        Reservation[] page = pages[held.port / PAGE];
        if (page[held.port % PAGE] == held) {
            page[held.port % PAGE] = held.next;
            return;
        }
        Reservation before = page[held.port % PAGE];
        while (before.next != held) {
            before = before.next;
        }
        before.next = held.next;
    }

    private Reservation chain(int port) {
        Reservation[] page = pages[port / PAGE];
        return page == null ? null : page[port % PAGE];
    }
}
