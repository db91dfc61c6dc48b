package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.kern.Explorer;
import org.splnet.kern.Mutant;
import org.splnet.kern.Race;

/// Each race in many orders, and each in a product with one line missing, where it must be lost.
@ExtendWith(NoLeaks.class)
class StackRaceTest {
    /// A race, and what to take away so that it is lost.
    enum Case {
        OWN_ERROR(StackRaces.OwnError.class, m -> m
                .without("udp.Udp", "close", "lock").without("udp.Udp", "close", "unlock")),
        OWN_CONNECTION(StackRaces.OwnConnection.class, m -> m
                .blind("tcp.TcpDemux", "connected", "detached")),
        INTERFACE_REMOVED(StackRaces.InterfaceRemoved.class, m -> m
                .without("net.EtherIf", "up", "flush")),
        ADDRESS_REMOVED(StackRaces.AddressRemoved.class, m -> m
                .without("net.Claims", "withdraw", "lock")
                .without("net.Claims", "withdraw", "unlock"));

        private final Class<? extends Race> race;
        private final Function<Mutant, Mutant> broken;

        Case(Class<? extends Race> race, Function<Mutant, Mutant> broken) {
            this.race = race;
            this.broken = broken;
        }

        Race make() throws ReflectiveOperationException {
            return race.getDeclaredConstructor().newInstance();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isWonInEveryOrder(Case each) {
        Explorer.of(each.name(), each::make).schedules(600, 300).seed(TestSeed.next()).passes();
    }

    @ParameterizedTest
    @EnumSource
    void isLostWithoutThatLine(Case each) {
        Mutant mutant = each.broken.apply(new Mutant());
        Explorer.Result found = Explorer.of(each.name(), () -> mutant.race(each.race))
                .schedules(600, 300).seed(TestSeed.next()).explore();
        assertThat(mutant.unchanged()).isEmpty();
        assertThat(found.failure()).as("a failure in %d schedules", found.schedules()).isNotNull();
        System.out.printf("%s without that line: found in schedule %d (%s): %s%n", each, found.schedules(),
                found.schedule(), found.failure());
    }
}
