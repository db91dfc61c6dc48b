package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.icmp.EchoLimits;
import org.splnet.icmp.EchoProtocol;
import org.splnet.icmp.EchoSocket;
import org.splnet.pkt.DropReason;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Icmp4Header;

/// Sockets for ICMP echo over the product's IPv4.
class EchoSocketTest extends EchoBed {
    @Test
    void asksAndIsAnswered() throws Exception {
        EchoSocket socket = echo.bind(ANY, SocketOptions.DEFAULTS.withIp(9, 0x28));
        int id = socket.local().port();
        assertThat(socket.local()).isEqualTo(new Endpoint(ANY.addr(), id));
        assertThat(id).isNotZero();
        send(socket, request(7, 56), PEER);
        Ip4 asked = bed.nic0.next();
        assertThat(asked.icmpType()).isEqualTo(Icmp4Header.ECHO);
        assertThat(asked.icmpCode()).isZero();
        assertThat(asked.icmpRest()).isEqualTo(id << 16 | 7);
        assertThat(asked.icmpData()).isEqualTo(Ip4.data(56));
        assertThat(asked.icmpChecksumOk()).isTrue();
        assertThat(new int[] {asked.src, asked.dst, asked.ttl, asked.tos}).containsExactly(
                Ip4.bits("10.0.0.1"), Ip4.bits("10.0.0.2"), 9, 0x28);
        assertThat(bed.ip.stats().icmpOut(Icmp4Header.ECHO)).isEqualTo(1);

        AtomicInteger told = new AtomicInteger();
        socket.listener(told::set);
        assertThat(told.get()).isEqualTo(Readiness.WRITABLE);
        Ip4 answer = reply("10.0.0.2", "10.0.0.1", id, 7, Ip4.data(56));
        bed.in(answer);
        assertThat(told.get()).isEqualTo(Readiness.READABLE);
        assertThat(socket.await(Readiness.READABLE, 0)).isEqualTo(Readiness.READABLE);
        Datagram got = socket.receive();
        byte[] message = new byte[got.data().readableBytes()];
        got.data().readBytes(message).release();
        assertThat(message).as("the whole message").isEqualTo(answer.payload);
        assertThat(got.from()).isEqualTo(PEER);
        assertThat(got.to()).isEqualTo(Endpoint.parse("10.0.0.1:" + id));
        assertThat(socket.receive()).isNull();
        assertThat(bed.drops(DropReason.ICMP_CONSUMED)).isEqualTo(1);
        socket.close();
        assertFails(SockError.ESHUTDOWN, socket::receive);
        bed.in(answer);
        assertThat(bed.drops(DropReason.ICMP_IGNORED)).isEqualTo(1);
    }

    @Test
    void anIdentifierHasOneHolder() throws Exception {
        EchoSocket socket = bind("0.0.0.0:4711");
        assertThat(socket.local()).isEqualTo(Endpoint.parse("0.0.0.0:4711"));
        assertFails(SockError.EADDRINUSE, () -> bind("0.0.0.0:4711"));
        assertFails(SockError.EADDRINUSE, () -> bind("10.0.0.1:4711"));
        assertFails(SockError.EADDRNOTAVAIL, () -> bind("10.0.0.2:4712"));
        assertFails(SockError.EADDRNOTAVAIL, () -> bind("255.255.255.255:4712"));
        EchoSocket second = bind("10.0.0.1:0");
        EchoSocket third = bind("0.0.0.0:65535");
        assertThat(echo.snapshot()).hasSize(3);
        assertFails(SockError.ENOBUFS, () -> bind("0.0.0.0:0"));
        socket.close();
        socket.close();
        EchoSocket again = bind("0.0.0.0:4711");
        assertFails(SockError.ENOBUFS, () -> bind("0.0.0.0:0"));
        for (EchoSocket each : new EchoSocket[] {second, third, again}) {
            each.close();
        }
        assertThat(echo.snapshot()).isEmpty();
    }

    @Test
    void aPeersRepliesAreWhatAConnectedSocketHears() throws Exception {
        EchoSocket socket = bind("0.0.0.0:5");
        bed.in(reply("10.0.0.3", "10.0.0.1", 5, 1, Ip4.data(4)));
        bed.in(reply("10.0.0.2", "192.168.7.1", 5, 2, Ip4.data(4)), bed.eth1, 0);
        replies(socket, 3);
        socket.connect(Endpoint.parse("10.0.0.2:1025"));
        assertThat(socket.local()).isEqualTo(Endpoint.parse("10.0.0.1:5"));
        assertThat(socket.remote()).as("a port of another host means nothing").isEqualTo(PEER);
        bed.in(reply("10.0.0.3", "10.0.0.1", 5, 4, Ip4.data(4)));
        bed.in(reply("10.0.0.2", "192.168.7.1", 5, 5, Ip4.data(4)), bed.eth1, 0);
        bed.in(reply("10.0.0.2", "10.0.0.1", 6, 6, Ip4.data(4)));
        replies(socket, 7);
        assertThat(bed.drops(DropReason.ICMP_IGNORED)).isEqualTo(3);
        assertThat(new int[] {next(socket), next(socket), next(socket), next(socket)})
                .as("what waited of strangers is gone").containsExactly(2, 3, 7, -1);
        send(socket, request(8, 0), null);
        assertThat(bed.nic0.next().dst).isEqualTo(Ip4.bits("10.0.0.2"));
        send(socket, request(9, 0), Endpoint.parse("10.0.0.254:0"));
        assertThat(bed.nic0.next().dst).isEqualTo(Ip4.bits("10.0.0.254"));
        socket.connect(null);
        assertThat(socket.remote()).isNull();
        assertThat(socket.local()).isEqualTo(Endpoint.parse("0.0.0.0:5"));
        assertFails(SockError.EDESTADDRREQ, () -> send(socket, request(1, 0), null));
        socket.close();
    }

    @Test
    void aReplyToManyIsNobodys() throws Exception {
        EchoSocket socket = bind("0.0.0.0:5");
        bed.in(reply("10.0.0.2", "10.0.0.255", 5, 1, Ip4.data(4)));
        assertThat(bed.drops(DropReason.ICMP_IGNORED)).isEqualTo(1);
        assertThat(socket.receive()).isNull();
        socket.close();
    }

    @ParameterizedTest
    @CsvSource({"3, 0, 0, EHOSTUNREACH", "3, 1, 0, EHOSTUNREACH", "3, 2, 0, ECONNREFUSED",
        "3, 13, 0, EHOSTUNREACH", "11, 0, 0, EHOSTUNREACH", "12, 0, 0, EPROTO"})
    void aConnectedSocketIsToldOfErrors(int type, int code, int rest, SockError why) throws Exception {
        EchoSocket socket = bind("0.0.0.0:5");
        send(socket, request(1, 1000), PEER);
        byte[] sent = bed.nic0.next().octets();
        Ip4 error = Ip4.from("10.0.0.254", "10.0.0.1").icmp(type, code, rest, Arrays.copyOf(sent, 28));
        bed.in(error);
        assertThat(socket.receive()).as("no peer, no errors").isNull();
        socket.connect(Endpoint.parse("10.0.0.254:0"));
        bed.in(error);
        assertThat(socket.receive()).as("about another").isNull();
        assertThat(bed.drops(DropReason.ICMP_NO_ENDPOINT)).isEqualTo(2);
        socket.connect(PEER);
        bed.in(error);
        assertThat(socket.await(Readiness.READABLE, 0) & Readiness.ERROR).isNotZero();
        assertFails(why, socket::receive);
        assertThat(socket.receive()).as("told once").isNull();
        bed.in(error);
        assertFails(why, () -> send(socket, request(2, 0), null));
        socket.close();
        bed.in(error);
        assertThat(bed.drops(DropReason.ICMP_CONSUMED)).isEqualTo(2);
    }

    /// Also by one without a peer, which is told of nothing; routers cut what is not forbidden to be (RFC
    /// 1191 §3).
    @Test
    void whatMayNotBeCutLearnsWhatGetsThrough() throws Exception {
        EchoSocket socket = bind("0.0.0.0:5");
        send(socket, request(1, 1000), PEER);
        byte[] sent = bed.nic0.next().octets();
        Ip4 error = Ip4.from("10.0.0.254", "10.0.0.1").icmp(3, 4, 600, Arrays.copyOf(sent, 28));
        bed.in(error);
        assertThat(bed.drops(DropReason.ICMP_NO_ENDPOINT)).as("it may be cut").isEqualTo(1);
        socket.options(SocketOptions.DEFAULTS.withDontFragment(true));
        send(socket, request(2, 1000), PEER);
        bed.nic0.next();
        bed.in(error);
        assertThat(bed.drops(DropReason.ICMP_CONSUMED)).isEqualTo(1);
        assertThat(socket.receive()).as("no peer, no errors").isNull();
        assertFails(SockError.EMSGSIZE, () -> send(socket, request(3, 1000), PEER));
        send(socket, request(3, 572), PEER);
        bed.nic0.next();
        socket.connect(PEER);
        assertThat(socket.details()).containsEntry("pathMtu", 600);
        bed.in(error);
        assertFails(SockError.EMSGSIZE, socket::receive);
        socket.close();
    }

    @Test
    void aNeighborThatDoesNotAnswerIsAnError() throws Exception {
        EchoSocket socket = bind("0.0.0.0:0");
        socket.connect(Endpoint.parse("10.0.0.77:0"));
        send(socket, request(1, 8), null);
        for (int i = 0; i < 100 && socket.await(Readiness.READABLE, 0) == 0; i++) {
            bed.pass(IpBed.SECOND / 10);
        }
        assertFails(SockError.EHOSTUNREACH, socket::receive);
        socket.close();
    }

    @Test
    void whatCannotBeSentIsRefused() throws Exception {
        EchoSocket socket = bind("0.0.0.0:0");
        for (int length = 0; length < 8; length++) {
            byte[] tooShort = Arrays.copyOf(request(1, 0), length);
            assertFails(SockError.EINVAL, () -> send(socket, tooShort, PEER));
        }
        for (int type = 0; type < 256; type++) {
            byte[] wrong = request(1, 20);
            wrong[type == 8 ? 1 : 0] = (byte) type;
            assertFails(SockError.EINVAL, () -> send(socket, wrong, PEER));
        }
        assertFails(SockError.EDESTADDRREQ, () -> send(socket, request(1, 0), null));
        assertFails(SockError.EINVAL, () -> send(socket, request(1, 0), ANY));
        assertFails(SockError.EMSGSIZE, () -> send(socket, request(1, Pings.MOST_OCTETS + 1), PEER));
        socket.options(SocketOptions.DEFAULTS.withDontFragment(true));
        assertFails(SockError.EMSGSIZE, () -> send(socket, request(1, 1500), PEER));
        assertFails(SockError.ENETUNREACH, () -> send(socket, request(1, 0), Endpoint.parse("9.9.9.9:0")));
        assertFails(SockError.ENETUNREACH, () -> socket.connect(Endpoint.parse("9.9.9.9:0")));
        assertFails(SockError.EINVAL, () -> socket.connect(ANY));
        assertFails(SockError.EACCES, () -> send(socket, request(1, 0), Endpoint.parse("10.0.0.255:0")));
        assertFails(SockError.EACCES, () -> socket.connect(Endpoint.parse("10.0.0.255:0")));
        assertThat(bed.nic0.next()).isNull();
        socket.options(socket.options().withBroadcast(true));
        send(socket, request(1, 0), Endpoint.parse("10.0.0.255:0"));
        assertThat(bed.nic0.next().dst).isEqualTo(Ip4.bits("10.0.0.255"));
        socket.close();
    }

    @Test
    void theLargestGoesInFragments() throws Exception {
        EchoSocket socket = bind("10.0.0.1:0");
        byte[] request = request(1, Pings.MOST_OCTETS);
        send(socket, request, PEER);
        byte[] whole = new byte[request.length];
        for (Ip4 each; (each = bed.nic0.next()) != null; ) {
            System.arraycopy(each.payload, 0, whole, each.offset, each.payload.length);
        }
        Ip4 sent = Ip4.udp().payload(whole);
        assertThat(sent.icmpChecksumOk()).isTrue();
        assertThat(sent.icmpData()).isEqualTo(Ip4.data(Pings.MOST_OCTETS));
        socket.close();
    }

    @Test
    void whatThereIsNoMemoryForIsRefusedAndCounted() throws Exception {
        EchoSocket socket = bind("0.0.0.0:5");
        memory.most(0);
        assertFails(SockError.ENOBUFS, () -> send(socket, request(7, 56), PEER));
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isOne();
        memory.most(Integer.MAX_VALUE);
        send(socket, request(7, 56), PEER);
        assertThat(bed.nic0.next().icmpRest()).isEqualTo(5 << 16 | 7);
        socket.close();
    }

    @Test
    void whatIsNotReadIsBounded() throws Exception {
        EchoSocket socket = bind("0.0.0.0:0");
        for (int i = 0; i < 12; i++) {
            replies(socket, i);
        }
        assertThat(bed.drops(DropReason.ICMP_BUFFER_FULL)).isEqualTo(2);
        assertThat(echo.snapshot().getFirst().drops()).isEqualTo(2);
        assertThat(socket.receiveQueued()).isEqualTo(10 * 12);
        assertThat(next(socket)).as("the oldest are kept").isZero();
        replies(socket, 12);
        assertThat(bed.drops(DropReason.ICMP_BUFFER_FULL)).isEqualTo(2);
        assertThat(echo.queued()).isPositive();
        socket.close();
    }

    @Test
    void allTogetherAreBoundedToo() throws Exception {
        EchoProtocol poor = new EchoProtocol(new EchoLimits(1, 1000, 5000), bed.ip, clock);
        EchoSocket socket = poor.bind(ANY, SocketOptions.DEFAULTS);
        for (int i = 0; i < 10; i++) {
            bed.in(reply("10.0.0.2", "10.0.0.1", socket.local().port(), i, Ip4.data(992)));
        }
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isGreaterThanOrEqualTo(5);
        assertThat(poor.queued()).isBetween(1000L, 6000L);
        socket.close();
        assertThat(poor.queued()).isZero();
    }
}
