package org.splnet.kern;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Where the actors of a [Race] play one schedule: a thread each, of which one at a time runs. It hands over
/// by itself when it comes to a point where another could go on and [Choices] says so.
public final class Stage implements LockSchedule {
    private enum State { READY, BLOCKED, ASLEEP, DONE }

    /// Unwinds an actor when the schedule has failed.
    private static final class Aborted extends Error {
        private static final long serialVersionUID = 1L;

        Aborted() {
            super("the schedule has failed elsewhere", null, false, false);
        }
    }

    private final class Actor implements Runnable {
        private final String name;
        private final Race.Step step;
        private final Thread thread;
        private State state = State.READY;
        private Object waitsFor;                // RankedLock or SleepPoint
        private boolean timed;
        private volatile boolean turn;

        Actor(String name, Race.Step step) {
            this.name = name;
            this.step = step;
            thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
        }

        @Override
        public void run() {
            try {
                awaitTurn();
                step.run();
                Deferred.run();
                Witness.endOfBatch(name);
            } catch (Aborted end) {
                return;
            } catch (Throwable wrong) {
                fail(wrong);
                return;
            }
            state = State.DONE;
            handOver(this);
        }

        private void awaitTurn() {
            while (!turn) {
                if (failure != null) {
                    throw new Aborted();
                }
                LockSupport.park(Stage.this);
            }
            turn = false;
        }

        private void go() {
            turn = true;
            LockSupport.unpark(thread);
        }

        @Override
        public String toString() {
            return name + " " + state + (waitsFor == null ? "" : " " + waitsFor);
        }
    }

    private static final int MOST_POINTS = 20_000;
    private static final long PATIENCE_S = 20;

    private static volatile Stage playing;

    private final Choices choices;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Actor> options = new ArrayList<>();
    private int points;
    private volatile Throwable failure;

    Stage(Choices choices) {
        this.choices = choices;
    }

    /// Where another may go on. Calls of this are put into classes that work without locks, see
    /// [Mutant#pointed].
    public static void point() {
        Stage stage = playing;
        Actor me = stage == null || stage.failure != null ? null : stage.of(Thread.currentThread());
        if (me != null) {
            stage.handOver(me);
        }
    }

    /// Plays until all have ended or one fails.
    ///
    /// @return what went wrong, null if nothing
    Throwable play(Race race) throws InterruptedException {
        race.actors((name, step) -> actors.add(new Actor(name, step)));
        Witness.schedule(this);
        playing = this;
        try {
            actors.forEach(each -> each.thread.start());
            handOver(null);
            for (Actor each : actors) {
                join(each);
            }
        } finally {
            Witness.schedule(null);
            playing = null;
        }
        return failure;
    }

    private void join(Actor each) throws InterruptedException {
        if (!each.thread.join(java.time.Duration.ofNanos(TimeUnit.SECONDS.toNanos(PATIENCE_S)))) {
            var stuck = new AssertionError("stuck outside of any lock: " + actors);
            stuck.setStackTrace(each.thread.getStackTrace());
            fail(stuck);
        }
    }

    /// The calling actor, or nobody, gives way to whom the choices name.
    private void handOver(Actor me) {
        Actor next = choose(me);
        if (next == null || next == me) {
            return;
        }
        next.go();
        if (me != null && me.state != State.DONE) {
            me.awaitTurn();
        }
    }

    /// @return null if nobody can go on
    private Actor choose(Actor me) {
        options.clear();
        boolean goesOn = me != null && me.state == State.READY;
        if (goesOn) {
            options.add(me);
        }
        actors.stream().filter(each -> each != me && each.state == State.READY).forEach(options::add);
        actors.stream().filter(each -> each.state == State.ASLEEP && each.timed).forEach(options::add);
        if (options.isEmpty()) {
            if (actors.stream().anyMatch(each -> each.state != State.DONE)) {
                fail(new AssertionError("nobody can go on: " + actors));
                throwIfFailed(me);
            }
            return null;
        }
        if (++points > MOST_POINTS) {
            fail(new AssertionError("no end after " + points + " points: " + actors));
            throwIfFailed(me);
            return null;
        }
        Actor next = options.size() == 1 ? options.getFirst()
                : options.get(choices.choose(options.size(), goesOn));
        if (next.state == State.ASLEEP) {
            next.state = State.READY;
            next.timed = false;                        // his time is up
        }
        return next;
    }

    private void fail(Throwable wrong) {
        if (failure == null) {
            failure = wrong;
        }
        actors.forEach(each -> LockSupport.unpark(each.thread));
    }

    private void throwIfFailed(Actor me) {
        if (failure != null && me != null && me.state != State.DONE) {
            throw new Aborted();
        }
    }

    private Actor of(Thread thread) {
        for (Actor each : actors) {
            if (each.thread == thread) {
                return each;
            }
        }
        return null;
    }

    @Override
    public boolean governs(Thread thread) {
        return failure == null && of(thread) != null;
    }

    @Override
    public void lock(RankedLock lock) {
        Actor me = of(Thread.currentThread());
        handOver(me);
        take(me, lock);
    }

    private void take(Actor me, RankedLock lock) {
        while (!lock.take()) {
            me.state = State.BLOCKED;
            me.waitsFor = lock;
            handOver(me);
            throwIfFailed(me);
        }
        me.waitsFor = null;
    }

    /// Those who wait for any lock look again: under the giant discipline it was theirs.
    @Override
    public void unlocked(RankedLock lock) {
        for (Actor each : actors) {
            if (each.state == State.BLOCKED) {
                each.state = State.READY;
            }
        }
    }

    @Override
    public long sleep(SleepPoint point, RankedLock interlock, long timeoutNs) {
        Actor me = of(Thread.currentThread());
        me.state = State.ASLEEP;
        me.waitsFor = point;
        me.timed = timeoutNs != Long.MAX_VALUE;
        boolean forEver = !me.timed;
        int holds = interlock.holds();                 // a giant is given up as often as it was taken
        for (int i = 0; i < holds; i++) {
            interlock.release();
        }
        unlocked(interlock);
        try {
            handOver(me);
            take(me, interlock);
        } finally {
            for (int i = interlock.holds(); i < holds; i++) {
                interlock.await();                     // the caller gives it up, also if all is over
            }
        }
        boolean timeUp = !forEver && !me.timed;
        return timeUp ? 0 : timeoutNs;
    }

    @Override
    public void wakeup(SleepPoint point) {
        for (Actor each : actors) {
            if (each.state == State.ASLEEP && each.waitsFor == point) {
                each.state = State.READY;
            }
        }
    }
}
