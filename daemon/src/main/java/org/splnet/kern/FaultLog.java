package org.splnet.kern;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Faults of our own, that is exceptions that no code expected: each distinct stack is logged once and
/// counted ever after, so that a bug which every packet hits can be read in the log instead of drowning it.
///
/// The number of distinct stacks kept is bounded; what comes beyond is counted together and logged no more.
public final class FaultLog {
    /// One distinct fault.
    ///
    /// @param count how often it happened
    /// @param first the first of its kind
    public record Fault(long count, Throwable first) { }

    private record Kind(Class<?> type, List<StackTraceElement> stack, Kind cause) { }

    private static final class Entry {
        private final Throwable first;
        private long count = 1;

        Entry(Throwable first) {
            this.first = first;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger("splnet.fault");
    private static final int CAUSES = 4;
    private static final FaultLog SYSTEM = new FaultLog(64);

    private final int capacity;
    private final AtomicLong total = new AtomicLong();
    private final Map<Kind, Entry> distinct = new HashMap<>();      // guarded by itself
    private long beyond;                                            // guarded by distinct

    /// @param capacity how many distinct faults to keep
    public FaultLog(int capacity) {
        this.capacity = capacity;
    }

    /// The log that the threads and callbacks of this package use.
    public static FaultLog system() {
        return SYSTEM;
    }

    /// Counts a fault and, if it is the first of its kind, logs it. Any thread, holding nothing.
    public void record(Throwable fault) {
        if (first(fault)) {
            tell(fault);
        }
    }

    /// As [#record], with any locks held: it is logged when they are given up.
    public void recordLocked(Throwable fault) {
        if (first(fault)) {
            Deferred.later(new Deferred.Call() {
                @Override
                protected void run() {
                    tell(fault);
                }
            });
        }
    }

    private boolean first(Throwable fault) {
        total.incrementAndGet();
        Kind kind = kind(fault, CAUSES);
        synchronized (distinct) {
            Entry known = distinct.get(kind);
            if (known != null) {
                known.count++;
                return false;
            }
            if (distinct.size() == capacity) {
                beyond++;
                return false;
            }
            distinct.put(kind, new Entry(fault));
            return true;
        }
    }

    private static void tell(Throwable fault) {
        if (Events.wanted(EventKind.FAULT)) {
            StackTraceElement[] stack = fault.getStackTrace();
            Events.post(EventKind.FAULT, "exception", fault.getClass().getName(), "at",
                    stack.length == 0 ? null : stack[0]);
        }
        LOG.error("fault in thread {}", Thread.currentThread().getName(), fault);
    }

    /// How many faults there were.
    public long total() {
        return total.get();
    }

    /// How many of them were of a kind that found the log full.
    public long beyond() {
        synchronized (distinct) {
            return beyond;
        }
    }

    /// The distinct faults, in no order.
    public List<Fault> distinct() {
        synchronized (distinct) {
            var faults = new ArrayList<Fault>(distinct.size());
            for (Entry e : distinct.values()) {
                faults.add(new Fault(e.count, e.first));
            }
            return faults;
        }
    }

    /// Forgets everything, for tests that provoke faults.
    public void clear() {
        synchronized (distinct) {
            distinct.clear();
            beyond = 0;
            total.set(0);
        }
    }

    /// By where it was thrown, not by message: messages contain addresses and numbers. What the JIT compiler
    /// throws without a stack, as it may after many of a sort, is a kind of its own and comes second.
    private static Kind kind(Throwable fault, int causes) {
        Throwable cause = causes == 0 ? null : fault.getCause();
        return new Kind(fault.getClass(), List.of(fault.getStackTrace()),
                cause == null ? null : kind(cause, causes - 1));
    }
}
