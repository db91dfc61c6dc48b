package org.splnet.control;

import org.splnet.unix.Poller;

/// What a client's descriptor is watched for: that it says something or goes, always; that there is room to
/// write, after a write that found none. By one thread at a time that knows the descriptor to be open.
final class RoomWatch {
    /// What it is watched for in any case.
    static final int ALWAYS = Poller.IN | Poller.END | Poller.EDGE;

    private final Poller poller;
    private final long key;
    private boolean awaited;

    /// @param key of the descriptor's watch
    RoomWatch(Poller poller, long key) {
        this.poller = poller;
        this.key = key;
    }

    /// Whether room is waited for.
    void await(boolean now) {
        if (now != awaited) {
            awaited = now;
            poller.interest(key, now ? ALWAYS | Poller.OUT : ALWAYS);
        }
    }
}
