package org.splnet.kern;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// A bounded queue from any number of threads to one. Putting in never waits, whatever locks are held: what
/// finds no room is refused.
///
/// Lock-free. A producer takes a place by moving `tail`, which it may while that is less than a ring ahead of
/// `head`; then it fills the place. The consumer empties a place before it moves `head`, so whoever takes
/// that place next finds it empty. A producer that has taken a place and not filled it yet hides what comes
/// behind, until it has; nothing is lost by that.
public final class Ring<T> {
    private final AtomicReferenceArray<T> places;
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();

    /// @param capacity how many it holds: a power of two
    public Ring(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("ring of " + capacity + ": must be a power of two");
        }
        places = new AtomicReferenceArray<>(capacity);
    }

    /// Puts one in.
    ///
    /// @return false if there is no room
    public boolean offer(T one) {
        long at;
        do {
            at = tail.get();
            if (at - head.get() >= places.length()) {
                return false;
            }
        } while (!tail.compareAndSet(at, at + 1));
        places.setRelease(place(at), one);
        return true;
    }

    /// Takes the oldest out. By one thread at a time.
    ///
    /// @return null if there is none
    public T poll() {
        long at = head.get();
        T one = places.getAcquire(place(at));
        if (one != null) {
            places.setPlain(place(at), null);
            head.setRelease(at + 1);
        }
        return one;
    }

    /// How many are in it, more or less.
    public int size() {
        return (int) (tail.get() - head.get());
    }

    private int place(long at) {
        return (int) (at & places.length() - 1);
    }
}
