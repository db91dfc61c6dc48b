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
        final int look() {
            int now = progress;
            idleLooks = now == progressSeen ? idleLooks + 1 : 0;
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

    /// @param idleNs how long nothing may move
    public IdleWatch(long idleNs, Clock clock, CalloutWheel wheel) {
        this.idleNs = idleNs;
        this.clock = clock;
        this.wheel = wheel;
    }

    /// Begins to look.
    public void start() {
        wheel.arm(callout, clock.nanoTime() + idleNs / LOOKS);
    }

    /// Another time from the next look on.
    public void idle(long ns) {
        idleNs = ns;
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
        for (T each : all) {
            if (each.look() >= LOOKS) {
                each.idle();
            }
        }
        if (!closed) {
            wheel.arm(callout, nowNs + idleNs / LOOKS);
        }
    }

    /// Looks no more. Idempotent.
    @Override
    public void close() {
        closed = true;
        wheel.disarm(callout);
    }
}
