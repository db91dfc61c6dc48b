package org.splnet.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.udp.UdpBed.HOST;
import static org.splnet.udp.UdpBed.PEER;
import static org.splnet.udp.UdpBed.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.pkt.Packet;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;

/// Sockets that share a port (`SO_REUSEPORT`).
@ExtendWith(NoLeaks.class)
class SharedPortTest {
    private static final SocketOptions PORT = SocketOptions.DEFAULTS.withReusePort(true);
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
        UdpBed.assertFails(SockError.EADDRINUSE, () -> bind(PORT.withUser(2)));
        UdpBed.assertFails(SockError.EADDRINUSE, () -> bind(SocketOptions.DEFAULTS.withUser(1)));
        UdpBed.assertFails(SockError.EADDRINUSE, () -> bind(UdpBed.SHARED.withUser(1)));
        bind(PORT.withUser(1));
    }
}
