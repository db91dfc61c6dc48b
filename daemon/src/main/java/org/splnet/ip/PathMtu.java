package org.splnet.ip;

import java.util.LinkedHashMap;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.wire.InetAddr;

/// Path MTUs lower than the link's, as ICMP has told and a transport has found plausible (RFC 1191). Bounded:
/// the oldest makes room; forgotten after a time, so that a path that has become wider is noticed (§6.3).
///
/// Lock key: (l) `lock`, rank `LEAF`.
final class PathMtu {
    private record Entry(int mtu, long untilNs) { }

    private final RankedLock lock = new RankedLock(LockRank.LEAF, "path mtu");
    private final LinkedHashMap<InetAddr, Entry> entries = new LinkedHashMap<>();  // (l)
    private final IpConfig config;
    private final IpStats stats;

    PathMtu(IpConfig config, IpStats stats) {
        this.config = config;
        this.stats = stats;
    }

    /// Notes it, if it is lower than what is known.
    ///
    /// @return the path MTU from now on
    int lower(InetAddr remote, int mtu, int known, long nowNs) {
        int believed = Math.max(mtu, config.minPathMtu());
        if (believed >= known) {
            return known;
        }
        stats.add(IpStats.Counter.PATH_MTU_LOWERED);
        lock.lock();
        try {
            entries.remove(remote);
            if (entries.size() >= config.pathMtus()) {
                entries.pollFirstEntry();
            }
            entries.put(remote, new Entry(believed, nowNs + config.pathMtuTimeoutNs()));
        } finally {
            lock.unlock();
        }
        return believed;
    }

    /// What is known of the path, at most the link's.
    int of(InetAddr remote, int linkMtu, long nowNs) {
        lock.lock();
        try {
            Entry entry = entries.get(remote);
            if (entry == null) {
                return linkMtu;
            }
            if (nowNs - entry.untilNs() >= 0) {
                entries.remove(remote);
                return linkMtu;
            }
            return Math.min(entry.mtu(), linkMtu);
        } finally {
            lock.unlock();
        }
    }

    /// How long what is known lasts.
    long lifetimeNs() {
        return config.pathMtuTimeoutNs();
    }

    /// How many are known.
    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }
}
