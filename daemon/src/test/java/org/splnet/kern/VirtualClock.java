package org.splnet.kern;

import java.util.Comparator;
import java.util.PriorityQueue;

/// A clock that stands still until it is told to move, with things to happen on the way. Single-threaded.
///
/// Events of one instant happen in the order in which they were asked for, so a run depends on nothing but
/// its seed.
public final class VirtualClock implements Clock {
    private record Event(long atNs, long order, Runnable run) { }

    private final PriorityQueue<Event> queue =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNs).thenComparingLong(Event::order));
    private final long originNs;
    private long elapsedNs;         // never wraps, so the queue may compare; only what is shown does
    private long order;

    /// Starts at zero.
    public VirtualClock() {
        this(0);
    }

    /// Starts anywhere, for instance just before the wrap of `nanoTime`.
    public VirtualClock(long originNs) {
        this.originNs = originNs;
    }

    @Override
    public long nanoTime() {
        return originNs + elapsedNs;
    }

    @Override
    public long wallMillis() {
        return elapsedNs / 1_000_000;
    }

    /// Has `run` happen when `delayNs` have passed; with zero, at the next [#advance].
    public void after(long delayNs, Runnable run) {
        if (delayNs < 0) {
            throw new IllegalArgumentException("delay " + delayNs + " ns is in the past");
        }
        queue.add(new Event(Math.addExact(elapsedNs, delayNs), order++, run));
    }

    /// How many nanoseconds remain until the next event; [Long#MAX_VALUE] if there is none.
    public long nextDelayNs() {
        Event next = queue.peek();
        return next == null ? Long.MAX_VALUE : next.atNs() - elapsedNs;
    }

    /// Lets `byNs` pass; what is due meanwhile happens, each with the clock at its instant.
    public void advance(long byNs) {
        if (byNs < 0) {
            throw new IllegalArgumentException("a clock cannot go back by " + -byNs + " ns");
        }
        long until = Math.addExact(elapsedNs, byNs);
        while (!queue.isEmpty() && queue.peek().atNs() <= until) {
            Event event = queue.poll();
            elapsedNs = event.atNs();
            event.run().run();
        }
        elapsedNs = until;
    }
}
