package org.splnet.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.udp.UdpBed.HOST;
import static org.splnet.udp.UdpBed.PEER;
import static org.splnet.udp.UdpBed.STRANGER;
import static org.splnet.udp.UdpBed.assertFails;
import static org.splnet.udp.UdpBed.send;
import static org.splnet.udp.UdpBed.text;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.inet.NetworkError.Kind;
import org.splnet.inet.Path;
import org.splnet.pkt.DropReason;
import org.splnet.socket.DatagramInfo;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;

@Timeout(60)
@ExtendWith(NoLeaks.class)
class UdpSocketTest {
    private static final Endpoint THERE = new Endpoint(PEER, 53);

    private UdpBed bed = new UdpBed();

    @AfterEach
    void close() {
        bed.closeEmpty();
    }

    @Nested
    class Bind {
        @Test
        void takesOnlyOurAddresses() throws SocketException {
            assertFails(SockError.EADDRNOTAVAIL, () -> bed.bind("10.0.0.2:53"));
            bed.bind("10.0.0.255:53").close();
            bed.bind("127.0.0.1:53").close();
        }

        @Test
        void takesAPortOnceUnlessShared() throws SocketException {
            UdpSocket first = bed.bind("0.0.0.0:53");
            assertFails(SockError.EADDRINUSE, () -> bed.bind("10.0.0.1:53"));
            first.close();
            first.close();
            bed.bind("10.0.0.1:53").close();
        }

        @Test
        void choosesPortsUntilThereAreNone() throws SocketException {
            bed = new UdpBed(new UdpConfig(50_000, 50_009, 100, 10, 1 << 20), 1);
            List<UdpSocket> open = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                open.add(bed.bind("0.0.0.0:0"));
            }
            assertThat(open.stream().map(each -> each.local().port()).distinct()).hasSize(10)
                    .allMatch(port -> port >= 50_000 && port <= 50_009);
            assertFails(SockError.EADDRINUSE, () -> bed.bind("0.0.0.0:0"));
            open.forEach(UdpSocket::close);
            bed.bind("0.0.0.0:0").close();
        }

        @Test
        void opensNoMoreThanConfigured() throws SocketException {
            bed = new UdpBed(new UdpConfig(49152, 65535, 2, 10, 1 << 20), 1);
            UdpSocket one = bed.bind("0.0.0.0:0");
            UdpSocket two = bed.bind("0.0.0.0:0");
            assertFails(SockError.ENOBUFS, () -> bed.bind("0.0.0.0:0"));
            one.close();
            bed.bind("0.0.0.0:0").close();
            two.close();
        }
    }

    @Nested
    class Connect {
        @Test
        void letsOnlyThePeerIn() throws SocketException {
            UdpSocket socket = bed.bind("0.0.0.0:5000");
            bed.arrives(STRANGER, 53, HOST, 5000, "before");
            bed.arrives(PEER, 53, HOST, 5000, "early");
            socket.connect(THERE);
            assertThat(socket.local()).isEqualTo(new Endpoint(HOST, 5000));
            bed.arrives(STRANGER, 53, HOST, 5000, "stranger");
            bed.arrives(PEER, 54, HOST, 5000, "other port");
            bed.arrives(PEER, 53, HOST, 5000, "peer");
            assertThat(text(socket)).isEqualTo("early");
            assertThat(text(socket)).isEqualTo("peer");
            assertThat(text(socket)).isNull();
            assertThat(bed.network.portUnreachables).isEqualTo(2);
            socket.close();
        }

        @Test
        void canBeUndoneAndRedone() throws SocketException {
            UdpSocket socket = bed.bind("0.0.0.0:5000");
            socket.connect(THERE);
            socket.connect(THERE);
            socket.connect(new Endpoint(STRANGER, 53));
            bed.arrives(PEER, 53, HOST, 5000, "peer");
            bed.arrives(STRANGER, 53, HOST, 5000, "stranger");
            assertThat(text(socket)).isEqualTo("stranger");
            socket.connect(null);
            socket.connect(null);
            assertThat(socket.remote()).isNull();
            assertThat(socket.local()).isEqualTo(Endpoint.parse("0.0.0.0:5000"));
            bed.arrives(PEER, 53, HOST, 5000, "anybody");
            assertThat(text(socket)).isEqualTo("anybody");
            socket.close();
        }

        /// As on Linux, where a datagram is for the socket that has named the most of its ends.
        @Test
        void toNoPortIsClosestButForThoseToThatPort() throws SocketException {
            UdpSocket all = bed.udp.bind(Endpoint.parse("0.0.0.0:5000"), UdpBed.SHARED);
            UdpSocket portless = bed.udp.bind(Endpoint.parse("0.0.0.0:5000"), UdpBed.SHARED);
            UdpSocket port = bed.udp.bind(Endpoint.parse("0.0.0.0:5000"), UdpBed.SHARED);
            UdpSocket one = bed.udp.bind(Endpoint.parse("10.0.0.1:5000"), UdpBed.SHARED);
            port.connect(THERE);
            portless.connect(new Endpoint(PEER, 0));
            bed.arrives(PEER, 53, HOST, 5000, "port");
            bed.arrives(PEER, 54, HOST, 5000, "portless");
            bed.arrives(STRANGER, 53, HOST, 5000, "one");
            assertThat(text(port)).isEqualTo("port");
            assertThat(text(portless)).isEqualTo("portless");
            assertThat(text(one)).isEqualTo("one");
            portless.close();
            bed.arrives(PEER, 54, HOST, 5000, "again");
            assertThat(text(one)).isEqualTo("again");
            one.close();
            port.connect(new Endpoint(PEER, 0));
            port.connect(null);
            bed.arrives(PEER, 54, HOST, 5000, "newest");
            assertThat(text(port)).isEqualTo("newest");
            port.close();
            all.close();
        }

        /// As on Linux, where the newest gets what the peer sends; it was refused.
        @ParameterizedTest
        @ValueSource(ints = {0, 53})
        void twoThatShareAPortMayHaveTheSamePeer(int port) throws SocketException {
            UdpSocket one = bed.udp.bind(Endpoint.parse("0.0.0.0:5000"), UdpBed.SHARED);
            UdpSocket two = bed.udp.bind(Endpoint.parse("0.0.0.0:5000"), UdpBed.SHARED);
            one.connect(new Endpoint(PEER, port));
            two.connect(new Endpoint(PEER, port));
            bed.arrives(PEER, 53, HOST, 5000, "newest");
            assertThat(text(two)).isEqualTo("newest");
            two.close();
            bed.arrives(PEER, 53, HOST, 5000, "older");
            assertThat(text(one)).isEqualTo("older");
            one.close();
            bed.arrives(PEER, 53, HOST, 5000, "nobody's");
            assertThat(bed.drops(DropReason.UDP_NO_PORT)).isOne();
        }

        @Test
        void isRefusedWhereItMakesNoSense() throws SocketException {
            UdpSocket one = bed.udp.bind(Endpoint.parse("0.0.0.0:5000"), UdpBed.SHARED);
            UdpSocket two = bed.udp.bind(Endpoint.parse("0.0.0.0:5000"), UdpBed.SHARED);
            one.connect(THERE);
            assertFails(SockError.EINVAL, () -> two.connect(Endpoint.parse("0.0.0.0:53")));
            assertFails(SockError.EACCES, () -> two.connect(Endpoint.parse("10.0.0.255:53")));
            bed.network.unreachable = true;
            assertFails(SockError.ENETUNREACH, () -> two.connect(THERE));
            bed.network.unreachable = false;
            bed.arrives(PEER, 99, HOST, 5000, "still bound");
            assertThat(text(two)).isEqualTo("still bound");
            send(one, "to somebody else for once", new Endpoint(STRANGER, 53));
            send(one, "to the peer by name", THERE);
            send(one, "to the peer", null);
            one.close();
            two.close();
        }
    }

    @Nested
    class Errors {
        @Test
        void tellAConnectedSocketOnce() throws Exception {
            bed.network.largestSend = 65_515;
            UdpSocket socket = bed.bind("0.0.0.0:5000");
            socket.connect(THERE);
            socket.options(SocketOptions.DEFAULTS.withSegment(1));
            send(socket, "not to be cut", null);
            for (Kind kind : Kind.values()) {
                SockError expected = switch (kind) {
                    case PORT_UNREACHABLE, PROTOCOL_UNREACHABLE -> SockError.ECONNREFUSED;
                    case TOO_BIG -> SockError.EMSGSIZE;
                    case PARAMETER_PROBLEM -> SockError.EPROTO;
                    case UNREACHABLE, NEIGHBOR_SILENT, PROHIBITED, TIME_EXCEEDED -> SockError.EHOSTUNREACH;
                };
                bed.error(kind, socket.local(), THERE, 1400);
                assertThat(socket.await(Readiness.READABLE, 0) & Readiness.ERROR).isNotZero();
                assertFails(expected, socket::receive);
                assertThat(socket.receive()).isNull();
                bed.error(kind, socket.local(), THERE, 1400);
                assertFails(expected, () -> send(socket, "x", null));
                send(socket, "x", null);
            }
            socket.close();
        }

        /// Routers cut what is not forbidden to be (RFC 1191 §3).
        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void lowerThePathsMtuIfWhatMayNotBeFragmentedWasSent(boolean connected) throws SocketException {
            bed.network.largestSend = 65_515;
            UdpSocket socket = bed.bind("10.0.0.1:5000");
            if (connected) {
                socket.connect(THERE);
            }
            send(socket, "whole", THERE);
            Path path = sentAlong();
            assertThat(bed.error(Kind.TOO_BIG, socket.local(), THERE, 1400)).isFalse();
            assertThat(socket.receive()).isNull();
            assertThat(path.mtu()).isEqualTo(1500);
            socket.options(SocketOptions.DEFAULTS.withSegment(3));
            send(socket, "in two", THERE);
            assertThat(sentAlong()).isSameAs(path);
            bed.error(Kind.PORT_UNREACHABLE, socket.local(), THERE, 1300);
            bed.error(Kind.TOO_BIG, socket.local(), new Endpoint(PEER, 54), 1300);
            assertThat(path.mtu()).isEqualTo(1500);
            bed.error(Kind.TOO_BIG, socket.local(), THERE, 1400);
            assertThat(path.mtu()).isEqualTo(1400);
            assertThat(socket.details().get("pathMtu")).isEqualTo(connected ? 1400 : null);
            socket.close();
        }

        private Path sentAlong() {
            var sent = bed.network.next();
            sent.packet().free();
            return sent.path();
        }

        /// RFC 5927.
        @Test
        void areNotBelievedUnlessTheQuotedDatagramCanBeOurs() throws SocketException {
            UdpSocket socket = bed.bind("0.0.0.0:5000");
            socket.connect(THERE);
            assertThat(bed.error(Kind.PORT_UNREACHABLE, socket.local(), new Endpoint(PEER, 54), 0)).isFalse();
            assertThat(bed.error(Kind.PORT_UNREACHABLE, socket.local(), new Endpoint(STRANGER, 53), 0))
                    .isFalse();
            assertThat(bed.error(Kind.PORT_UNREACHABLE, new Endpoint(HOST, 5001), THERE, 0)).isFalse();
            assertThat(socket.receive()).isNull();
            assertThat(bed.udp.stats().strayErrors.sum()).isEqualTo(3);
            assertThat(bed.error(Kind.PORT_UNREACHABLE, socket.local(), THERE, 0)).isTrue();
            socket.close();
        }

        /// RFC 5927.
        @Test
        void areBelievedOfThePortSentToWhereThePeerHasNone() throws SocketException {
            UdpSocket socket = bed.bind("0.0.0.0:5000");
            socket.connect(new Endpoint(PEER, 0));
            assertThat(bed.error(Kind.PORT_UNREACHABLE, socket.local(), THERE, 0)).isFalse();
            send(socket, "x", THERE);
            assertThat(bed.error(Kind.PORT_UNREACHABLE, socket.local(), new Endpoint(PEER, 54), 0)).isFalse();
            assertThat(socket.receive()).isNull();
            assertThat(bed.error(Kind.PORT_UNREACHABLE, socket.local(), THERE, 0)).isTrue();
            assertFails(SockError.ECONNREFUSED, socket::receive);
            socket.close();
        }

        @ParameterizedTest
        @ValueSource(ints = {53, 54})
        void takeNothingFromWhatASocketWithoutAPeerSendsNext(int port) throws SocketException {
            UdpSocket socket = bed.bind("0.0.0.0:5000");
            send(socket, "x", THERE);
            Endpoint there = new Endpoint(PEER, port);
            assertThat(bed.error(Kind.PORT_UNREACHABLE, new Endpoint(HOST, 5000), there, 0))
                    .isEqualTo(there.equals(THERE));
            assertThat(socket.receive()).isNull();
            send(socket, "x", THERE);
            assertThat(bed.udp.stats().datagramsOut.sum()).isEqualTo(2);
            assertThat(bed.udp.stats().sendFailures.sum()).isZero();
            socket.close();
        }
    }

    @Nested
    class Limits {
        @Test
        void holdWhatWaitsInOneSocketByOctets() throws SocketException {
            UdpSocket socket = bed.udp.bind(Endpoint.parse("0.0.0.0:53"),
                    SocketOptions.DEFAULTS.withBuffers(2048, 2048));
            for (int i = 0; i < 30; i++) {
                bed.arrives(PEER, 1, HOST, 53, "x".repeat(100));
            }
            assertThat(socket.receiveQueued()).isEqualTo(2000);
            assertThat(bed.drops(DropReason.UDP_BUFFER_FULL)).isEqualTo(10);
            assertThat(bed.network.portUnreachables).isZero();
            assertThat(socket.info().drops()).isEqualTo(10);
            socket.options(SocketOptions.DEFAULTS.withBuffers(4096, 4096));
            bed.arrives(PEER, 1, HOST, 53, "x".repeat(100));
            assertThat(socket.receiveQueued()).isEqualTo(2100);
            socket.close();
        }

        @Test
        void holdWhatWaitsInOneSocketByCount() throws SocketException {
            bed = new UdpBed(new UdpConfig(49152, 65535, 10, 5, 1 << 20), 1);
            UdpSocket socket = bed.bind("0.0.0.0:53");
            for (int i = 0; i < 7; i++) {
                bed.arrives(PEER, 1, HOST, 53, "");
            }
            assertThat(bed.drops(DropReason.UDP_BUFFER_FULL)).isEqualTo(2);
            socket.close();
        }

        @Test
        void holdWhatWaitsInAllSockets() throws SocketException {
            bed = new UdpBed(new UdpConfig(49152, 65535, 20, 1000, 64 << 10), 1);
            List<UdpSocket> open = new ArrayList<>();
            for (int port = 1; port <= 20; port++) {
                open.add(bed.bind("0.0.0.0:" + port));
                for (int i = 0; i < 20; i++) {
                    bed.arrives(PEER, 1, HOST, port, "x".repeat(1500));
                }
            }
            assertThat(bed.udp.queued()).isBetween(60_000L, 64L << 10);
            assertThat(bed.drops(DropReason.NO_BUFFERS)).isPositive()
                    .isEqualTo(open.stream().mapToLong(each -> each.info().drops()).sum());
            open.forEach(UdpSocket::close);
        }

        @Test
        void holdWhatWaitsInAllSocketsWithoutAnOctetToo() throws SocketException {
            bed = new UdpBed(new UdpConfig(49152, 65535, 20, 1000, 64 << 10), 1);
            List<UdpSocket> open = new ArrayList<>();
            for (int port = 1; port <= 20; port++) {
                open.add(bed.bind("0.0.0.0:" + port));
                for (int i = 0; i < 60; i++) {
                    bed.arrives(PEER, 1, HOST, port, "");
                }
            }
            assertThat(bed.udp.queued()).isEqualTo(64 << 10);
            assertThat(bed.drops(DropReason.NO_BUFFERS)).isEqualTo(1200 - 1024);
            assertThat(open.getFirst().receiveQueued()).isZero();
            open.forEach(UdpSocket::close);
        }

        @Test
        void leaveRoomForThoseWhoReadIfAFewDoNot() throws SocketException {
            bed = new UdpBed(new UdpConfig(49152, 65535, 20, 1000, 1 << 20), 1);
            List<UdpSocket> open = new ArrayList<>();
            for (int port = 1; port <= 16; port++) {
                open.add(bed.bind("0.0.0.0:" + port));
                for (int i = 0; i < 100; i++) {
                    bed.arrives(PEER, 1, HOST, port, "x".repeat(1500));
                }
            }
            open.add(bed.bind("0.0.0.0:53"));
            long lost = bed.drops(DropReason.NO_BUFFERS);
            for (int i = 0; i < 3; i++) {
                bed.arrives(PEER, 1, HOST, 53, "x".repeat(1500));
            }
            assertThat(open.getLast().receiveQueued()).isEqualTo(4500);
            assertThat(bed.drops(DropReason.NO_BUFFERS)).isEqualTo(lost).isPositive();
            open.forEach(UdpSocket::close);
        }
    }

    @Test
    void isShownWithBothEnds() throws SocketException {
        UdpSocket socket = bed.udp.bind(Endpoint.parse("10.0.0.1:53"), SocketOptions.DEFAULTS, "echo");
        UdpSocket other = bed.bind("10.0.0.1:54");
        other.connect(THERE);
        bed.arrives(PEER, 1, HOST, 53, "12345");
        assertThat(bed.udp.snapshot()).containsExactly(
                new DatagramInfo(Endpoint.parse("10.0.0.1:53"), null, 0, 1, 5, 0, "echo"),
                new DatagramInfo(Endpoint.parse("10.0.0.1:54"), THERE, 1500, 0, 0, 0, "test"));
        socket.close();
        other.close();
    }

    @Test
    void isDeafAndDumbAfterItsEnd() throws SocketException {
        UdpSocket socket = bed.bind("0.0.0.0:53");
        bed.arrives(PEER, 1, HOST, 53, "unread");
        socket.close();
        assertFails(SockError.ESHUTDOWN, socket::receive);
        assertFails(SockError.ESHUTDOWN, () -> send(socket, "x", THERE));
        assertFails(SockError.ESHUTDOWN, () -> socket.connect(THERE));
        bed.arrives(PEER, 1, HOST, 53, "late");
        assertThat(bed.network.portUnreachables).isOne();
    }
}
