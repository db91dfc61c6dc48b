package org.splnet.relay;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.splnet.service.IdleWatch;

/// Who has come in: a connection or a flow of datagrams. By one event loop's thread, except [#later] and
/// what ends it from elsewhere, which hand over to it.
abstract class Guest extends IdleWatch.Watched {
    final Relay relay;
    final EventLoop loop;
    private boolean ended;

    Guest(Relay relay, EventLoop loop) {
        this.relay = relay;
        this.loop = loop;
    }

    /// True once it is over.
    final boolean ended() {
        return ended;
    }

    /// Has something done by the loop's thread. Any thread, holding nothing.
    ///
    /// @return false if there is none any more: the relays have ended, and what was theirs with them
    final boolean later(Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /// Nothing has moved for too long. By the watch's thread, holding nothing.
    @Override
    protected final void idle() {
        later(() -> {
            if (!ended) {
                relay.stats().idleTimeouts.increment();
                abort();
            }
        });
    }

    /// Has it ended. Any thread, holding nothing; does not wait.
    final void stop() {
        later(this::abort);
    }

    /// Ends both sides of it. Idempotent.
    abstract void abort();

    /// It is over, and its place is free.
    ///
    /// @return false if it was already
    final boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        relay.ended(this);
        return true;
    }
}
