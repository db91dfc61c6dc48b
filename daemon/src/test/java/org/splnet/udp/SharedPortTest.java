package org.splnet.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.udp.UdpBed.HOST;
import static org.splnet.udp.UdpBed.PEER;
import static org.splnet.udp.UdpBed.assertFails;
import static org.splnet.udp.UdpBed.send;
import static org.splnet.udp.UdpBed.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.inet.NetworkError.Kind;
import org.splnet.kern.Explorer;
import org.splnet.kern.Mutant;
import org.splnet.kern.Race;
import org.splnet.pkt.Packet;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;

/// Sockets that share a port (`SO_REUSEPORT`, `SO_REUSEADDR`).
@ExtendWith(NoLeaks.class)
class SharedPortTest {
    private static final SocketOptions PORT = SocketOptions.DEFAULTS.withReusePort(true);
    private static final Endpoint THERE = new Endpoint(PEER, 53);
    private static final int MANY = 64;

    private final UdpBed bed = new UdpBed();
    private final List<UdpSocket> all = new ArrayList<>();

    @AfterEach
    void close() {
        all.forEach(UdpSocket::close);
        bed.close();
        assertThat(bed.udp.sockets()).isZero();
    }

    private UdpSocket bind(SocketOptions options) throws SocketException {
        UdpSocket socket = bed.udp.bind(Endpoint.parse("0.0.0.0:53"), options, "test");
        all.add(socket);
        return socket;
    }

    private void arriveFromMany() {
        for (int port = 1; port <= MANY; port++) {
            bed.arrives(PEER, port, HOST, 53, "from " + port);
        }
    }

    private int[] received() throws SocketException {
        int[] counts = new int[all.size()];
        for (int i = 0; i < counts.length; i++) {
            while (text(all.get(i)) != null) {
                counts[i]++;
            }
        }
        return counts;
    }

    @Test
    void datagramsAreSpreadAndAFlowStaysWithItsSocket() throws SocketException {
        for (int i = 0; i < 4; i++) {
            bind(PORT);
        }
        arriveFromMany();
        int[] first = received();
        assertThat(Arrays.stream(first).sum()).isEqualTo(MANY);
        assertThat(Arrays.stream(first).min().orElseThrow()).isGreaterThanOrEqualTo(MANY / 16);
        arriveFromMany();
        assertThat(received()).isEqualTo(first);
    }

    @Test
    void whenOneEndsOrIsConnectedTheOthersGoOn() throws SocketException {
        for (int i = 0; i < 3; i++) {
            bind(PORT);
        }
        all.removeFirst().close();
        all.get(0).connect(new Endpoint(PEER, 1));
        arriveFromMany();
        assertThat(received()).containsExactly(1, MANY - 1);
    }

    @Test
    void whatIsForManyIsForAll() throws SocketException {
        for (int i = 0; i < 3; i++) {
            bind(PORT);
        }
        byte[] octets = UdpBed.datagram(PEER, 1, HOST, 53, "all".getBytes());
        bed.arrives(PEER, HOST, octets, Packet.IP_BROADCAST);
        assertThat(received()).containsExactly(1, 1, 1);
    }

    @Test
    void otherwiseTheNewestHasAll() throws SocketException {
        SocketOptions both = PORT.withReuseAddress(true);
        bind(both);
        bind(UdpBed.SHARED);
        arriveFromMany();
        assertThat(received()).containsExactly(0, MANY);
        bind(both.withUser(7));
        arriveFromMany();
        assertThat(received()).containsExactly(0, 0, MANY);
    }

    @Test
    void aPortIsSharedWithOnesOwnOnly() throws SocketException {
        bind(PORT.withUser(1));
        assertFails(SockError.EADDRINUSE, () -> bind(PORT.withUser(2)));
        assertFails(SockError.EADDRINUSE, () -> bind(SocketOptions.DEFAULTS.withUser(1)));
        assertFails(SockError.EADDRINUSE, () -> bind(UdpBed.SHARED.withUser(1)));
        bind(PORT.withUser(1));
    }

    /// Of several with the same peer, which may not all have one with a port.
    @ParameterizedTest
    @ValueSource(ints = {0, 53})
    void whatMayNotBeFragmentedIsTooBigForWhoeverSentIt(int port) throws SocketException {
        UdpSocket older = bind(UdpBed.SHARED.withDontFragment(true));
        UdpSocket newer = bind(UdpBed.SHARED);
        older.connect(new Endpoint(PEER, port));
        newer.connect(THERE);
        send(older, "whole", THERE);
        bed.network.next().packet().free();
        assertThat(bed.error(Kind.TOO_BIG, older.local(), THERE, 1400)).isTrue();
        assertThat(older.details().get("pathMtu")).isEqualTo(1400);
        assertFails(SockError.EMSGSIZE, () -> send(older, "x".repeat(1400), THERE));
        assertThat(newer.receive()).isNull();
    }

    @Test
    void anErrorIsToldToAllThatMayHaveSentWhatItIsOf() throws SocketException {
        for (int i = 0; i < 3; i++) {
            bind(UdpBed.SHARED);
        }
        all.get(0).connect(THERE);
        all.get(1).connect(THERE);
        all.get(2).connect(new Endpoint(PEER, 54));
        assertThat(bed.error(Kind.PORT_UNREACHABLE, all.get(0).local(), THERE, 0)).isTrue();
        assertFails(SockError.ECONNREFUSED, all.get(0)::receive);
        assertFails(SockError.ECONNREFUSED, all.get(1)::receive);
        assertThat(all.get(2).receive()).isNull();
        assertThat(bed.udp.stats().errors.sum()).isOne();
    }

    /// The newest of two with the same peer closes while a datagram comes: it is for the older one then.
    static final class NewestCloses implements Race {
        private final UdpBed bed = new UdpBed();
        private final UdpSocket older;
        private final UdpSocket newest;

        NewestCloses() throws SocketException {
            older = bed.udp.bind(Endpoint.parse("0.0.0.0:53"), UdpBed.SHARED);
            newest = bed.udp.bind(Endpoint.parse("0.0.0.0:53"), UdpBed.SHARED);
            older.connect(THERE);
            newest.connect(THERE);
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("input", () -> bed.arrives(PEER, 53, HOST, 53, "datagram"));
            cast.accept("closer", newest::close);
        }

        @Override
        public void check() throws Exception {
            assertThat(bed.network.portUnreachables).isZero();
            text(older);
            assertThat(bed.udp.queued()).isZero();
        }

        @Override
        public void close() {
            older.close();
            newest.close();
            bed.close();
        }
    }

    @Test
    void whenTheNewestWithAPeerClosesTheOlderHearsIt() {
        Explorer.of("newest closes", NewestCloses::new).schedules(600, 300).seed(TestSeed.next()).passes();
    }

    @Test
    void whatIsNotAskedAgainWhetherItIsOpenTakesADatagramToItsGrave() {
        Mutant mutant = new Mutant().without("udp.UdpPcb", "accepts", "detached");
        assertThat(Explorer.of("newest closes", () -> mutant.race(NewestCloses.class)).schedules(600, 300)
                .seed(TestSeed.next()).explore().failure()).isNotNull();
        assertThat(mutant.unchanged()).isEmpty();
    }
}
