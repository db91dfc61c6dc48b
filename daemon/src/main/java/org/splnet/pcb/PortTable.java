package org.splnet.pcb;

import java.util.function.IntPredicate;
import org.splnet.kern.Entropy;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.wire.InetAddr;

/// Who has which local port of one transport protocol: reservations counted by the endpoints that use them,
/// so that an address, a listener and a connection have lives of their own. Takes the `PORTS` lock.
///
/// A reservation is of an address and a port and has one of three kinds, by which it gets on with others
/// whose address is the same or where either is unspecified (POSIX `bind`):
///
/// | kind | made by | beside |
/// |---|---|---|
/// | exclusive | [#reserve], [#choose] without a far end | nothing |
/// | shared | [#reserve] with `shared` (`SO_REUSEADDR`) | shared |
/// | outgoing | [#choose] with a far end | outgoing |
///
/// Outgoing ones are told apart by their far ends, which is what `usable` is asked about: so 16,384 ephemeral
/// ports limit the connections to one far end, not all connections. Between listeners that share a port
/// the protocol decides.
///
/// Lock key: (c) constant, (p) `lock`, rank `PORTS`.
public final class PortTable {
    private static final int PAGE = 256;

    private enum Kind { EXCLUSIVE, SHARED, OUTGOING }

    private static final class Reservation {
        final long hi;      // (c)
        final long lo;      // (c)
        final Kind kind;    // (c)
        int uses = 1;       // (p)
        Reservation next;   // (p)

        Reservation(long hi, long lo, Kind kind, Reservation next) {
            this.hi = hi;
            this.lo = lo;
            this.kind = kind;
            this.next = next;
        }
    }

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

    /// Reserves a port for an address (unspecified for any), to be shared or not.
    ///
    /// @param port 1 to 65535; 0 is never reserved
    /// @param shared true if others that say so too may have the same (`SO_REUSEADDR`)
    /// @return false if it is taken
    public boolean reserve(long hi, long lo, int port, boolean shared) {
        if (port < 1 || port > 65535) {
            return false;
        }
        Kind kind = shared ? Kind.SHARED : Kind.EXCLUSIVE;
        lock.lock();
        try {
            if (!compatible(hi, lo, port, kind)) {
                return false;
            }
            take(hi, lo, port, kind);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// One more user of a reservation: an accepted connection of a listener's port.
    ///
    /// @param hi the address as it was reserved, that is, the listener's
    public void retain(long hi, long lo, int port) {
        lock.lock();
        try {
            Reservation held = find(hi, lo, port);
            if (held == null) {
                throw new IllegalStateException("port " + port + " is not reserved for "
                        + InetAddr.of(hi, lo));
            }
            held.uses++;
        } finally {
            lock.unlock();
        }
    }

    /// Gives a reservation, or one use of it, back.
    public void release(long hi, long lo, int port) {
        lock.lock();
        try {
            Reservation held = find(hi, lo, port);
            if (held == null) {
                throw new IllegalStateException("port " + port + " is not reserved for "
                        + InetAddr.of(hi, lo));
            }
            if (--held.uses == 0) {
                remove(held, port);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Chooses a free port by RFC 6056 algorithm 3 (hash of the far end plus a counter that starts at
    /// random) and reserves it. Without a far end the hash would be the same for all, and the next port
    /// known from the last: then the search starts at random instead (algorithm 1).
    ///
    /// @param remoteHi the far end
    /// @param remotePort zero for a socket without a far end: the port is then its alone
    /// @param usable asked with nothing reserved yet and the `PORTS` lock held, so it may look up but not
    ///     change: says whether the four-tuple with this port is free
    /// @return the port, or -1 if all are taken
    public int choose(long hi, long lo, long remoteHi, long remoteLo, int remotePort, IntPredicate usable) {
        Kind kind = remotePort == 0 ? Kind.EXCLUSIVE : Kind.OUTGOING;
        lock.lock();
        try {
            int offset = kind == Kind.EXCLUSIVE ? entropy.nextInt(count)
                    : (int) Long.remainderUnsigned(
                            hash.hash(hi, lo, 0, remoteHi, remoteLo, remotePort), count);
            for (int tries = 0; tries < count; tries++) {
                int port = first + (nextEphemeral + offset) % count;
                nextEphemeral = (nextEphemeral + 1) % count;
                if (compatible(hi, lo, port, kind) && usable.test(port)) {
                    take(hi, lo, port, kind);
                    return port;
                }
            }
            return -1;
        } finally {
            lock.unlock();
        }
    }

    /// Uses of the reservation of exactly this address and port; 0 if there is none.
    public int uses(long hi, long lo, int port) {
        lock.lock();
        try {
            Reservation held = find(hi, lo, port);
            return held == null ? 0 : held.uses;
        } finally {
            lock.unlock();
        }
    }

    private boolean compatible(long hi, long lo, int port, Kind kind) {
        for (Reservation held = chain(port); held != null; held = held.next) {
            boolean meet = held.hi == hi && held.lo == lo
                    || covers(held.hi, held.lo, hi, lo) || covers(hi, lo, held.hi, held.lo);
            if (meet && (kind == Kind.EXCLUSIVE || held.kind != kind)) {
                return false;
            }
        }
        return true;
    }

    /// True if the first address is the unspecified one of a family the second belongs to; that of IPv6
    /// stands for both families.
    private static boolean covers(long anyHi, long anyLo, long hi, long lo) {
        return anyHi == 0 && (anyLo == 0 || anyLo == 0xffff_0000_0000L && InetAddr.isV4(hi, lo));
    }

    private void take(long hi, long lo, int port, Kind kind) {
        Reservation held = find(hi, lo, port);
        if (held != null) {
            held.uses++;
            return;
        }
        Reservation[] page = pages[port / PAGE];
        if (page == null) {
            page = new Reservation[PAGE];
            pages[port / PAGE] = page;
        }
        page[port % PAGE] = new Reservation(hi, lo, kind, page[port % PAGE]);
    }

    private void remove(Reservation gone, int port) {
        Reservation[] page = pages[port / PAGE];
        if (page[port % PAGE] == gone) {
            page[port % PAGE] = gone.next;
            return;
        }
        Reservation before = page[port % PAGE];
        while (before.next != gone) {
            before = before.next;
        }
        before.next = gone.next;
    }

    private Reservation find(long hi, long lo, int port) {
        for (Reservation held = chain(port); held != null; held = held.next) {
            if (held.hi == hi && held.lo == lo) {
                return held;
            }
        }
        return null;
    }

    private Reservation chain(int port) {
        Reservation[] page = pages[port / PAGE];
        return page == null ? null : page[port % PAGE];
    }
}
