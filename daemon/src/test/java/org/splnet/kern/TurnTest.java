package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.splnet.TestSeed;

/// [Turn], gone through access by access; each use of it also with a mistake, which must be found.
class TurnTest {
    static List<Class<? extends Race>> sound() {
        return List.of(TurnRaces.Closing.class, TurnRaces.Bringing.class, TurnRaces.PassingOn.class);
    }

    static List<Class<? extends Race>> broken() {
        return List.of(TurnRaces.PassingOnForgetting.class, TurnRaces.ClosingAtOnce.class,
                TurnRaces.LateMark.class);
    }

    private static Explorer explorer(Class<? extends Race> race) {
        Mutant pointed = new Mutant().pointed("kern.Turn").pointed("kern.TurnRaces");
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
    }
}
