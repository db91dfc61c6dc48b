package org.splnet.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.udp.UdpBed.HOST;
import static org.splnet.udp.UdpBed.PEER;
import static org.splnet.udp.UdpBed.text;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.inet.FakeNetwork;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

@ExtendWith(NoLeaks.class)
class UdpInputTest {
    private final UdpBed bed = new UdpBed();

    @AfterEach
    void close() {
        bed.closeEmpty();
    }

    @Nested
    class Rfc768 {
        @Test
        void everyTruncationIsDropped() throws SocketException {
            UdpSocket socket = bed.bind("10.0.0.1:53");
            byte[] whole = UdpBed.datagram(PEER, 1000, HOST, 53, "hello".getBytes());
            for (int len = 0; len < whole.length; len++) {
                bed.arrives(PEER, HOST, Arrays.copyOf(whole, len), 0);
            }
            assertThat(socket.receive()).isNull();
            assertThat(bed.drops(DropReason.UDP_TRUNCATED)).isEqualTo(whole.length);
            socket.close();
        }

        @Test
        void aLengthBelowTheHeaderIsDropped() throws SocketException {
            UdpSocket socket = bed.bind("10.0.0.1:53");
            byte[] octets = UdpBed.datagram(PEER, 1000, HOST, 53, "hello".getBytes());
            octets[5] = 7;
            bed.arrives(PEER, HOST, octets, Packet.CHECKSUM_GOOD);
            assertThat(bed.drops(DropReason.UDP_TRUNCATED)).isOne();
            socket.close();
        }

        @Test
        void octetsBehindTheDatagramAreNoPartOfIt() throws SocketException {
            UdpSocket socket = bed.bind("10.0.0.1:53");
            byte[] whole = UdpBed.datagram(PEER, 1000, HOST, 53, "hello".getBytes());
            bed.arrives(PEER, HOST, Arrays.copyOf(whole, whole.length + 11), 0);
            assertThat(text(socket)).isEqualTo("hello");
            socket.close();
        }

        @Test
        void anEmptyDatagramIsADatagram() throws SocketException {
            UdpSocket socket = bed.bind("10.0.0.1:53");
            bed.arrives(PEER, 1000, HOST, 53, "");
            assertThat(text(socket)).isEmpty();
            assertThat(text(socket)).isNull();
            socket.close();
        }

        @Test
        void sourcePortZeroMeansThatNoReplyIsExpected() throws SocketException {
            UdpSocket socket = bed.bind("10.0.0.1:53");
            bed.arrives(PEER, 0, HOST, 53, "anonymous");
            Datagram got = socket.receive();
            assertThat(got.from()).isEqualTo(new Endpoint(PEER, 0));
            got.data().release();
            socket.close();
        }
    }

    @Nested
    class Checksums {
        @Test
        void anyFlippedBitIsSeen() throws SocketException {
            UdpSocket socket = bed.bind("10.0.0.1:53");
            long seed = TestSeed.next();
            var random = new SplittableRandom(seed);
            for (int i = 0; i < 500; i++) {
                byte[] octets = UdpBed.datagram(PEER, 1000, HOST, 53, new byte[random.nextInt(60)]);
                int bit = random.nextInt(octets.length * 8);
                octets[bit / 8] ^= (byte) (1 << bit % 8);
                bed.arrives(PEER, HOST, octets, 0);
                assertThat(socket.receive()).as("seed %d", seed).isNull();
            }
            assertThat(bed.drops(DropReason.UDP_BAD_CHECKSUM)).isPositive();
            socket.close();
        }

        /// RFC 1122 4.1.3.4.
        @Test
        void zeroMeansNone() throws SocketException {
            UdpSocket socket = bed.bind("10.0.0.1:53");
            byte[] octets = UdpBed.datagram(PEER, 1000, HOST, 53, "hello".getBytes());
            octets[6] = 0;
            octets[7] = 0;
            bed.arrives(PEER, HOST, octets, 0);
            assertThat(text(socket)).isEqualTo("hello");
            socket.close();
        }

        /// RFC 8200 8.1.
        @Test
        void zeroIsWrongOverIpv6() throws SocketException {
            InetAddr ours = InetAddr.parse("2001:db8::1");
            InetAddr theirs = InetAddr.parse("2001:db8::2");
            bed.network.addLocal(ours);
            UdpSocket socket = bed.bind("[::]:53");
            byte[] octets = UdpBed.datagram(theirs, 1000, ours, 53, "six".getBytes());
            bed.arrives(theirs, ours, octets, 0);
            assertThat(text(socket)).isEqualTo("six");
            octets[6] = 0;
            octets[7] = 0;
            bed.arrives(theirs, ours, octets, 0);
            assertThat(bed.drops(DropReason.UDP_BAD_CHECKSUM)).isOne();
            socket.close();
        }

        @Test
        void isNotLookedAtWhenTheDeviceVouches() throws SocketException {
            UdpSocket socket = bed.bind("10.0.0.1:53");
            byte[] octets = UdpBed.datagram(PEER, 1000, HOST, 53, "hello".getBytes());
            octets[6] ^= 1;
            bed.arrives(PEER, HOST, octets, Packet.CHECKSUM_GOOD);
            bed.arrives(PEER, HOST, octets, Packet.CHECKSUM_PARTIAL);
            bed.arrives(PEER, HOST, octets, 0);
            assertThat(text(socket)).isEqualTo("hello");
            assertThat(text(socket)).isEqualTo("hello");
            assertThat(text(socket)).isNull();
            socket.close();
        }
    }

    @Nested
    class Demultiplexing {
        @Test
        void theMostCloselyBoundSocketGetsIt() throws SocketException {
            UdpSocket any = bed.udp.bind(Endpoint.parse("0.0.0.0:53"), UdpBed.SHARED);
            UdpSocket bound = bed.udp.bind(Endpoint.parse("10.0.0.1:53"), UdpBed.SHARED);
            UdpSocket connected = bed.udp.bind(Endpoint.parse("10.0.0.1:53"), UdpBed.SHARED);
            connected.connect(new Endpoint(PEER, 1000));
            bed.arrives(PEER, 1000, HOST, 53, "connected");
            bed.arrives(PEER, 1001, HOST, 53, "bound");
            bed.arrives(PEER, 1001, InetAddr.parse("127.0.0.1"), 53, "any");
            assertThat(text(connected)).isEqualTo("connected");
            assertThat(text(bound)).isEqualTo("bound");
            assertThat(text(any)).isEqualTo("any");
            bound.close();
            bed.arrives(PEER, 1001, HOST, 53, "any again");
            assertThat(text(any)).isEqualTo("any again");
            connected.close();
            bed.arrives(PEER, 1000, HOST, 53, "and again");
            assertThat(text(any)).isEqualTo("and again");
            any.close();
        }

        @Test
        void theUnspecifiedAddressOfIpv6StandsForBothFamilies() throws SocketException {
            UdpSocket socket = bed.bind("[::]:53");
            bed.arrives(PEER, 1, HOST, 53, "four");
            assertThat(text(socket)).isEqualTo("four");
            socket.close();
        }

        @Test
        void ofSeveralTheNewestGetsIt() throws SocketException {
            UdpSocket old = bed.udp.bind(Endpoint.parse("0.0.0.0:53"), UdpBed.SHARED);
            UdpSocket young = bed.udp.bind(Endpoint.parse("0.0.0.0:53"), UdpBed.SHARED);
            bed.arrives(PEER, 1, HOST, 53, "one");
            assertThat(text(old)).isNull();
            assertThat(text(young)).isEqualTo("one");
            young.close();
            bed.arrives(PEER, 1, HOST, 53, "two");
            assertThat(text(old)).isEqualTo("two");
            old.close();
        }

        @Test
        void aBroadcastIsCopiedToEverySocketWithoutAPeer() throws SocketException {
            UdpSocket one = bed.udp.bind(Endpoint.parse("0.0.0.0:68"), UdpBed.SHARED);
            UdpSocket two = bed.udp.bind(Endpoint.parse("0.0.0.0:68"), UdpBed.SHARED);
            UdpSocket three = bed.udp.bind(new Endpoint(FakeNetwork.SUBNET_BROADCAST, 68), UdpBed.SHARED);
            UdpSocket unicast = bed.udp.bind(Endpoint.parse("10.0.0.1:68"), UdpBed.SHARED);
            byte[] octets = UdpBed.datagram(PEER, 67, FakeNetwork.SUBNET_BROADCAST, 68, new byte[3000]);
            bed.arrives(PEER, FakeNetwork.SUBNET_BROADCAST, octets, Packet.IP_BROADCAST);
            for (UdpSocket each : new UdpSocket[] {one, two, three}) {
                Datagram got = each.receive();
                assertThat(got.data().readableBytes()).isEqualTo(3000);
                assertThat(got.to().addr()).isEqualTo(FakeNetwork.SUBNET_BROADCAST);
                got.data().release();
                each.close();
            }
            assertThat(unicast.receive()).isNull();
            unicast.close();
            assertThat(bed.udp.stats().datagramsIn.sum()).isOne();
        }

        /// It was a fault of ours, and the buffer of who had got it was never given back.
        @Test
        void whoThereIsNoMemoryForMissesIt() throws SocketException {
            UdpSocket one = bed.udp.bind(Endpoint.parse("0.0.0.0:68"), UdpBed.SHARED);
            UdpSocket two = bed.udp.bind(Endpoint.parse("0.0.0.0:68"),
                    UdpBed.SHARED.withBuffers(SocketOptions.AUTO, 4096));
            byte[] octets = UdpBed.datagram(PEER, 67, FakeNetwork.SUBNET_BROADCAST, 68, new byte[4090]);
            bed.memory.left(1);
            bed.arrives(PEER, FakeNetwork.SUBNET_BROADCAST, octets, Packet.IP_BROADCAST);
            bed.memory.left(Integer.MAX_VALUE);
            one.receive().data().release();
            assertThat(two.receive()).isNull();
            bed.arrives(PEER, FakeNetwork.SUBNET_BROADCAST, octets, Packet.IP_BROADCAST);
            one.receive().data().release();
            two.receive().data().release();
            one.close();
            two.close();
        }
    }

    @Nested
    class Rfc1122 {
        /// 4.1.3.1.
        @Test
        void aClosedPortIsReported() {
            bed.arrives(PEER, 1000, HOST, 53, "hello");
            assertThat(bed.network.portUnreachables).isOne();
            assertThat(bed.drops(DropReason.UDP_NO_PORT)).isOne();
        }

        /// 3.2.2.
        @Test
        void aClosedPortIsNotReportedToWhoSentToMany() {
            byte[] octets = UdpBed.datagram(PEER, 1000, HOST, 53, new byte[4]);
            for (int flag : new int[] {Packet.IP_BROADCAST, Packet.IP_MULTICAST, Packet.LINK_BROADCAST,
                Packet.LINK_MULTICAST}) {
                bed.arrives(PEER, HOST, octets, flag);
            }
            assertThat(bed.network.portUnreachables).isZero();
            assertThat(bed.drops(DropReason.UDP_NO_PORT)).isEqualTo(4);
        }

        /// 4.1.3.6.
        @Test
        void aSourceThatIsNoHostIsDropped() throws SocketException {
            UdpSocket socket = bed.bind("0.0.0.0:53");
            for (String from : new String[] {"224.0.0.1", "255.255.255.255", "10.0.0.255", "0.0.0.0",
                "ff02::1", "::"}) {
                bed.arrives(InetAddr.parse(from), 1000, HOST, 53, "hello");
            }
            assertThat(socket.receive()).isNull();
            assertThat(bed.drops(DropReason.UDP_BAD_ADDRESS)).isEqualTo(6);
            assertThat(bed.network.portUnreachables).isZero();
            socket.close();
        }
    }

    @Test
    void whatThereIsNoMemoryToKeepIsLostAndCounted() throws SocketException {
        UdpSocket socket = bed.bind("0.0.0.0:53");
        bed.memory.left(1);
        bed.arrives(PEER, 1, HOST, 53, "lost");
        bed.memory.left(2);
        bed.arrives(PEER, 1, HOST, 53, "kept");
        assertThat(text(socket)).isEqualTo("kept");
        assertThat(text(socket)).isNull();
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isOne();
        assertThat(socket.info().drops()).isOne();
        socket.close();
    }

    /// Whatever comes, it is counted once, delivered or dropped, and no buffer is lost.
    @Test
    void survivesNoise() throws SocketException {
        UdpSocket socket = bed.bind("0.0.0.0:53");
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        long before = Arrays.stream(DropReason.values()).mapToLong(bed::drops).sum();
        int received = 0;
        int rounds = 5000;
        for (int i = 0; i < rounds; i++) {
            byte[] octets = new byte[random.nextInt(40)];
            random.nextBytes(octets);
            if (octets.length > 6 && random.nextBoolean()) {
                octets[2] = 0;
                octets[3] = 53;
                octets[4] = 0;
            }
            bed.arrives(PEER, HOST, octets, random.nextInt(256));
            for (String got; (got = text(socket)) != null; received++) {
                assertThat(got.length()).isLessThanOrEqualTo(32);
            }
        }
        long dropped = Arrays.stream(DropReason.values()).mapToLong(bed::drops).sum() - before;
        assertThat(received + dropped).as("seed %d", seed).isEqualTo(rounds);
        assertThat(received).isPositive();
        socket.close();
    }
}
