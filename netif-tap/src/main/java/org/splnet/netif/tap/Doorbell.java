package org.splnet.netif.tap;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// Sleeping on a TAP, and being woken: `ppoll` on the TAP and an eventfd. Ringing costs a system call only
/// if somebody sleeps. Nothing here allocates.
final class Doorbell {
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    private static final int POLLFD_LEN = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final long SECOND_NS = 1_000_000_000L;

    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int RUNG = 2;

    private final AtomicInteger state = new AtomicInteger(AWAKE);
    private final Libc sleeper = new Libc();
    // shared by all who ring: the errno captured there is never looked at
    private final Libc ringer = new Libc();
    private final int bell;
    private final MemorySegment pollfds;
    private final MemorySegment timeout;
    private final MemorySegment drained;
    private final MemorySegment one;

    /// @param tap the descriptor to wait for
    /// @param bell an eventfd, non-blocking
    Doorbell(int tap, int bell) {
        this.bell = bell;
        Arena arena = Arena.ofAuto();
        pollfds = arena.allocate(2 * POLLFD_LEN, 8);
        timeout = arena.allocate(16, 8);
        drained = arena.allocate(JAVA_LONG);
        one = arena.allocateFrom(JAVA_LONG, 1);
        pollfds.set(JAVA_INT, 0, tap);
        pollfds.set(JAVA_INT, POLLFD_LEN, bell);
        pollfds.set(JAVA_SHORT, POLLFD_LEN + EVENTS, POLLIN);
    }

    /// Sleeps until the TAP can be read (or written, if `wantTransmit`), [#ring], an error on the TAP, a
    /// signal, or the time is up. One thread at a time.
    void await(long timeoutNs, boolean wantTransmit) {
        if (!state.compareAndSet(AWAKE, ASLEEP)) {
            state.set(AWAKE);
            return;
        }
        long ns = Math.max(0, timeoutNs);
        timeout.set(JAVA_LONG, 0, ns / SECOND_NS);
        timeout.set(JAVA_LONG, 8, ns % SECOND_NS);
        pollfds.set(JAVA_SHORT, EVENTS, wantTransmit ? (short) (POLLIN | POLLOUT) : POLLIN);
        int ready = sleeper.ppoll(pollfds, 2, timeout);
        state.set(AWAKE);
        // a ring that comes between the two lines above leaves the eventfd set: one sleep too short, no more
        if (ready > 0 && pollfds.get(JAVA_SHORT, POLLFD_LEN + REVENTS) != 0) {
            sleeper.read(bell, drained, Long.BYTES);
        }
    }

    /// Ends the running or the next [#await]. Any thread, any locks.
    void ring() {
        if (state.getAndSet(RUNG) == ASLEEP) {
            ringer.write(bell, one, Long.BYTES);
        }
    }
}
