package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;

@ExtendWith(NoLeaks.class)
class LookoutTest {
    /// Says what it was asked.
    private static final class Quiet extends Lookout.Place {
        final List<Boolean> asked = new ArrayList<>();
        int work;
        boolean there;

        @Override
        protected boolean ready(boolean last) {
            asked.add(last);
            return there;
        }

        @Override
        protected void work() {
            work++;
        }
    }

    private final Lookout lookout = new Lookout();

    private static Explorer explorer(Class<? extends Race> race, Mutant mutant) {
        mutant.pointed("kern.Lookout").pointed("kern.Turn").pointed("kern.LookoutRaces");
        return Explorer.accessByAccess(race, mutant).seed(TestSeed.next());
    }

    @ParameterizedTest
    @ValueSource(classes = {LookoutRaces.Writing.class, LookoutRaces.Forgetting.class})
    void isSound(Class<? extends Race> race) {
        explorer(race, new Mutant()).passes();
    }

    /// Whoever has a place watched does not look if the last to look has gone to sleep meanwhile.
    @Test
    void theLastThatGoesToSleepBetweenIsNoticed() {
        lost(LookoutRaces.Writing.class, new Mutant().without("kern.Lookout", "watch", "enter"));
    }

    /// Whoever goes to sleep last does not look once more.
    @Test
    void theLastLookIsNeeded() {
        lost(LookoutRaces.Writing.class, new Mutant().without("kern.Lookout", "sleep", "enter"));
    }

    /// What is being looked at is not told again that it is forgotten.
    @Test
    void whatIsForgottenWhileItIsLookedAtIsTold() {
        lost(LookoutRaces.Forgetting.class, new Mutant().without("kern.Lookout", "serve", "claim"));
    }

    private static void lost(Class<? extends Race> race, Mutant mutant) {
        Explorer.Result found = explorer(race, mutant).explore();
        assertThat(mutant.unchanged()).isEmpty();
        assertThat(found.failure()).as("a failure in %d schedules", found.schedules()).isNotNull();
    }

    /// Who has places forgotten while he is looked at, and has himself looked at again, holds up nobody.
    @Test
    void oneLookIsOneRound() {
        lookout.wake();
        var forgotten = new AtomicInteger();
        var busy = new Lookout.Place() {
            int times;

            @Override
            protected boolean ready(boolean last) {
                return true;
            }

            @Override
            protected void work() {
                if (++times < 100) {
                    lookout.forget(new Quiet(), forgotten::incrementAndGet);
                    lookout.watch(this);
                }
            }
        };
        assertThat(lookout.watch(busy)).isTrue();
        assertThat(lookout.look()).isTrue();
        assertThat(busy.times).isOne();
        assertThat(forgotten).hasValue(1);
    }

    @Test
    void nobodyLooksWhereNobodyIsAwake() {
        var place = new Quiet();
        assertThat(lookout.watch(place)).isFalse();
        lookout.look();
        assertThat(place.asked).isEmpty();
    }

    @Test
    void isLookedAtUntilThereIsSomethingAndThenNoMore() {
        var place = new Quiet();
        lookout.wake();
        assertThat(lookout.watch(place)).isTrue();
        assertThat(lookout.watch(place)).as("told twice").isTrue();
        assertThat(lookout.look()).isFalse();
        place.there = true;
        assertThat(lookout.look()).isTrue();
        assertThat(lookout.look()).isFalse();
        assertThat(place.asked).containsExactly(false, false);
        assertThat(place.work).isOne();
    }

    @Test
    void isLookedAtForTheLastTimeWhenTheLastGoesToSleep() {
        var place = new Quiet();
        lookout.wake();
        lookout.wake();
        lookout.watch(place);
        assertThat(lookout.others()).isTrue();
        assertThat(lookout.sleep()).isFalse();
        assertThat(place.asked).as("another looks yet").isEmpty();
        assertThat(lookout.sleep()).isFalse();
        assertThat(place.asked).containsExactly(true);
        lookout.wake();
        lookout.look();
        assertThat(place.asked).as("nobody has asked for it again").containsExactly(true);
    }

    @Test
    void looksAtSoManyOnly() {
        lookout.wake();
        for (int i = 0; i < Lookout.MOST; i++) {
            assertThat(lookout.watch(new Quiet())).isTrue();
        }
        var more = new Quiet();
        assertThat(lookout.watch(more)).isFalse();
        lookout.sleep();
        lookout.wake();
        assertThat(lookout.watch(more)).isTrue();
    }

    @Test
    void whatIsForgottenIsToldOnce() {
        var told = new AtomicInteger();
        lookout.wake();
        for (boolean watched : new boolean[] {true, false}) {
            var place = new Quiet();
            if (watched) {
                lookout.watch(place);
            }
            lookout.forget(place, told::incrementAndGet);
            lookout.look();
            assertThat(place.asked).isEmpty();
        }
        assertThat(told).hasValue(2);
    }

    @Test
    void aFaultOfOnePlaceHurtsNoOther() {
        var good = new Quiet();
        lookout.wake();
        lookout.watch(new Lookout.Place() {
            @Override
            protected boolean ready(boolean last) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            protected void work() {
            }
        });
        lookout.watch(good);
        lookout.look();
        assertThat(good.asked).containsExactly(false);
        assertThat(FaultLog.system().total()).isOne();
        FaultLog.system().clear();
    }
}
