package org.splnet.kern;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// What the stack's threads tell somebody who may be slow: a bounded [Ring] and a thread that calls him.
/// Those who tell never wait and never call out, whatever locks they hold; what finds no room is counted.
public final class Feed<T> implements AutoCloseable {
    private final Ring<T> ring;
    private final LongAdder lost = new LongAdder();
    private final AtomicBoolean news = new AtomicBoolean();
    private final Runnable wakeup;
    private final Thread waker;
    private volatile boolean closed;

    /// @param capacity a power of two
    /// @param wakeup called by a thread of the feed, holding nothing, when there is something new; several
    ///     pieces of news may come as one call, and one call may be late and find nothing, also after
    ///     [#close]
    public Feed(String name, int capacity, Runnable wakeup) {
        this.ring = new Ring<>(capacity);
        this.wakeup = wakeup;
        this.waker = Thread.ofPlatform().name(name).daemon().start(this::wake);
    }

    /// Tells one thing. Any thread, any locks held.
    ///
    /// @return false if there was no room
    public boolean offer(T one) {
        boolean taken = add(one);
        news();
        return taken;
    }

    /// Tells one thing and leaves it to [#news] to call him. Any thread, any locks held.
    ///
    /// @return false if there was no room
    public boolean add(T one) {
        boolean taken = ring.offer(one);
        if (!taken) {
            lost.increment();
        }
        return taken;
    }

    /// Has him called. Any thread, any locks held.
    public void news() {
        if (!news.get() && news.compareAndSet(false, true)) {
            LockSupport.unpark(waker);
        }
    }

    /// The oldest thing told; null if there is none. By one thread at a time.
    public T poll() {
        return ring.poll();
    }

    /// How many found no room.
    public long lost() {
        return lost.sum();
    }

    private void wake() {
        while (!closed) {
            if (!news.getAndSet(false)) {
                LockSupport.park(this);
                continue;
            }
            try {
                wakeup.run();
            } catch (RuntimeException | Error fault) {
                FaultLog.system().record(fault);
            }
        }
    }

    /// Ends the calls. What was told can still be fetched. Idempotent.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(waker);
    }
}
