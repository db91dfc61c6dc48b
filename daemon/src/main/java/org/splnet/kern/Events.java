package org.splnet.kern;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Where the stack tells what happens, and whoever wants to know subscribes. One for the whole process, as
/// the witness and the [FaultLog] are.
///
/// With no subscriber telling costs one volatile read:
///
/// ```java
/// if (Events.wanted(EventKind.LINK_UP)) {
///     Events.post(EventKind.LINK_UP, "interface", name);
/// }
/// ```
///
/// Lock key: (m) the monitor of the class; (v) volatile, written under it.
public final class Events {
    /// One who wants to know.
    public static final class Subscription implements AutoCloseable {
        private final int kinds;
        private final Feed<Event> feed;

        private Subscription(int kinds, Feed<Event> feed) {
            this.kinds = kinds;
            this.feed = feed;
        }

        /// The oldest event not fetched yet; null if there is none. By one thread at a time.
        public Event poll() {
            return feed.poll();
        }

        /// How many events there was no room for.
        public long lost() {
            return feed.lost();
        }

        @Override
        public void close() {
            remove(this);
            feed.close();
        }
    }

    private static volatile int wanted;                                     // (v) a bit per kind
    private static volatile List<Subscription> subscriptions = List.of();   // (v)

    private Events() {
    }

    /// True if somebody wants to know of this kind: ask before making an event.
    public static boolean wanted(EventKind kind) {
        return (wanted & 1 << kind.ordinal()) != 0;
    }

    /// Tells of an event. Any thread, any locks held; neither waits nor calls anybody.
    ///
    /// @param fields as [Event#fields]
    public static void post(EventKind kind, Object... fields) {
        int bit = 1 << kind.ordinal();
        Event event = new Event(Clock.system().wallMillis(), kind, fields);
        for (Subscription each : subscriptions) {
            if ((each.kinds & bit) != 0) {
                each.feed.offer(event);
            }
        }
    }

    /// Subscribes to some kinds.
    ///
    /// @param capacity how many may wait to be fetched, a power of two
    /// @param wakeup as in [Feed]
    public static Subscription subscribe(Set<EventKind> kinds, int capacity, Runnable wakeup) {
        int bits = 0;
        for (EventKind each : kinds) {
            bits |= 1 << each.ordinal();
        }
        var one = new Subscription(bits, new Feed<>("events", capacity, wakeup));
        synchronized (Events.class) {
            List<Subscription> next = new ArrayList<>(subscriptions);
            next.add(one);
            publish(next);
        }
        return one;
    }

    private static void remove(Subscription one) {
        synchronized (Events.class) {
            List<Subscription> next = new ArrayList<>(subscriptions);
            next.remove(one);
            publish(next);
        }
    }

    private static void publish(List<Subscription> next) {
        int bits = 0;
        for (Subscription each : next) {
            bits |= each.kinds;
        }
        subscriptions = List.copyOf(next);
        wanted = bits;
    }
}
