package org.splnet.tcp;

/// What has held one connection up, and for how long each: as a sender always something, as a receiver a user
/// who does not read.
///
/// Covered by its connection's lock.
final class Limits {
    private final long[] spentNs = new long[SendLimit.COUNT];
    private SendLimit why = SendLimit.APPLICATION;
    private long sinceNs;
    private boolean unread;
    private long unreadSinceNs;
    private long unreadNs;

    /// @param openedNs since when the user could have sent
    Limits(long openedNs) {
        sinceNs = openedNs;
    }

    /// Sending has come to a stop.
    void stopped(SendLimit reason, long nowNs) {
        if (reason == why) {
            return;
        }
        long ns = between(sinceNs, nowNs);
        spentNs[why.ordinal()] += ns;
        sinceNs += ns;
        why = reason;
    }

    /// A batch of input has the time of its beginning, which may be before what others have done meanwhile.
    private static long between(long sinceNs, long nowNs) {
        return Math.max(nowNs - sinceNs, 0);
    }

    /// What it is now.
    SendLimit why() {
        return why;
    }

    /// How long it was this in all.
    long spentNs(SendLimit reason, long nowNs) {
        return spentNs[reason.ordinal()] + (reason == why ? between(sinceNs, nowNs) : 0);
    }

    /// What nobody reads keeps the peer from sending, or no longer does.
    void unread(boolean now, long nowNs) {
        if (now && !unread) {
            unreadSinceNs = nowNs;
        } else if (!now && unread) {
            unreadNs += between(unreadSinceNs, nowNs);
        }
        unread = now;
    }

    boolean unread() {
        return unread;
    }

    /// How long that was so in all.
    long unreadNs(long nowNs) {
        return unreadNs + (unread ? between(unreadSinceNs, nowNs) : 0);
    }
}
