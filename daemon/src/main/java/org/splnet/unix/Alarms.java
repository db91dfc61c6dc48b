package org.splnet.unix;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.splnet.kern.Clock;

/// What a [Poller] is to do at a time, and what can wait a little. By the poller's thread.
final class Alarms {
    private static final long MS = 1_000_000;
    /// Cancelled ones that are not worth going through the others for.
    private static final int FEW = 64;
    /// How long what can wait does.
    private static final long SOON_NS = 100 * MS;

    private final Clock clock;
    private final Consumer<Runnable> attempt;
    private final PriorityQueue<Alarm> queue = new PriorityQueue<>(
            (one, other) -> Long.signum(one.atNs - other.atNs));        // the clock may wrap
    private int cancelled;              // in the queue, and will not ring
    private final ArrayDeque<Runnable> canWait = new ArrayDeque<>();
    private boolean soon;               // an alarm for those is set

    /// @param attempt does something that may throw
    Alarms(Clock clock, Consumer<Runnable> attempt) {
        this.clock = clock;
        this.attempt = attempt;
    }

    /// As [Poller#after].
    Alarm after(long delayNs, Runnable action) {
        Alarm alarm = new Alarm(this, clock.nanoTime() + delayNs, action);
        // Most are cancelled long before they are due, so half of the queue at most may be those.
        if (cancelled >= FEW && cancelled > queue.size() / 2) {
            queue.removeIf(Alarm::isCancelled);
            cancelled = 0;
        }
        queue.add(alarm);
        return alarm;
    }

    /// One that is in the queue will not ring.
    void cancelled() {
        cancelled++;
    }

    /// As [Poller#soon].
    void soon(Runnable task) {
        canWait.add(task);
        if (!soon) {
            soon = true;
            after(SOON_NS, this::whatCanWait);
        }
    }

    private void whatCanWait() {
        soon = false;
        for (int i = canWait.size(); i > 0; i--) {
            attempt.accept(canWait.poll());
        }
    }

    /// Does what is due.
    void ring() {
        if (queue.isEmpty()) {
            return;
        }
        long nowNs = clock.nanoTime();
        for (Alarm next; (next = queue.peek()) != null && (next.isCancelled() || next.atNs - nowNs <= 0); ) {
            queue.poll();
            Runnable action = next.take();
            if (action == null) {
                cancelled--;
            } else {
                attempt.accept(action);
            }
        }
    }

    /// Milliseconds until there is something to do; -1 if there never is.
    int timeoutMs() {
        Alarm next = queue.peek();
        if (next == null) {
            return -1;
        }
        long ns = next.isCancelled() ? 0 : next.atNs - clock.nanoTime();
        return Math.clamp((ns + MS - 1) / MS, 0, Integer.MAX_VALUE);
    }

    /// How many are in the queue.
    int size() {
        return queue.size();
    }
}
