package org.splnet.pcb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.splnet.TestSeed;
import org.splnet.kern.Entropy;
import org.splnet.wire.InetAddr;

class PortTableTest {
    private static final InetAddr ANY = InetAddr.parse("0.0.0.0");
    private static final InetAddr ANY6 = InetAddr.parse("::");
    private static final InetAddr A = InetAddr.parse("10.0.0.1");
    private static final InetAddr B = InetAddr.parse("10.0.0.2");
    private static final InetAddr SIX = InetAddr.parse("2001:db8::1");
    private static final int USER = 1000;
    private static final Sharing ADDRESS = new Sharing(true, false, USER);
    private static final Sharing PORT = new Sharing(false, true, USER);

    private final long seed = TestSeed.next();
    private final PortTable ports = new PortTable(49152, 65535, Entropy.seeded(seed));

    @Nested
    class Bind {
        @Test
        void anAddressAndPortOnce() {
            assertThat(reserve(A, 80)).isTrue();
            assertThat(reserve(A, 80)).isFalse();
            assertThat(reserve(A, 80)).isFalse();
            assertThat(reserve(B, 80)).isTrue();
            assertThat(reserve(A, 81)).isTrue();
        }

        @Test
        void theWildcardExcludesEveryAddressOfItsFamily() {
            assertThat(reserve(ANY, 80)).isTrue();
            assertThat(reserve(A, 80)).isFalse();
            assertThat(reserve(SIX, 80)).isTrue();
            assertThat(reserve(A, 81)).isTrue();
            assertThat(reserve(ANY, 81)).isFalse();
            assertThat(reserve(ANY6, 81)).isFalse();
        }

        @Test
        void noSuchPorts() {
            assertThat(reserve(A, 0)).isFalse();
            assertThat(reserve(A, -1)).isFalse();
            assertThat(reserve(A, 65536)).isFalse();
            assertThat(reserve(A, 65535)).isTrue();
        }
    }

    /// What Linux says (6.18, tried with sockets on loopback), for each pair of options where addresses meet.
    @Nested
    class Linux {
        private static final Sharing BOTH = new Sharing(true, true, USER);
        private static final Map<Sharing, Set<Sharing>> WHILE_BOUND = Map.of(Sharing.NONE, Set.of(),
                ADDRESS, Set.of(ADDRESS, BOTH), PORT, Set.of(PORT, BOTH),
                BOTH, Set.of(ADDRESS, PORT, BOTH));
        private static final Map<Sharing, Set<Sharing>> WHILE_LISTENING = Map.of(Sharing.NONE, Set.of(),
                ADDRESS, Set.of(), PORT, Set.of(PORT, BOTH), BOTH, Set.of(PORT, BOTH));

        static Stream<Arguments> meetings() {
            List<Sharing> all = List.of(Sharing.NONE, ADDRESS, PORT, BOTH);
            return Stream.of(List.of(ANY, ANY), List.of(ANY, A), List.of(A, ANY), List.of(A, A),
                    List.of(A, B)).flatMap(at -> all.stream().flatMap(first -> all.stream().map(second ->
                            Arguments.of(at.get(0), at.get(1), first, second))));
        }

        @ParameterizedTest
        @MethodSource("meetings")
        void besideOneThatIsBound(InetAddr at, InetAddr beside, Sharing first, Sharing second) {
            boolean apart = !at.equals(ANY) && !beside.equals(ANY) && !at.equals(beside);
            Reservation one = reserve(at, first);
            Reservation two = reserve(beside, second);
            assertThat(two != null).isEqualTo(apart || WHILE_BOUND.get(first).contains(second));
            if (two != null) {
                assertThat(ports.listen(two)).isTrue();
                assertThat(ports.listen(one)).isEqualTo(apart
                        || WHILE_LISTENING.get(second).contains(first));
                ports.endListening(two);
            }
        }

        @ParameterizedTest
        @MethodSource("meetings")
        void besideOneThatListens(InetAddr at, InetAddr beside, Sharing first, Sharing second) {
            boolean apart = !at.equals(ANY) && !beside.equals(ANY) && !at.equals(beside);
            assertThat(ports.listen(reserve(at, first))).isTrue();
            Reservation two = reserve(beside, second);
            assertThat(two != null).isEqualTo(apart || WHILE_LISTENING.get(first).contains(second));
            assertThat(two == null || ports.listen(two)).isTrue();
        }

        @ParameterizedTest
        @MethodSource("meetings")
        void besideAConnectionThatIsLeftOfAListener(InetAddr at, InetAddr beside, Sharing first,
                Sharing second) {
            boolean apart = !at.equals(ANY) && !beside.equals(ANY) && !at.equals(beside);
            Reservation one = reserve(at, first);
            assertThat(ports.listen(one)).isTrue();
            ports.retain(one);
            ports.endListening(one);
            Reservation two = reserve(beside, second);
            assertThat(two != null).isEqualTo(apart || WHILE_BOUND.get(first).contains(second));
            assertThat(two == null || ports.listen(two)).isTrue();
        }

        @Test
        void aPortIsSharedWithSocketsOfTheSameUserOnly() {
            Sharing others = new Sharing(false, true, USER + 1);
            Sharing othersBoth = new Sharing(true, true, USER + 1);
            Reservation one = reserve(A, BOTH);
            assertThat(reserve(A, others)).isNull();
            Reservation two = reserve(A, othersBoth);
            assertThat(ports.listen(two)).as("bound by SO_REUSEADDR").isTrue();
            assertThat(ports.listen(one)).isFalse();
        }

        private Reservation reserve(InetAddr addr, Sharing sharing) {
            return PortTableTest.this.reserve(addr, 80, sharing);
        }
    }

    @Nested
    class Lives {
        @Test
        void aListenersPortStaysTakenWhileItsConnectionsLive() {
            Reservation listener = reserve(ANY, 80, Sharing.NONE);
            assertThat(ports.listen(listener)).isTrue();
            ports.retain(listener);
            ports.endListening(listener);
            assertThat(reserve(ANY, 80)).isFalse();
            ports.release(listener);
            assertThat(reserve(ANY, 80)).isTrue();
        }

        @Test
        void sharedReservationsEndWithTheLast() {
            Reservation a = reserve(A, 80, ADDRESS);
            Reservation b = reserve(B, 80, ADDRESS);
            Reservation again = reserve(A, 80, ADDRESS);
            assertThat(ports.uses(A.hi(), A.lo(), 80)).isEqualTo(2);
            ports.release(a);
            ports.release(b);
            assertThat(reserve(A, 80)).isFalse();
            ports.release(again);
            assertThat(reserve(A, 80)).isTrue();
        }

        @Test
        void releasingWhatIsNotReservedIsAFault() {
            Reservation gone = reserve(A, 80, Sharing.NONE);
            ports.release(gone);
            assertThatThrownBy(() -> ports.release(gone)).hasMessageContaining("10.0.0.1:80");
            assertThatThrownBy(() -> ports.retain(gone)).hasMessageContaining("10.0.0.1:80");
            assertThatThrownBy(() -> ports.listen(gone)).hasMessageContaining("10.0.0.1:80");
        }
    }

    @Nested
    class Rfc6056 {
        @Test
        void aSocketWithoutAFarEndHasItsPortAlone() {
            Map<Integer, Reservation> chosen = new HashMap<>();
            for (int i = 0; i < 16384; i++) {
                Reservation port = ports.choose(ANY.hi(), ANY.lo(), ADDRESS);
                assertThat(port.port()).isBetween(49152, 65535);
                assertThat(chosen.put(port.port(), port)).isNull();
            }
            assertThat(ports.choose(ANY.hi(), ANY.lo(), ADDRESS)).isNull();
            assertThat(connect(A, B, 80)).isEqualTo(-1);
            assertThat(reserve(ANY, 50_000, ADDRESS)).as("beside who has chosen").isNotNull();
            ports.release(chosen.get(50_000));
            ports.release(chosen.get(50_000));
            assertThat(connect(A, B, 80)).isEqualTo(50_000);
        }

        @Test
        void portsDoNotLimitConnectionsToDifferentFarEnds() {
            Set<Long> tuples = new HashSet<>();
            for (int remotePort = 1; remotePort <= 3; remotePort++) {
                for (int i = 0; i < 16384; i++) {
                    int far = remotePort;
                    int port = ports.outgoing(A.hi(), A.lo(), B.hi(), B.lo(), remotePort,
                            p -> !tuples.contains((long) p << 16 | far)).port();
                    assertThat(tuples.add((long) port << 16 | far)).as("seed %d", seed).isTrue();
                }
                int far = remotePort;
                assertThat(ports.outgoing(A.hi(), A.lo(), B.hi(), B.lo(), far,
                        p -> !tuples.contains((long) p << 16 | far))).isNull();
            }
            assertThat(ports.uses(A.hi(), A.lo(), 50_000)).isEqualTo(3);
            assertThat(reserve(A, 50_000, ADDRESS)).as("an outgoing port is not to be bound").isNull();
            assertThat(reserve(ANY, 50_000, PORT)).isNull();
        }

        @Test
        void avoidsWhatIsBound() {
            PortTable two = new PortTable(50_000, 50_001, Entropy.seeded(seed));
            two.reserve(ANY.hi(), ANY.lo(), 50_001, ADDRESS);
            assertThat(two.outgoing(A.hi(), A.lo(), B.hi(), B.lo(), 80, p -> true).port()).isEqualTo(50_000);
            assertThat(two.outgoing(A.hi(), A.lo(), B.hi(), B.lo(), 80, p -> p != 50_000)).isNull();
        }

        @Test
        void startsElsewhereForEachFarEndAndEachSecret() {
            PortTable other = new PortTable(49152, 65535, Entropy.seeded(seed + 1));
            int same = 0;
            for (int remotePort = 1; remotePort <= 50; remotePort++) {
                int one = connect(A, B, remotePort);
                int two = other.outgoing(A.hi(), A.lo(), B.hi(), B.lo(), remotePort, p -> true).port();
                same += one == two ? 1 : 0;
            }
            assertThat(same).as("seed %d", seed).isLessThan(5);
        }
    }

    private boolean reserve(InetAddr addr, int port) {
        return reserve(addr, port, Sharing.NONE) != null;
    }

    private Reservation reserve(InetAddr addr, int port, Sharing sharing) {
        return ports.reserve(addr.hi(), addr.lo(), port, sharing);
    }

    private int connect(InetAddr from, InetAddr to, int remotePort) {
        Reservation got = ports.outgoing(from.hi(), from.lo(), to.hi(), to.lo(), remotePort, p -> true);
        return got == null ? -1 : got.port();
    }
}
