package org.splnet.pcb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.splnet.kern.Explorer;
import org.splnet.kern.Mutant;
import org.splnet.kern.Race;
import org.splnet.TestSeed;

/// Gone through access by access; each also with a mistake, which must be found.
class LockFreeTest {
    static List<Class<? extends Race>> sound() {
        return List.of(LockFreeRaces.Resize.class, LockFreeRaces.Replace.class, LockFreeRaces.Looks.class);
    }

    static List<Class<? extends Race>> broken() {
        return List.of(LockFreeRaces.ReplaceInTwoSteps.class, LockFreeRaces.LateMark.class);
    }

    private static Explorer explorer(Class<? extends Race> race) {
        Mutant pointed = new Mutant().pointed("pcb.PcbTable").pointed("kern.Deferred")
                .pointed("pcb.LockFreeRaces");
        return Explorer.accessByAccess(race, pointed).seed(TestSeed.next());
    }

    @ParameterizedTest
    @MethodSource("sound")
    void isSound(Class<? extends Race> race) {
        explorer(race).passes();
    }

    @ParameterizedTest
    @MethodSource("broken")
    void theMistakeIsFound(Class<? extends Race> race) {
        Explorer.Result found = explorer(race).explore();
        assertThat(found.failure()).as("a failure in %d schedules", found.schedules()).isNotNull();
        System.out.printf("%s: found in schedule %d (%s)%n", race.getSimpleName(), found.schedules(),
                found.schedule());
    }
}
