package org.splnet.kern;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// The thread around a [Duty]: reads the clock once, polls, and waits when there was nothing to do.
///
/// A duty calls [Deferred#run] itself where its batch ends, because only it knows the order (a NIC queue
/// hands frames up, runs what that deferred, then flushes). What is left, because the poll threw or the duty
/// defers nothing of its own, is run here after each poll, so nothing deferred on this thread outlives the
/// batch. At that point nothing may be held, which the [Witness] checks.
///
/// Whatever the duty throws is recorded in [FaultLog#system] and counted; the thread goes on.
///
/// A platform thread, because it blocks in system calls all day, and one of Netty's, because the buffer
/// pools cache per such thread.
public final class DutyThread implements Rounds {
    private enum State { NEW, RUNNING, STOPPED }

    // Bounds a wait, in a range that every system call's timeout has. No wake-up depends on it.
    private static final long WAIT_NS = 3_600_000_000_000L;
    // A fault in every poll is a broken device or a broken duty, and no CPU is burnt on it. A few, which
    // packets may have provoked, cost no delay.
    private static final int FAULTS_IN_A_ROW = 16;
    private static final long FAULT_PAUSE_NS = 10_000_000L;

    private final Duty duty;
    private final Clock clock;
    private final Thread thread;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private volatile boolean waiting;
    private volatile long rounds;                       // written by the thread
    private final AtomicLong faults = new AtomicLong();

    /// @param duty what to do; its name becomes the thread's
    /// @param clock asked once before each poll
    public DutyThread(Duty duty, Clock clock) {
        this.duty = duty;
        this.clock = clock;
        thread = new FastThreadLocalThread(this::loop, duty.name());
        thread.setDaemon(true);
    }

    /// Starts the thread; once started, does nothing.
    ///
    /// @throws IllegalStateException if it was stopped before
    public void start() {
        if (state.compareAndSet(State.NEW, State.RUNNING)) {
            thread.start();
        } else if (state.get() == State.STOPPED) {
            throw new IllegalStateException(duty.name() + " was stopped and cannot be started again");
        }
    }

    /// Ends the thread after the poll in progress and waits until it has ended. Any thread, any number of
    /// times, holding nothing. Called by the thread itself it cannot wait, so the thread ends after return.
    public void stop() {
        Witness.beforeBlocking("stopping a duty");
        if (state.getAndSet(State.STOPPED) == State.RUNNING) {
            duty.wakeup();
        }
        if (Thread.currentThread() != thread) {
            join();
        }
    }

    /// True while it waits because its last poll found nothing to do. Whoever finds its input empty and then
    /// this true knows that all that was put there before has been dealt with.
    public boolean waiting() {
        return waiting;
    }

    @Override
    public long rounds() {
        return rounds;
    }

    @Override
    public void nudge() {
        duty.wakeup();
    }

    @Override
    public String name() {
        return duty.name();
    }

    /// How many exceptions have reached this thread.
    public long faults() {
        return faults.get();
    }

    private void join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;             // half a stop helps nobody; the caller is told afterwards
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        int inARow = 0;
        duty.began();
        while (running()) {
            rounds = rounds + 1;
            long before = faults.get();
            int done = poll();
            settle();
            if (done == 0 && faults.get() == before && running()) {
                await();
            }
            if (faults.get() == before) {
                inARow = 0;
            } else if (++inARow >= FAULTS_IN_A_ROW) {
                LockSupport.parkNanos(this, FAULT_PAUSE_NS);
            }
        }
        duty.ended();
    }

    private boolean running() {
        return state.get() == State.RUNNING;
    }

    private int poll() {
        try {
            return duty.poll(clock.nanoTime());
        } catch (Throwable fault) {
            return fault(fault);
        }
    }

    /// Comes after each poll, also after one that threw.
    private void settle() {
        try {
            Witness.endOfBatch(duty.name());
            Deferred.run();
        } catch (Throwable fault) {
            fault(fault);
        }
    }

    private void await() {
        waiting = true;
        try {
            duty.await(WAIT_NS);
        } catch (Throwable fault) {
            fault(fault);
        } finally {
            waiting = false;
        }
    }

    private int fault(Throwable fault) {
        faults.incrementAndGet();
        FaultLog.system().record(fault);
        return 0;
    }
}
