package org.splnet.service;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.splnet.kern.Callout;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;

/// Ends connections on which nothing moves: one callout for all of a server's. It looks at them four times in
/// an idle time and ends those that have not moved for as many looks, so none earlier and none later than a
/// quarter more. No clock is read when an octet moves.
///
/// Any thread, holding nothing.
///
/// @param <T> the connections
public final class IdleWatch<T extends IdleWatch.Watched> implements AutoCloseable {
    /// Looks in one idle time.
    private static final int LOOKS = 4;

    /// One connection.
    public abstract static class Watched {
        // Counted by the thread that works, read by the watch: a late look costs one more round, no more.
        private volatile int progress;
        private int progressSeen = -1;
        private int idleLooks;

        /// Something moved: the watch leaves it alone.
        protected final void moved() {
            progress = progress + 1;
        }

        /// Nothing has moved for the idle time: ends it. By the watch's thread, holding nothing, in which it
        /// must not block.
        protected abstract void idle();

        /// How many looks in a row, this one included, have seen nothing move. By the watch only.
        ///
        /// @param anew none of those before counts
        final int look(boolean anew) {
            int now = progress;
            idleLooks = anew || now != progressSeen ? 0 : idleLooks + 1;
            progressSeen = now;
            return idleLooks;
        }
    }

    private volatile long idleNs;
    private final Clock clock;
    private final CalloutWheel wheel;
    private final Set<T> all = ConcurrentHashMap.newKeySet();
    private final Callout callout = new Callout() {
        @Override
        protected void fire(long nowNs) {
            look(nowNs);
        }
    };
    private volatile boolean closed;
    private long lookedNs;              // the idle time of the last look; by the watch only

    /// @param idleNs how long nothing may move
    public IdleWatch(long idleNs, Clock clock, CalloutWheel wheel) {
        this.idleNs = idleNs;
        this.lookedNs = idleNs;
        this.clock = clock;
        this.wheel = wheel;
    }

    /// Begins to look.
    public void start() {
        lookAfter(clock.nanoTime());
    }

    /// Another time from now on, which begins anew for all: until the next look may be far longer, and those
    /// so far were of another time.
    public void idle(long ns) {
        if (ns != idleNs) {
            idleNs = ns;
            lookAfter(clock.nanoTime());
        }
    }

    private void lookAfter(long nowNs) {
        long ns;
        do {
            ns = idleNs;
            wheel.arm(callout, nowNs + ns / LOOKS);
        } while (ns != idleNs);         // else the old time's look might be the last that was armed
        if (closed) {
            wheel.disarm(callout);
        }
    }

    /// Watches one more.
    public void add(T one) {
        all.add(one);
    }

    /// Watches it no more.
    public void remove(T one) {
        all.remove(one);
    }

    /// Those that are watched; may change while it is gone through.
    public Iterable<T> all() {
        return all;
    }

    private void look(long nowNs) {
        long ns = idleNs;
        boolean anew = ns != lookedNs;
        lookedNs = ns;
        for (T each : all) {
            if (each.look(anew) >= LOOKS) {
                each.idle();
            }
        }
        lookAfter(nowNs);
    }

    /// Looks no more. Idempotent.
    @Override
    public void close() {
        closed = true;
        wheel.disarm(callout);
    }
}
