package org.splnet.control;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.splnet.service.http.HttpError;
import org.splnet.unix.Closer;
import org.splnet.unix.Fd;

/// What the processes of one user have together. By the poller's thread, where nothing else is said.
final class Account {
    private static final long SECOND = 1_000_000_000L;
    /// Seconds of connects that may come at once.
    private static final int BURST = 2;
    /// Part of the octets.
    private static final int SPARED = 4;

    /// Streams of events and captures of one user: the stack's own threads tell each of them what happens,
    /// and hundreds would keep them from anything else.
    private static final int STREAMS = 16;

    /// Requests of one user that only look and are done at once. One may tell of thousands of sockets, and
    /// those of others wait behind it.
    private static final int LOOKS = 4;

    /// Octets of answers that processes of one user have not read, from which on they get no long ones: those
    /// tell of every socket, and a client can ask again and again and read nothing.
    private static final long UNREAD = 32L << 20;
    private static final int SHORT = 4096;

    /// Sockets of one user, whatever the quota: each has a descriptor, and others should get some.
    private static final long MOST = Fd.CEILING / 4 * 3;

    private volatile Rule.Quota quota;
    private String name;
    private int generation;
    private int sockets;
    private int pending;
    private int sessions;
    private int streams;
    private int looks;
    private final Set<Runnable> looking = new LinkedHashSet<>();
    private long unread;
    private double tokens;
    private long filledNs;
    private volatile long queued;       // octets in its sockets when last looked at
    private final AtomicLong since = new AtomicLong();  // octets taken from its processes since then
    private long reserved;              // octets shared with its processes
    private long spared;                // octets that the kernel may hold for them beyond what it does anyway
    private boolean watched;
    private final Closer closer = new Closer();
    private final ArrayDeque<Runnable> wanting = new ArrayDeque<>();
    private final List<Runnable> waiting = new ArrayList<>();

    /// @param name of the rule that the quota comes from
    /// @param generation of the rules
    Account(String name, Rule.Quota quota, int generation, long nowNs) {
        this.generation = generation;
        this.name = name;
        this.quota = quota;
        this.tokens = (double) quota.connectsPerSecond() * BURST;
        this.filledNs = nowNs;
    }

    /// The quota of other rules; within one generation of rules the first stays.
    void rule(String newName, Rule.Quota newQuota, int newGeneration) {
        if (newGeneration != generation) {
            generation = newGeneration;
            name = newName;
            quota = newQuota;
        }
    }

    /// True if one more socket may be opened.
    boolean room() {
        return sockets < Math.min(quota.sockets(), MOST);
    }

    /// @throws HttpError if there is no room for one more socket
    void checkRoom() throws HttpError {
        if (!room()) {
            throw SocketErrors.tooMany("EMFILE", (quota.sockets() <= MOST ? "Rule " + name + " allows "
                    + quota.sockets() : "The daemon has descriptors for " + MOST)
                    + " sockets of one user, and they are in use.");
        }
    }

    /// One more connect is under way.
    ///
    /// @throws HttpError if it may not be
    void connecting(long nowNs) throws HttpError {
        checkRoom();
        if (pending >= quota.pending()) {
            throw SocketErrors.tooMany("EAGAIN", "Rule " + name + " allows " + quota.pending()
                    + " connects of one user to be under way, and they are.");
        }
        double rate = quota.connectsPerSecond();
        tokens = Math.min(rate * BURST, tokens + rate * (nowNs - filledNs) / SECOND);
        filledNs = nowNs;
        if (tokens < 1) {
            throw SocketErrors.tooMany("EAGAIN", "Rule " + name + " allows " + quota.connectsPerSecond()
                    + " connects a second to one user.");
        }
        tokens--;
        pending++;
    }

    /// A connect has succeeded or failed.
    void decided() {
        pending--;
    }

    /// Who closes what its processes have passed on.
    Closer closer() {
        return closer;
    }

    /// Connections of its processes that are no sockets, and wait for none.
    int sessions() {
        return sessions;
    }

    /// A process of the user has connected.
    void came() {
        sessions++;
    }

    /// Its connection is over, or a socket.
    void went() {
        sessions--;
    }

    /// A stream is made for one of its processes, which may take its time and counts already.
    ///
    /// @throws HttpError if it may not
    void streamOpened() throws HttpError {
        if (streams == STREAMS) {
            throw SocketErrors.tooMany("EAGAIN", "There are " + STREAMS + " streams of events and captures"
                    + " of one user at most, and they are open.");
        }
        streams++;
    }

    void streamClosed() {
        streams--;
    }

    /// Has a request of its processes done that only looks, now or after others.
    ///
    /// @param start begins it; [#looked] follows
    void look(Runnable start) {
        if (looks == LOOKS) {
            looking.add(start);
        } else {
            looks++;
            start.run();
        }
    }

    /// It need not be done any more, if it has not begun.
    void lookNot(Runnable start) {
        looking.remove(start);
    }

    /// One such request is done.
    void looked() {
        looks--;
        if (!looking.isEmpty()) {
            Runnable next = looking.iterator().next();
            looking.remove(next);
            look(next);
        }
    }

    /// So many more octets wait to be read by its processes; negative for less.
    void unread(long octets) {
        unread += octets;
    }

    /// @throws HttpError if there is no room for an answer of so many octets
    void checkUnread(int octets) throws HttpError {
        if (octets > SHORT && unread >= UNREAD) {
            throw SocketErrors.tooMany("EAGAIN", unread + " octets of answers wait to be read by processes of"
                    + " this user, which have to read some first.");
        }
    }

    void opened() {
        sockets++;
    }

    void closed() {
        sockets--;
        wake();
    }

    /// Has `again` run when there may be room for one more socket; he who then takes none calls [#wake].
    void whenRoom(Runnable again) {
        wanting.add(again);
    }

    /// If there is room, the one who has waited longest is told.
    void wake() {
        if (room() && !wanting.isEmpty()) {
            wanting.remove().run();
        }
    }

    /// True if nothing is left of it, so that it can be forgotten.
    boolean idle() {
        return sockets == 0 && pending == 0 && sessions == 0 && reserved == 0 && spared == 0 && looks == 0
                && streams == 0 && closer.idle();
    }

    /// Octets that may be taken from its processes. Any thread.
    long takes() {
        return Math.max(0, quota.octets() - queued - since.get());
    }

    /// Octets of memory will be shared with one of its processes.
    ///
    /// @throws HttpError if they are more than it may have
    void reserve(long octets) throws HttpError {
        if (reserved + octets > quota.octets()) {
            throw SocketErrors.tooMany("ENOBUFS", "Rule " + name + " allows " + quota.octets()
                    + " octets of one user, and rings have " + reserved + " of them.");
        }
        reserved += octets;
    }

    void unreserve(long octets) {
        reserved -= octets;
    }

    /// As [#reserve], for memory that it could do without: only as long as most of what it may have is left.
    ///
    /// @return false if it gets none
    boolean spare(long octets) {
        if (reserved + spared + octets > quota.octets() / SPARED) {
            return false;
        }
        spared += octets;
        return true;
    }

    void unspare(long octets) {
        spared -= octets;
    }

    /// Octets were taken. Any thread.
    void took(int octets) {
        since.addAndGet(octets);
    }

    /// True if somebody looks into the queues often, because there are those who wait: the table's to know.
    boolean watched() {
        return watched;
    }

    void watched(boolean now) {
        watched = now;
    }

    /// True if somebody waits until more may be taken.
    boolean waitedFor() {
        return !waiting.isEmpty();
    }

    /// Has `again` run when more may be taken.
    void whenItTakes(Runnable again) {
        waiting.add(again);
    }

    /// @param octets that are in the queues of its sockets now
    void counted(long octets) {
        queued = octets;
        since.set(0);
        if (takes() > 0) {
            List<Runnable> all = List.copyOf(waiting);
            waiting.clear();
            all.forEach(Runnable::run);
        }
    }
}
