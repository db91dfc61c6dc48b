package org.splnet.tcp;

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

/// Each race in every order, and each in a product with one line missing, where it must be lost.
@ExtendWith(NoLeaks.class)
class RaceTest {
    /// A race, and what to take away so that it is lost.
    enum Case {
        CLOSE_FIN_TIMER(Races.CloseFinTimer.class, m -> m
                .without("tcp.Teardown", "finish", "clear")),
        ABORT_RESET_TIMER(Races.AbortResetTimer.class, m -> m
                .blind("tcp.TcpDemux", "connected", "detached").blind("tcp.Teardown", "detach", "detached")),
        ACCEPT_CANCEL(Races.AcceptCancel.class, m -> m
                .without("tcp.TcpListener", "close", "post")),
        CONNECT_CANCEL(Races.ConnectCancel.class, m -> m
                .without("tcp.TcpReadiness", "closed", "wakeup")
                .without("tcp.TcpReadiness", "ended", "post")),
        READ_WRITE_CANCEL(Races.ReadWriteCancel.class, m -> m
                .without("tcp.TcpReadiness", "closed", "wakeup")
                .without("tcp.TcpReadiness", "ended", "post")),
        SLEEP_DATA_RESET(Races.SleepDataReset.class, m -> m
                .gap("socket.Waiters", "awaitOnly", "sleep")),
        CLOSE_ICMP_CONNECT(Races.CloseIcmpConnect.class, m -> m
                .without("tcp.TcpErrors", "arrives", "lock").without("tcp.TcpErrors", "arrives", "unlock")),
        LAST_ACK_LISTENER_CLOSE(Races.LastAckListenerClose.class, m -> m
                .blind("tcp.TcpListener", "segmentArrives", "detached")),
        SAME_PORT(PortRaces.SamePort.class, m -> m
                .gap("pcb.PortTable", "reserve", "take")),
        LISTEN_TOGETHER(PortRaces.ListenTogether.class, m -> m
                .gap("pcb.PortTable", "listen", "begin")),
        ONE_OF_TWO_LISTENERS(PortRaces.OneOfTwoListeners.class, m -> m
                .blind("tcp.TcpListener", "segmentArrives", "closed")),
        COOKIE_TEXT_TOGETHER(Races.CookieTextTogether.class, m -> m
                .without("tcp.TcpListener", "segmentArrives", "lookup")),
        LOOKUP_DETACH_REUSE(Races.LookupDetachReuse.class, m -> m
                .blind("tcp.TcpDemux", "connected", "detached")),
        MEMORY_EXHAUSTED(Races.MemoryExhausted.class, m -> m
                .without("tcp.TcpSocket", "receiveLocked", "settle")
                .without("tcp.TcpSocket", "shutdownInput", "settle")
                .without("tcp.Teardown", "finish", "settle")
                .without("tcp.Teardown", "discardReceived", "settle")),
        STOP_EVERYTHING(Races.StopEverything.class, m -> m
                .blind("tcp.TcpListener", "segmentArrives", "closed"));

        private final Class<? extends Race> race;
        private final Function<Mutant, Mutant> broken;

        Case(Class<? extends Race> race, Function<Mutant, Mutant> broken) {
            this.race = race;
            this.broken = broken;
        }

        Race make() throws ReflectiveOperationException {
            var constructor = race.getDeclaredConstructor();
            return constructor.newInstance();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isWonInEveryOrder(Case each) {
        Explorer.of(each.name(), each::make).seed(TestSeed.next()).passes();
    }

    @ParameterizedTest
    @EnumSource
    void isLostWithoutThatLine(Case each) {
        Mutant mutant = each.broken.apply(new Mutant());
        Explorer.Result found = Explorer.of(each.name(), () -> mutant.race(each.race))
                .seed(TestSeed.next()).explore();
        assertThat(mutant.unchanged()).isEmpty();
        assertThat(found.failure()).as("a failure in %d schedules", found.schedules()).isNotNull();
        System.out.printf("%s without that line: found in schedule %d (%s): %s%n", each, found.schedules(),
                found.schedule(), found.failure());
    }
}
