package org.splnet.pcb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;
import org.splnet.kern.Entropy;
import org.splnet.wire.InetAddr;

class PortTableTest {
    private static final InetAddr ANY = InetAddr.parse("0.0.0.0");
    private static final InetAddr ANY6 = InetAddr.parse("::");
    private static final InetAddr A = InetAddr.parse("10.0.0.1");
    private static final InetAddr B = InetAddr.parse("10.0.0.2");
    private static final InetAddr SIX = InetAddr.parse("2001:db8::1");

    private final long seed = TestSeed.next();
    private final PortTable ports = new PortTable(49152, 65535, Entropy.seeded(seed));

    @Nested
    class Bind {
        @Test
        void anAddressAndPortOnce() {
            assertThat(reserve(A, 80, false)).isTrue();
            assertThat(reserve(A, 80, false)).isFalse();
            assertThat(reserve(A, 80, true)).isFalse();
            assertThat(reserve(B, 80, false)).isTrue();
            assertThat(reserve(A, 81, false)).isTrue();
        }

        @Test
        void theWildcardExcludesEveryAddressOfItsFamily() {
            assertThat(reserve(ANY, 80, false)).isTrue();
            assertThat(reserve(A, 80, false)).isFalse();
            assertThat(reserve(SIX, 80, false)).isTrue();
            assertThat(reserve(A, 81, false)).isTrue();
            assertThat(reserve(ANY, 81, false)).isFalse();
            assertThat(reserve(ANY6, 81, false)).isFalse();
        }

        @Test
        void sharedIfAllSayso() {
            assertThat(reserve(ANY, 80, true)).isTrue();
            assertThat(reserve(A, 80, true)).isTrue();
            assertThat(reserve(ANY, 80, true)).isTrue();
            assertThat(reserve(B, 80, false)).isFalse();
        }

        @Test
        void noSuchPorts() {
            assertThat(reserve(A, 0, true)).isFalse();
            assertThat(reserve(A, -1, true)).isFalse();
            assertThat(reserve(A, 65536, true)).isFalse();
            assertThat(reserve(A, 65535, true)).isTrue();
        }
    }

    @Nested
    class Lives {
        @Test
        void aListenersPortStaysTakenWhileItsConnectionsLive() {
            reserve(ANY, 80, false);
            ports.retain(ANY.hi(), ANY.lo(), 80);
            release(ANY, 80);
            assertThat(reserve(ANY, 80, false)).isFalse();
            release(ANY, 80);
            assertThat(reserve(ANY, 80, false)).isTrue();
        }

        @Test
        void sharedReservationsEndWithTheLast() {
            reserve(A, 80, true);
            reserve(B, 80, true);
            reserve(A, 80, true);
            release(A, 80);
            release(B, 80);
            assertThat(reserve(A, 80, false)).isFalse();
            release(A, 80);
            assertThat(reserve(A, 80, false)).isTrue();
        }

        @Test
        void releasingWhatIsNotReservedIsAFault() {
            assertThatThrownBy(() -> release(A, 80)).hasMessageContaining("10.0.0.1");
            assertThatThrownBy(() -> ports.retain(A.hi(), A.lo(), 80)).hasMessageContaining("80");
        }
    }

    @Nested
    class Rfc6056 {
        @Test
        void aSocketWithoutAFarEndHasItsPortAlone() {
            Set<Integer> chosen = new HashSet<>();
            for (int i = 0; i < 16384; i++) {
                int port = ports.choose(ANY.hi(), ANY.lo(), 0, 0, 0, p -> true);
                assertThat(port).isBetween(49152, 65535);
                assertThat(chosen.add(port)).isTrue();
            }
            assertThat(ports.choose(ANY.hi(), ANY.lo(), 0, 0, 0, p -> true)).isEqualTo(-1);
            assertThat(connect(A, B, 80)).isEqualTo(-1);
            release(ANY, 50_000);
            assertThat(connect(A, B, 80)).isEqualTo(50_000);
        }

        @Test
        void portsDoNotLimitConnectionsToDifferentFarEnds() {
            Set<Long> tuples = new HashSet<>();
            for (int remotePort = 1; remotePort <= 3; remotePort++) {
                for (int i = 0; i < 16384; i++) {
                    int far = remotePort;
                    int port = ports.choose(A.hi(), A.lo(), B.hi(), B.lo(), remotePort,
                            p -> !tuples.contains((long) p << 16 | far));
                    assertThat(tuples.add((long) port << 16 | far)).as("seed %d", seed).isTrue();
                }
                int far = remotePort;
                assertThat(ports.choose(A.hi(), A.lo(), B.hi(), B.lo(), far,
                        p -> !tuples.contains((long) p << 16 | far))).isEqualTo(-1);
            }
            assertThat(ports.uses(A.hi(), A.lo(), 50_000)).isEqualTo(3);
            assertThat(reserve(A, 50_000, true)).as("an outgoing port is not to be bound").isFalse();
            assertThat(reserve(ANY, 50_000, true)).isFalse();
        }

        @Test
        void avoidsWhatIsBound() {
            PortTable two = new PortTable(50_000, 50_001, Entropy.seeded(seed));
            two.reserve(ANY.hi(), ANY.lo(), 50_001, true);
            assertThat(two.choose(A.hi(), A.lo(), B.hi(), B.lo(), 80, p -> true)).isEqualTo(50_000);
            assertThat(two.choose(A.hi(), A.lo(), B.hi(), B.lo(), 80, p -> p != 50_000)).isEqualTo(-1);
        }

        @Test
        void startsElsewhereForEachFarEndAndEachSecret() {
            PortTable other = new PortTable(49152, 65535, Entropy.seeded(seed + 1));
            int same = 0;
            for (int remotePort = 1; remotePort <= 50; remotePort++) {
                int one = connect(A, B, remotePort);
                int two = other.choose(A.hi(), A.lo(), B.hi(), B.lo(), remotePort, p -> true);
                same += one == two ? 1 : 0;
            }
            assertThat(same).as("seed %d", seed).isLessThan(5);
        }
    }

    private boolean reserve(InetAddr addr, int port, boolean shared) {
        return ports.reserve(addr.hi(), addr.lo(), port, shared);
    }

    private void release(InetAddr addr, int port) {
        ports.release(addr.hi(), addr.lo(), port);
    }

    private int connect(InetAddr from, InetAddr to, int remotePort) {
        return ports.choose(from.hi(), from.lo(), to.hi(), to.lo(), remotePort, p -> true);
    }
}
