package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.kern.CalloutWheel.TICK_NS;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;

/// The wheel against a sorted map, with random operations, jumps of every size, and starts on both sides of
/// the wrap of `nanoTime`.
@ExtendWith(NoLeaks.class)
class CalloutWheelModelTest {
    private static final int CALLOUTS = 200;
    private static final int OPERATIONS = 20_000;
    private static final long LONGEST = 1L << 58;

    private final class Timer extends Callout {
        private long model = NOT_ARMED;         // tick, counted from the start

        @Override
        protected void fire(long nowNs) {
            if (model == NOT_ARMED || model > target) {
                spurious++;                     // taken off already when another's fire armed it again
                return;
            }
            fired.add(this);
            firedAt.add(model);
            forget(this);
            if (random.nextInt(4) == 0) {       // arms itself again, and somebody else
                armRandomly(this);
                // For what may still lie in its old slot, a deadline that has passed could go either way.
                arm(timers.get(random.nextInt(CALLOUTS)), (target + 1) * TICK_NS + random.nextLong(1L << 50));
            }
        }
    }

    private static final long NOT_ARMED = -1;

    private final long seed = TestSeed.next();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final long startNs = switch (random.nextInt(4)) {
        case 0 -> Long.MAX_VALUE - random.nextLong(1L << random.nextInt(20, 58));
        case 1 -> -random.nextLong(1L << random.nextInt(20, 58));
        case 2 -> 0;
        default -> random.nextLong();
    };
    private final CalloutWheel wheel = new CalloutWheel(startNs, this::wakeup);
    private final List<Timer> timers = new ArrayList<>();
    private final TreeMap<Long, Set<Timer>> model = new TreeMap<>();
    private final List<Timer> fired = new ArrayList<>();
    private final List<Long> firedAt = new ArrayList<>();
    private long elapsed;                       // since startNs
    private long target = NOT_ARMED;            // tick, while advancing
    private int woken;
    private int spurious;

    private void wakeup() {
        woken++;
    }

    @RepeatedTest(20)
    void agreesWithASortedMap() {
        for (int i = 0; i < CALLOUTS; i++) {
            timers.add(new Timer());
        }
        for (int i = 0; i < OPERATIONS && elapsed < 1L << 62; i++) {
            Timer timer = timers.get(random.nextInt(CALLOUTS));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> armRandomly(timer);
                case 3 -> {
                    wheel.disarm(timer);
                    forget(timer);
                }
                case 4 -> armLater(timer);
                case 5 -> checkNext();
                default -> jump();
            }
            int armed = model.values().stream().mapToInt(Set::size).sum();
            assertThat(wheel.armed()).as("armed, seed %d", seed).isEqualTo(armed);
        }
    }

    private void armRandomly(Timer timer) {
        long delay = random.nextLong(1L << random.nextInt(1, 58));
        arm(timer, elapsed + delay - (random.nextInt(10) == 0 ? delay * 2 : 0));
    }

    private void armLater(Timer timer) {
        if (timer.model != NOT_ARMED) {
            arm(timer, timer.model * TICK_NS + random.nextLong(1L << random.nextInt(1, 40)));
        }
    }

    private void arm(Timer timer, long deadline) {
        forget(timer);
        long earliest = target == NOT_ARMED ? elapsed / TICK_NS : target + 1;
        timer.model = Math.max(earliest, Math.ceilDiv(deadline, TICK_NS));
        model.computeIfAbsent(timer.model, tick -> new HashSet<>()).add(timer);
        wheel.arm(timer, startNs + deadline);
    }

    private void forget(Timer timer) {
        if (timer.model != NOT_ARMED) {
            Set<Timer> same = model.get(timer.model);
            same.remove(timer);
            if (same.isEmpty()) {
                model.remove(timer.model);
            }
            timer.model = NOT_ARMED;
        }
    }

    private void checkNext() {
        long next = wheel.nextNs();
        if (model.isEmpty()) {
            assertThat(next).as("seed %d", seed).isEqualTo(Long.MAX_VALUE);
            return;
        }
        long first = model.firstKey() * TICK_NS;
        assertThat(next - startNs).as("next, seed %d", seed).isLessThanOrEqualTo(first);
        int before = woken;
        if (random.nextInt(20) == 0 && next - startNs - TICK_NS > elapsed) {
            arm(timers.get(random.nextInt(CALLOUTS)), next - startNs - TICK_NS);
            assertThat(woken).as("woken, seed %d", seed).isEqualTo(before + 1);
        }
    }

    private void jump() {
        long to = switch (random.nextInt(6)) {
            case 0 -> model.isEmpty() ? elapsed : Math.max(elapsed, wheel.nextNs() - startNs);
            case 1 -> elapsed + random.nextLong(1L << random.nextInt(1, 56));
            default -> elapsed + random.nextLong(4 * TICK_NS);
        };
        elapsed = Math.min(to, LONGEST * 8);
        target = elapsed / TICK_NS;
        var due = new HashSet<Timer>();
        model.headMap(target, true).values().forEach(due::addAll);
        fired.clear();
        firedAt.clear();
        spurious = 0;
        int count = wheel.advance(startNs + elapsed);
        target = NOT_ARMED;
        // A fire may have pushed others that were due past the target, never pulled any in.
        assertThat(fired).as("fired, seed %d", seed).hasSize(count - spurious).doesNotHaveDuplicates();
        assertThat(due).as("fired, seed %d", seed).containsAll(fired);
        assertThat(model.headMap(elapsed / TICK_NS, true)).as("missed, seed %d", seed).isEmpty();
        assertThat(firedAt).as("order of ticks, seed %d", seed).isSorted();
    }
}
