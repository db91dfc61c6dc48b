package org.splnet.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.udp.UdpBed.HOST;
import static org.splnet.udp.UdpBed.PEER;
import static org.splnet.udp.UdpBed.STRANGER;
import static org.splnet.udp.UdpBed.assertFails;
import static org.splnet.udp.UdpBed.send;
import static org.splnet.udp.UdpBed.text;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.inet.FakeNetwork;
import org.splnet.inet.FakeNetwork.Sent;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Checksum;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.IpProto;

@ExtendWith(NoLeaks.class)
class UdpOutputTest {
    private static final Endpoint THERE = new Endpoint(PEER, 53);

    private final UdpBed bed = new UdpBed();
    private UdpSocket socket;

    @BeforeEach
    void open() throws SocketException {
        socket = bed.bind("0.0.0.0:5000");
    }

    @AfterEach
    void close() {
        socket.close();
        bed.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 1471, 1472})
    void leavesTheChecksumOfAWholePacketToTheDevice(int len) throws SocketException {
        Sent sent = transmit(pattern(len));
        Packet packet = sent.packet();
        assertThat(packet.has(Packet.CHECKSUM_PARTIAL)).isTrue();
        assertThat(packet.csumStart).isEqualTo(packet.l4);
        byte[] octets = sent.octets();
        octets[6] = 0;
        octets[7] = 0;
        int pseudo = Checksum.pseudo(HOST.hi(), HOST.lo(), PEER.hi(), PEER.lo(), IpProto.UDP, 8 + len);
        assertThat(packet.buf.getUnsignedShort(packet.csumStart + packet.csumOffset)).isEqualTo(pseudo);
        byte[] expected = UdpBed.datagram(HOST, 5000, PEER, 53, pattern(len));
        expected[6] = 0;
        expected[7] = 0;
        assertThat(octets).isEqualTo(expected);
        packet.free();
    }

    @ParameterizedTest
    @ValueSource(ints = {1473, 9001, 65506, 65507})
    void computesTheChecksumOfWhatWillBeFragmented(int len) throws SocketException {
        Sent sent = transmit(pattern(len));
        assertThat(sent.packet().has(Packet.CHECKSUM_PARTIAL)).isFalse();
        assertThat(sent.octets()).isEqualTo(UdpBed.datagram(HOST, 5000, PEER, 53, pattern(len)));
        sent.packet().free();
    }

    /// What is larger than one datagram goes down in one packet, with the size of each.
    @ParameterizedTest
    @CsvSource({"101, 100, 100", "3000, 1472, 1472", "65507, 1000, 1000", "100, 100, 0", "7, 100, 0",
        "0, 100, 0"})
    void leavesTheCuttingToTheDevice(int len, int segment, int told) throws SocketException {
        bed.network.largestSend = 65_515;
        socket.options(SocketOptions.DEFAULTS.withSegment(segment));
        Sent sent = transmit(pattern(len));
        assertThat(sent.packet().gsoSize).isEqualTo(told);
        assertThat(sent.packet().has(Packet.CHECKSUM_PARTIAL)).isTrue();
        assertThat(sent.packet().has(Packet.DONT_FRAGMENT)).isEqualTo(told > 0);
        assertThat(Arrays.copyOfRange(sent.octets(), 8, 8 + len)).isEqualTo(pattern(len));
        int datagrams = told == 0 ? 1 : (len + segment - 1) / segment;
        assertThat(bed.udp.stats().datagramsOut.sum()).isEqualTo(datagrams);
        assertThat(bed.udp.stats().octetsOut.sum()).isEqualTo(len);
        sent.packet().free();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void mayBeFragmentedUnlessTheSocketsUserWillNotHaveIt(boolean whole) throws SocketException {
        socket.options(SocketOptions.DEFAULTS.withDontFragment(whole));
        Sent sent = transmit(pattern(2000));
        assertThat(sent.packet().has(Packet.DONT_FRAGMENT)).isEqualTo(whole);
        sent.packet().free();
    }

    @Test
    void aSizeOfOneCallComesBeforeTheSockets() throws SocketException {
        bed.network.largestSend = 65_515;
        socket.options(SocketOptions.DEFAULTS.withSegment(100));
        for (int size : new int[] {-1, 0, 70}) {
            ByteBuf data = UdpBed.direct(pattern(300));
            socket.send(data, THERE, null, size);
            assertThat(data.isReadable()).isFalse();
            data.release();
            Packet packet = bed.network.next().packet();
            assertThat(packet.gsoSize).isEqualTo(size < 0 ? 100 : size);
            packet.free();
        }
    }

    @Test
    void refusesWhatCannotBeCut() {
        bed.network.largestSend = 65_515;
        bed.network.answer = Output.TOO_BIG;
        socket.options(SocketOptions.DEFAULTS.withSegment(1473));
        assertFails(SockError.EMSGSIZE, () -> transmit(pattern(2000)));
        bed.network.answer = Output.SENT;
        socket.options(SocketOptions.DEFAULTS.withSegment(2));
        assertFails(SockError.EINVAL, () -> transmit(pattern(257)));
        socket.options(SocketOptions.DEFAULTS.withSegment(1000));
        assertFails(SockError.EMSGSIZE, () -> transmit(pattern(65508)));
        assertThat(bed.udp.stats().sendFailures.sum()).isEqualTo(3);
        assertThat(bed.udp.stats().datagramsOut.sum()).isZero();
    }

    /// On its way to this host nothing is cut any more; and what routers may fragment needs ids of its own.
    @ParameterizedTest
    @CsvSource({"10.0.0.1:53, 65515", "10.0.0.2:53, 1480"})
    void someGoDatagramByDatagram(String to, int largestSend) throws SocketException {
        bed.network.largestSend = largestSend;
        socket.options(SocketOptions.DEFAULTS.withSegment(1000));
        ByteBuf data = UdpBed.direct(pattern(2500));
        socket.send(data, Endpoint.parse(to));
        assertThat(data.isReadable()).isFalse();
        data.release();
        for (int at = 0; at < 2500; at += 1000) {
            Sent sent = bed.network.next();
            assertThat(sent.packet().gsoSize).isZero();
            assertThat(sent.packet().has(Packet.DONT_FRAGMENT)).isFalse();
            byte[] part = Arrays.copyOfRange(pattern(2500), at, Math.min(at + 1000, 2500));
            assertThat(Arrays.copyOfRange(sent.octets(), 8, 8 + part.length)).isEqualTo(part);
            assertThat(sent.octets()).hasSize(8 + part.length);
            sent.packet().free();
        }
        assertThat(bed.udp.stats().datagramsOut.sum()).isEqualTo(3);
    }

    @Test
    void neverSendsAComputedZero() throws SocketException {
        bed.network.mtu = 20;
        // Pseudo header and header sum to a value that two octets of payload complement to zero.
        byte[] payload = new byte[2];
        int sum = Checksum.pseudo(HOST.hi(), HOST.lo(), PEER.hi(), PEER.lo(), IpProto.UDP, 10);
        sum = Checksum.fold((long) sum + 5000 + 53 + 10);
        payload[0] = (byte) (~sum >>> 8);
        payload[1] = (byte) ~sum;
        Sent sent = transmit(payload);
        byte[] octets = sent.octets();
        assertThat(octets[6] & octets[7]).isEqualTo(-1);
        sent.packet().free();
    }

    @Test
    void sendsALargePayloadByReferenceAndCopiesWhatHasNoNativeAddress() throws SocketException {
        ByteBuf direct = UdpBed.direct(pattern(1400));
        socket.send(direct, THERE);
        assertThat(direct.refCnt()).isEqualTo(2);
        Sent sent = bed.network.next();
        assertThat(sent.packet().pieces()).isOne();
        sent.packet().free();
        assertThat(direct.refCnt()).isOne();
        direct.release();
        ByteBuf heap = Unpooled.wrappedBuffer(pattern(1400));
        socket.send(heap, THERE);
        assertThat(heap.refCnt()).isOne();
        heap.release();
        sent = bed.network.next();
        assertThat(sent.packet().pieces()).isZero();
        assertThat(Arrays.copyOfRange(sent.octets(), 8, 1408)).isEqualTo(pattern(1400));
        sent.packet().free();
    }

    @Test
    void whatThereIsNoMemoryForIsRefusedAndCounted() throws SocketException {
        bed.memory.most(0);
        assertFails(SockError.ENOBUFS, () -> transmit(pattern(1)));
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isOne();
        assertThat(bed.udp.stats().sendFailures.sum()).isOne();
        bed.memory.most(Integer.MAX_VALUE);
        transmit(pattern(1)).packet().free();
    }

    @Test
    void refusesMoreThanADatagramHolds() {
        assertFails(SockError.EMSGSIZE, () -> transmit(pattern(65508)));
        assertThat(bed.network.waiting()).isZero();
        assertThat(bed.udp.stats().sendFailures.sum()).isOne();
    }

    @Test
    void sendsToABroadcastAddressOnlyWithLeave() throws SocketException {
        Endpoint all = new Endpoint(FakeNetwork.SUBNET_BROADCAST, 67);
        assertFails(SockError.EACCES, () -> send(socket, "hello", all));
        socket.options(SocketOptions.DEFAULTS.withBroadcast(true));
        send(socket, "hello", all);
        Sent sent = bed.network.next();
        assertThat(sent.packet().has(Packet.BROADCAST_ALLOWED)).isTrue();
        sent.packet().free();
        socket.options(SocketOptions.DEFAULTS);
        assertFails(SockError.EACCES, () -> send(socket, "hello", all));
        send(socket, "hello", THERE);
        sent = bed.network.next();
        assertThat(sent.packet().has(Packet.BROADCAST_ALLOWED)).isFalse();
        sent.packet().free();
    }

    @Test
    void carriesTheOptionsOfTheSocket() throws SocketException {
        socket.options(UdpBed.service(7, 0x28));
        Sent sent = transmit(pattern(10));
        assertThat(sent.packet().ttl).isEqualTo(7);
        assertThat(sent.packet().tos).isEqualTo(0x28);
        assertThat(sent.packet().proto).isEqualTo(IpProto.UDP);
        sent.packet().free();
    }

    /// RFC 1112 6.1.
    @Test
    void keepsMulticastsOnTheLink() throws SocketException {
        send(socket, "hello", Endpoint.parse("224.0.0.251:5353"));
        Sent sent = bed.network.next();
        assertThat(sent.packet().ttl).isOne();
        sent.packet().free();
    }

    /// RFC 1122 4.1.3.5.
    @Test
    void answersFromWhereItWasAsked() throws SocketException {
        InetAddr second = InetAddr.parse("10.0.0.9");
        bed.network.addLocal(second);
        assertThat(sourceWhenAsked(second)).isEqualTo(second);
        assertThat(sourceWhenAsked(HOST)).isEqualTo(HOST);
        assertThat(sourceWhenAsked(FakeNetwork.SUBNET_BROADCAST)).isEqualTo(HOST);
        assertFails(SockError.EADDRNOTAVAIL, () -> sourceWhenAsked(InetAddr.parse("10.9.9.9")));
        UdpSocket bound = bed.bind("10.0.0.9:5001");
        ByteBuf data = UdpBed.direct(pattern(5));
        assertFails(SockError.EADDRNOTAVAIL, () -> bound.send(data, THERE, HOST));
        data.release();
        bound.close();
    }

    @Test
    void namesWhatIsWrongWithADestination() {
        assertFails(SockError.EDESTADDRREQ, () -> send(socket, "x", null));
        assertFails(SockError.EINVAL, () -> send(socket, "x", new Endpoint(PEER, 0)));
        assertFails(SockError.EINVAL, () -> send(socket, "x", Endpoint.parse("0.0.0.0:53")));
        bed.network.unreachable = true;
        assertFails(SockError.ENETUNREACH, () -> send(socket, "x", THERE));
    }

    /// How programs on Linux find out which address of theirs a peer would see.
    @Test
    void aPeerWithoutAPortTellsTheSourceAndIsSentNothing() throws SocketException {
        bed.arrives(STRANGER, 53, HOST, 5000, "before");
        bed.arrives(PEER, 53, HOST, 5000, "early");
        socket.connect(new Endpoint(PEER, 0));
        assertThat(socket.local()).isEqualTo(new Endpoint(HOST, 5000));
        assertFails(SockError.EINVAL, () -> send(socket, "x", null));
        bed.arrives(PEER, 54, HOST, 5000, "of any port");
        bed.arrives(STRANGER, 53, HOST, 5000, "stranger");
        assertThat(bed.network.portUnreachables).isOne();
        assertThat(text(socket)).isEqualTo("early");
        assertThat(text(socket)).isEqualTo("of any port");
        assertThat(socket.receive()).isNull();
        socket.connect(THERE);
        bed.arrives(PEER, 54, HOST, 5000, "of another port");
        assertThat(bed.network.portUnreachables).isEqualTo(2);
        send(socket, "x", null);
    }

    @ParameterizedTest
    @EnumSource(value = Output.class, mode = EnumSource.Mode.EXCLUDE, names = "SENT")
    void tellsWhyAPacketDidNotGoAndLeavesTheDataUnread(Output answer) throws SocketException {
        bed.network.answer = answer;
        ByteBuf data = UdpBed.direct(pattern(100));
        assertFails(switch (answer) {
            case NO_ROUTE -> SockError.ENETUNREACH;
            case HOST_DOWN -> SockError.EHOSTUNREACH;
            case TOO_BIG -> SockError.EMSGSIZE;
            case QUEUE_FULL -> SockError.ENOBUFS;
            case DOWN -> SockError.ENETDOWN;
            case BAD_ADDRESS -> SockError.EADDRNOTAVAIL;
            case SENT -> throw new AssertionError();
        }, () -> socket.send(data, THERE));
        assertThat(data.readableBytes()).isEqualTo(100);
        bed.network.answer = Output.SENT;
        socket.send(data, THERE);
        bed.network.next().packet().free();
        data.release();
    }

    private InetAddr sourceWhenAsked(InetAddr from) throws SocketException {
        ByteBuf data = UdpBed.direct(pattern(5));
        try {
            socket.send(data, THERE, from);
        } finally {
            data.release();
        }
        Sent sent = bed.network.next();
        InetAddr source = InetAddr.of(sent.packet().srcHi, sent.packet().srcLo);
        sent.packet().free();
        return source;
    }

    private Sent transmit(byte[] payload) throws SocketException {
        ByteBuf data = UdpBed.direct(payload);
        try {
            socket.send(data, THERE);
        } finally {
            data.release();
        }
        return bed.network.next();
    }

    private static byte[] pattern(int len) {
        byte[] octets = new byte[len];
        for (int i = 0; i < len; i++) {
            octets[i] = (byte) (i * 31 + 7);
        }
        return octets;
    }
}
