package org.splnet.driver;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.splnet.net.DeviceException;
import org.splnet.unix.Libc;

/// For drivers: sleeping on a file descriptor, and being woken. `ppoll` on it and an eventfd; waking costs a
/// system call only if somebody sleeps. Nothing here allocates.
///
/// Whether the descriptors are still open is for the caller to know ([DescriptorUse]).
public final class DescriptorSleep {
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    /// POLLERR, POLLHUP and POLLNVAL, which come unasked.
    private static final int TROUBLE = 8 | 16 | 32;
    private static final int POLLFD_LEN = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final long SECOND_NS = 1_000_000_000L;

    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int RUNG = 2;

    private final AtomicInteger state = new AtomicInteger(AWAKE);
    private final Libc sleeper = new Libc();
    private final Libc ringer = new Libc();
    private final int bell;
    private final MemorySegment pollfds;
    private final MemorySegment timeout;
    private final MemorySegment drained;
    private final MemorySegment one;

    /// @param descriptor what to wait for, or -1 to wait for the bell alone; it stays the caller's
    /// @throws DeviceException if the process has no descriptor left for the bell
    public DescriptorSleep(int descriptor) throws DeviceException {
        bell = sleeper.eventfd(0, Libc.O_CLOEXEC | Libc.O_NONBLOCK);
        if (bell < 0) {
            throw new DeviceException("cannot make an eventfd: too many open files: raise the limit (ulimit"
                    + " -n, LimitNOFILE=)");
        }
        Arena arena = Arena.ofAuto();
        pollfds = arena.allocate(2 * POLLFD_LEN, 8);
        timeout = arena.allocate(16, 8);
        drained = arena.allocate(JAVA_LONG);
        one = arena.allocateFrom(JAVA_LONG, 1);
        pollfds.set(JAVA_INT, 0, descriptor);
        pollfds.set(JAVA_INT, POLLFD_LEN, bell);
        pollfds.set(JAVA_SHORT, POLLFD_LEN + EVENTS, POLLIN);
    }

    /// Waits for another descriptor from now on; -1 for the bell alone. By the thread that sleeps.
    public void watch(int descriptor) {
        pollfds.set(JAVA_INT, 0, descriptor);
        pollfds.set(JAVA_SHORT, REVENTS, (short) 0);
    }

    /// Sleeps until the descriptor can be read (or written, if `wantTransmit`), [#wakeup], an error on it, a
    /// signal, or the time is up. One thread at a time, holding nothing.
    ///
    /// @return true if there is an error on the descriptor
    public boolean await(long timeoutNs, boolean wantTransmit) {
        if (!state.compareAndSet(AWAKE, ASLEEP)) {
            state.set(AWAKE);
            return false;
        }
        long ns = Math.max(0, timeoutNs);
        timeout.set(JAVA_LONG, 0, ns / SECOND_NS);
        timeout.set(JAVA_LONG, 8, ns % SECOND_NS);
        pollfds.set(JAVA_SHORT, EVENTS, wantTransmit ? (short) (POLLIN | POLLOUT) : POLLIN);
        int ready = sleeper.ppoll(pollfds.address(), 2, timeout.address());
        state.set(AWAKE);
        if (ready <= 0) {
            return false;
        }
        // a ring that comes before the state is set leaves the eventfd so: one sleep too short, no more
        if (pollfds.get(JAVA_SHORT, POLLFD_LEN + REVENTS) != 0) {
            drain();
        }
        return (pollfds.get(JAVA_SHORT, REVENTS) & TROUBLE) != 0;
    }

    /// Ends the running or the next [#await]. Any thread, any locks.
    public void wakeup() {
        if (state.getAndSet(RUNG) == ASLEEP) {
            ring();
        }
    }

    /// Gives the eventfd back. Nobody may be inside any other method, now or later.
    public void close() {
        sleeper.close(bell);
    }

    private void drain() {
        sleeper.read(bell, drained.address(), Long.BYTES);
    }

    /// Several may ring at once: what they share is a place for an errno that nobody reads.
    private void ring() {
        ringer.write(bell, one.address(), Long.BYTES);
    }
}
