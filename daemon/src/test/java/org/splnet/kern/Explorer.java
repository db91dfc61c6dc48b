package org.splnet.kern;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/// Lets the actors of a [Race] meet in every order that a few preemptions make, then in orders drawn at
/// random, on the product's own classes: a thread is taken off only where it is about to take a lock,
/// sleeps or ends, which is enough for code whose shared state is guarded by locks.
///
/// After each schedule nothing may be left over: no exception, no fault, no violation seen by the witness,
/// nobody who waits for ever, and what the race itself checks. A failing schedule is printed and replayed
/// with `-Dschedule="..."`.
///
/// One at a time in a process.
public final class Explorer {
    /// What was found.
    ///
    /// @param schedules how many were run
    /// @param complete all with at most so many preemptions were
    /// @param failure what went wrong in the last one, null if nothing
    /// @param schedule the last one
    public record Result(int schedules, boolean complete, Throwable failure, String schedule) { }

    /// Of the schedules that have to pass one in so many is run (`-Dexplorer.part=4`).
    private static final int PART = Integer.getInteger("explorer.part", 1);

    private final String name;
    private final Callable<? extends Race> race;
    private int preemptions = 2;
    private int systematic = 2000;
    private int random = 500;
    private long seed;

    private Explorer(String name, Callable<? extends Race> race) {
        this.name = name;
        this.race = race;
    }

    /// @param name for people
    /// @param race makes a new one for each schedule
    public static Explorer of(String name, Callable<? extends Race> race) {
        return new Explorer(name, race);
    }

    /// A race of classes that work without locks ([Mutant#pointed]), gone through access by access.
    public static Explorer accessByAccess(Class<? extends Race> race, Mutant pointed) {
        return of(race.getSimpleName() + ", access by access", () -> pointed.race(race))
                .preemptions(3).schedules(3000, 1000);
    }

    /// At most so many preemptions in the schedules that are gone through one by one.
    public Explorer preemptions(int most) {
        preemptions = most;
        return this;
    }

    /// At most so many schedules one by one, then so many drawn at random.
    public Explorer schedules(int oneByOne, int drawn) {
        systematic = oneByOne;
        random = drawn;
        return this;
    }

    /// Seed of what is drawn.
    public Explorer seed(long seed) {
        this.seed = seed;
        return this;
    }

    /// Fails with the first schedule that does.
    public void passes() {
        systematic /= PART;
        random /= PART;
        long fromNs = System.nanoTime();
        Result result = explore();
        if (result.failure != null) {
            throw new AssertionError(name + " fails in schedule " + result.schedules
                    + ", replay with -Dschedule=\"" + result.schedule + "\"", result.failure);
        }
        System.out.printf("%s: %,d schedules%s, seed %d, %d ms%n", name, result.schedules, result.complete
                ? ", all with up to " + preemptions + " preemptions among them" : "", seed,
                (System.nanoTime() - fromNs) / 1_000_000);
    }

    /// Runs schedules until one fails or all are done.
    public Result explore() {
        String given = System.getProperty("schedule");
        if (given != null) {
            return one(Choices.parse(given), 1, false);
        }
        var choices = new Choices();
        int run = 0;
        boolean more = true;
        while (more && run < systematic) {
            choices.begin();
            Result result = one(choices, ++run, false);
            if (result.failure != null) {
                return result;
            }
            more = choices.next(preemptions);
        }
        var seeds = new SplittableRandom(seed);
        for (int i = 0; i < random; i++) {
            choices.begin(seeds.nextLong());
            Result result = one(choices, ++run, !more);
            if (result.failure != null) {
                return result;
            }
        }
        return new Result(run, !more, null, "");
    }

    private Result one(Choices choices, int number, boolean complete) {
        Throwable failure = null;
        try (Race made = race.call()) {
            failure = new Stage(choices).play(made);
            if (failure == null) {
                made.check();
            }
            if (failure == null) {
                failure = aftermath();
            }
        } catch (Throwable wrong) {
            failure = failure == null ? wrong : failure;
        } finally {
            FaultLog.system().clear();
            if (failure != null) {
                Witness.reset();
            }
        }
        return new Result(number, complete, failure, choices.toString());
    }

    private static Throwable aftermath() {
        if (FaultLog.system().total() > 0) {
            return FaultLog.system().distinct().getFirst().first();
        }
        List<Violation> violations = Witness.report().violations();
        return violations.isEmpty() ? null : violations.getFirst().first();
    }
}
