package org.splnet.tcp;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.splnet.kern.Entropy;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.kern.SipHash;
import org.splnet.wire.InetAddr;
import org.splnet.wire.TcpOptions;

/// Fast Open (RFC 7413): text in the SYN, for who has shown before that its address is its own. Both ends of
/// it: the cookies that we give, and those that we were given.
///
/// Lock key: (c) constant, (f) `lock`, of rank `LEAF`.
final class FastOpen {
    /// Octets of a cookie of ours (§4.1.2).
    static final int COOKIE_LEN = 8;
    /// Connections that were opened by a cookie and have not shown yet that they are there (§5.1).
    static final int PENDING = 256;
    /// How long a secret is used; a cookie is good for one to two of these.
    private static final long PERIOD_NS = 3600L * 1_000_000_000;
    /// How long a path that lost a SYN with text is spared (§4.1.3.1).
    private static final long SPARED_NS = 3600L * 1_000_000_000;
    private static final int PEERS = 1024;
    private static final long PENANCE_NS = 60_000_000_000L;

    /// What is known of a server.
    ///
    /// @param len octets of the cookie, 0 for a server that must be spared
    /// @param mss what it announced
    /// @param sinceNs when that was learned
    record Known(long hi, long lo, int len, int mss, long sinceNs) { }

    private final FastOpenMode mode;   // (c)
    private final long key0;           // (c)
    private final long key1;           // (c)
    private final AtomicInteger pending = new AtomicInteger();
    private final RankedLock lock = new RankedLock(LockRank.LEAF, "fast open");
    private final ArrayDeque<Long> penance = new ArrayDeque<>();       // (f) no more than there are places
    private final Map<InetAddr, Known> peers = new LinkedHashMap<>(16, 0.75f, true) {       // (f)
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddr, Known> eldest) {
            return size() > PEERS;
        }
    };

    /// @param entropy gives the secret, once
    FastOpen(FastOpenMode mode, Entropy entropy) {
        this.mode = mode;
        this.key0 = entropy.nextLong();
        this.key1 = entropy.nextLong();
    }

    boolean serves() {
        return mode == FastOpenMode.SERVER || mode == FastOpenMode.BOTH;
    }

    boolean asks() {
        return mode == FastOpenMode.CLIENT || mode == FastOpenMode.BOTH;
    }

    /// The cookie for a client (§4.1.2): nobody but it can have it.
    long cookie(long clientHi, long clientLo, long nowNs) {
        return cookie(clientHi, clientLo, Math.floorDiv(nowNs, PERIOD_NS), 0);
    }

    private long cookie(long clientHi, long clientLo, long period, int ago) {
        return SipHash.hash(key0, key1, clientHi, clientLo, period - ago);
    }

    /// True if the SYN has a cookie of ours.
    boolean valid(TcpSegment syn, long nowNs) {
        TcpOptions options = syn.options;
        if (!options.hasFastOpen() || options.cookieLen() != COOKIE_LEN) {
            return false;
        }
        long period = Math.floorDiv(nowNs, PERIOD_NS);
        long hi = syn.packet.srcHi;
        long lo = syn.packet.srcLo;
        long shown = options.cookieHi();
        return shown == cookie(hi, lo, period, 0) || shown == cookie(hi, lo, period, 1);
    }

    /// Takes one of the places for connections that were opened by a cookie alone.
    boolean begin(long nowNs) {
        release(nowNs);
        if (pending.incrementAndGet() > PENDING) {
            pending.decrementAndGet();
            return false;
        }
        return true;
    }

    /// The place is free again: the handshake is complete, or over.
    void end() {
        pending.decrementAndGet();
    }

    /// The peer has reset it. Its place stays taken for a while (§5.1): else whoever can make addresses of
    /// others' send RSTs would never be held up by the limit.
    void reset(long nowNs) {
        lock.lock();
        try {
            penance.add(nowNs + PENANCE_NS);
        } finally {
            lock.unlock();
        }
    }

    private void release(long nowNs) {
        lock.lock();
        try {
            while (!penance.isEmpty() && penance.peek() - nowNs <= 0) {
                penance.poll();
                pending.decrementAndGet();
            }
        } finally {
            lock.unlock();
        }
    }

    int pending() {
        return pending.get();
    }

    /// What is known of a server; null if nothing is.
    Known known(InetAddr server, long nowNs) {
        lock.lock();
        try {
            Known known = peers.get(server);
            return known != null && known.len == 0 && nowNs - known.sinceNs > SPARED_NS ? null : known;
        } finally {
            lock.unlock();
        }
    }

    /// A server has given a cookie.
    void learn(InetAddr server, TcpOptions options, int mss, long nowNs) {
        note(server, new Known(options.cookieHi(), options.cookieLo(), options.cookieLen(), mss, nowNs));
    }

    /// A SYN with text or a request was not answered: something on the way may not like it.
    void unanswered(InetAddr server, long nowNs) {
        note(server, new Known(0, 0, 0, 0, nowNs));
    }

    private void note(InetAddr server, Known known) {
        lock.lock();
        try {
            peers.put(server, known);
        } finally {
            lock.unlock();
        }
    }
}
