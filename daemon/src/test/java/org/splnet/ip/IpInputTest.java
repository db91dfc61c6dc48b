package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Header;

/// RFC 1122 §3.2.1: what is taken, what is dropped and why, by header fields.
@ExtendWith(NoLeaks.class)
class IpInputTest {
    private final IpBed bed = new IpBed();

    @AfterEach
    void close() {
        bed.close();
    }

    private void dropped(DropReason reason) {
        assertThat(bed.drops(reason)).as(reason.label()).isEqualTo(1);
        assertThat(bed.allDrops()).isEqualTo(1);
        assertThat(bed.udp.datagrams).isEmpty();
        assertThat(bed.tcp.datagrams).isEmpty();
    }

    private void delivered(int count) {
        assertThat(bed.udp.datagrams).hasSize(count);
        assertThat(bed.count(IpStats.Counter.DELIVERED)).isEqualTo(count);
    }

    private static byte[] header(byte[] octets, java.util.function.Consumer<Ip4Header> change, boolean sum) {
        Ip4Header header = new Ip4Header().wrap(Unpooled.wrappedBuffer(octets), 0);
        change.accept(header);
        if (sum) {
            header.updateChecksum();
        }
        return octets;
    }

    @Test
    void handsAWholeDatagramUp() {
        byte[] payload = Ip4.data(100);
        bed.in(Ip4.udp().ttl(7).tos(0x2e).payload(payload));
        Recorder.Datagram got = bed.udp.datagrams.poll();
        assertThat(got.src()).isEqualTo(IpBed.PEER);
        assertThat(got.dst()).isEqualTo(IpBed.HOST);
        assertThat(got.payload()).isEqualTo(payload);
        assertThat(got.ttl()).isEqualTo(7);
        assertThat(got.tos()).isEqualTo(0x2e);
        assertThat(got.rcvIf()).isEqualTo(bed.eth0.index());
        assertThat(got.flags()).isZero();
        assertThat(bed.allDrops()).isZero();
    }

    @Test
    void startsThePacketAtTheTransportHeader() {
        bed.udp.peek = packet -> {
            assertThat(packet.start).isEqualTo(packet.l4);
            assertThat(packet.l3).isEqualTo(TestNic.ETHER);
            assertThat(packet.proto).isEqualTo(17);
        };
        bed.in(Ip4.udp().options("01010100"));
        delivered(1);
    }

    @Nested
    class Lengths {
        @Test
        void trimsLinkPadding() {                                        // RFC 894
            byte[] padded = Arrays.copyOf(Ip4.udp().payload(Ip4.data(10)).octets(), 46);
            bed.in(padded, bed.eth0, 0);
            assertThat(bed.udp.datagrams.poll().payload()).isEqualTo(Ip4.data(10));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 19})
        void dropsWhatIsShorterThanAHeader(int len) {
            bed.in(Arrays.copyOf(Ip4.udp().octets(), len), bed.eth0, 0);
            dropped(DropReason.IP_TRUNCATED);
        }

        @Test
        void dropsWhatIsShorterThanItsTotalLength() {
            byte[] octets = Ip4.udp().octets();
            bed.in(Arrays.copyOf(octets, octets.length - 1), bed.eth0, 0);
            dropped(DropReason.IP_TRUNCATED);
        }

        @Test
        void dropsATotalLengthWithinTheHeader() {
            bed.in(header(Ip4.udp().octets(), h -> h.totalLength(19), true), bed.eth0, 0);
            dropped(DropReason.IP_TRUNCATED);
        }

        @Test
        void dropsAHeaderLengthOfLessThanTwentyOctets() {
            byte[] octets = Ip4.udp().octets();
            octets[0] = 0x44;
            bed.in(octets, bed.eth0, 0);
            dropped(DropReason.IP_BAD_HEADER_LENGTH);
        }

        @Test
        void dropsAHeaderLongerThanThePacket() {
            byte[] octets = Ip4.udp().payload(new byte[4]).octets();
            octets[0] = 0x4f;
            bed.in(octets, bed.eth0, 0);
            dropped(DropReason.IP_TRUNCATED);
        }

        @Test
        void takesADatagramWithoutPayload() {
            bed.in(Ip4.udp().payload(new byte[0]));
            delivered(1);
        }
    }

    @Nested
    class VersionAndChecksum {
        @ParameterizedTest
        @ValueSource(ints = {0, 3, 5, 6, 15})
        void dropsOtherVersions(int version) {                           // §3.2.1.1
            byte[] octets = Ip4.udp().octets();
            octets[0] = (byte) (version << 4 | 5);
            bed.in(octets, bed.eth0, 0);
            dropped(DropReason.IP_BAD_VERSION);
        }

        @Test
        void dropsAWrongChecksumWhateverTheDeviceSays() {                // §3.2.1.2
            byte[] octets = Ip4.udp().octets();
            octets[10] ^= 1;
            bed.in(octets, bed.eth0, Packet.CHECKSUM_GOOD);
            dropped(DropReason.IP_BAD_CHECKSUM);
        }

        @Test
        void doesNotLookAtTheTimeToLive() {                              // §3.2.1.7
            bed.in(Ip4.udp().ttl(0));
            delivered(1);
        }

        @Test
        void ignoresTheReservedBitAndDontFragment() {
            byte[] octets = Ip4.udp().df().octets();
            octets[6] |= (byte) 0x80;
            bed.in(header(octets, h -> { }, true), bed.eth0, 0);
            delivered(1);
        }
    }

    @Nested
    class Sources {
        @ParameterizedTest
        @ValueSource(strings = {"0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.255", "224.0.0.1",
                "239.1.2.3",
            "240.0.0.1", "255.255.255.255", "10.0.0.255", "10.0.0.0", "10.0.0.1", "192.168.7.1"})
        void dropsWhatNoOtherHostCanHave(String src) {                   // §3.2.1.3
            bed.in(Ip4.from(src, "10.0.0.1"));
            dropped(DropReason.IP_MARTIAN_SOURCE);
        }

        @Test
        void dropsABroadcastFromNobody() {
            bed.in(Ip4.from("0.0.0.0", "255.255.255.255"), bed.eth0, Packet.LINK_BROADCAST);
            dropped(DropReason.IP_MARTIAN_SOURCE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"10.0.0.2", "10.0.1.255", "8.8.8.8", "169.254.1.1", "192.168.7.9",
                "223.255.255.255"})
        void takesWhatAnotherHostMayHave(String src) {
            bed.in(Ip4.from(src, "10.0.0.1"));
            delivered(1);
        }

        @Test
        void hasNoBroadcastOnALinkOfTwo() {                              // RFC 3021 §2.1
            bed.links.interfaces().addAddress(bed.eth0, Cidr.parse("10.9.0.0/31"));
            bed.in(Ip4.from("10.9.0.1", "10.9.0.0"));
            delivered(1);
        }
    }

    @Nested
    class Destinations {
        @ParameterizedTest
        @CsvSource({
            "0.0.0.0, IP_MARTIAN_DESTINATION", "0.1.2.3, IP_MARTIAN_DESTINATION",
            "127.0.0.1, IP_MARTIAN_DESTINATION", "240.0.0.1, IP_MARTIAN_DESTINATION",
            "10.0.0.3, IP_NOT_FOR_US", "8.8.8.8, IP_NOT_FOR_US", "10.0.0.0, IP_NOT_FOR_US",
            "192.168.7.255, IP_NOT_FOR_US", "224.0.0.2, IP_NOT_FOR_US", "239.1.1.1, IP_NOT_FOR_US"})
        void dropsWhatIsNotForUs(String dst, DropReason reason) {
            bed.in(Ip4.from("10.0.0.2", dst));
            dropped(reason);
            assertThat(bed.nic0.next()).as("no answer").isNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"255.255.255.255", "10.0.0.255"})
        void handsBroadcastsToUdp(String dst) {                          // §3.3.6
            bed.in(Ip4.from("10.0.0.2", dst), bed.eth0, Packet.LINK_BROADCAST);
            Recorder.Datagram got = bed.udp.datagrams.poll();
            assertThat(got.has(Packet.IP_BROADCAST | Packet.LINK_BROADCAST)).isTrue();
            assertThat(got.has(Packet.IP_MULTICAST)).isFalse();
        }

        @Test
        void handsWhatGoesToAllHostsToUdp() {                            // RFC 1112 §7.2
            bed.in(Ip4.from("10.0.0.2", "224.0.0.1"), bed.eth0, Packet.LINK_MULTICAST);
            assertThat(bed.udp.datagrams.poll().has(Packet.IP_MULTICAST | Packet.LINK_MULTICAST)).isTrue();
        }

        @ParameterizedTest
        @ValueSource(ints = {Packet.LINK_BROADCAST, Packet.LINK_MULTICAST})
        void dropsOurAddressInALinkBroadcast(int flag) {                 // §3.3.6
            bed.in(Ip4.udp(), bed.eth0, flag);
            dropped(DropReason.IP_LINK_BROADCAST);
        }

        @Test
        void takesOnlyTheAddressesOfTheReceivingInterface() {            // §3.3.4.2, strong end system
            bed.in(Ip4.from("10.0.0.2", "192.168.7.1"));
            dropped(DropReason.IP_NOT_FOR_US);
        }

        @Test
        void takesAnyOfOurAddressesIfToldTo() {                          // §3.3.4.2, weak end system
            try (IpBed weak = new IpBed(Configs.weakHost())) {
                weak.in(Ip4.from("10.0.0.2", "192.168.7.1"));
                weak.in(Ip4.from("10.0.0.2", "127.0.0.1"));
                assertThat(weak.udp.datagrams).hasSize(1);
                assertThat(weak.drops(DropReason.IP_MARTIAN_DESTINATION)).isEqualTo(1);
            }
        }

        @Test
        void takesAnAddressFromWhenItHasItToWhenItHasNot() {
            Cidr second = Cidr.parse("10.5.0.1/16");
            bed.in(Ip4.from("10.0.0.2", "10.5.0.1"));
            bed.links.interfaces().addAddress(bed.eth0, second);
            bed.in(Ip4.from("10.0.0.2", "10.5.0.1"));
            bed.in(Ip4.from("10.0.0.2", "10.5.255.255"), bed.eth0, Packet.LINK_BROADCAST);
            bed.eth0.removeAddress(second);
            bed.in(Ip4.from("10.0.0.2", "10.5.0.1"));
            delivered(2);
            assertThat(bed.drops(DropReason.IP_NOT_FOR_US)).isEqualTo(2);
        }
    }

    @Nested
    class Protocols {
        @Test
        void answersAnUnknownProtocol() {                                // §3.2.2.1
            byte[] octets = Ip4.udp().proto(99).payload(Ip4.data(40)).octets();
            bed.in(octets, bed.eth0, 0);
            dropped(DropReason.IP_NO_PROTO);
            Ip4 answer = bed.nic0.next();
            assertThat(answer.icmpType()).isEqualTo(3);
            assertThat(answer.icmpCode()).isEqualTo(2);
            assertThat(answer.icmpData()).isEqualTo(octets);
        }

        @Test
        void doesNotAnswerAnUnknownProtocolInABroadcast() {
            bed.in(Ip4.from("10.0.0.2", "10.0.0.255").proto(99), bed.eth0, Packet.LINK_BROADCAST);
            dropped(DropReason.IP_NO_PROTO);
            assertThat(bed.nic0.next()).isNull();
        }
    }

    @Nested
    class Offloads {
        private Recorder.Datagram partial(int start, int offset) {
            Packet packet = bed.received(Ip4.udp().octets(), 1, Packet.CHECKSUM_PARTIAL);
            packet.csumStart = packet.l3 + start;
            packet.csumOffset = offset;
            bed.ip.input(packet, bed.eth0, bed.nowNs);
            return bed.udp.datagrams.poll();
        }

        @Test
        void believesADeviceAboutTheTransportChecksum() {
            assertThat(partial(20, 6).has(Packet.CHECKSUM_PARTIAL)).isTrue();
            bed.in(Ip4.udp(), bed.eth0, Packet.CHECKSUM_GOOD);
            assertThat(bed.udp.datagrams.poll().has(Packet.CHECKSUM_GOOD)).isTrue();
        }

        @ParameterizedTest
        @CsvSource({"0, 10", "24, 6", "20, 15"})
        void doesNotIfItMeansAnotherChecksum(int start, int offset) {
            assertThat(partial(start, offset).flags()).isZero();
        }
    }

    @Test
    void takesOurOwnByLoopbackOnly() {
        bed.send(bed.path(null, IpBed.HOST1), Ip4.data(30), 0);
        bed.send(bed.path("127.0.0.1"), Ip4.data(31), 0);
        bed.send(bed.path("127.9.9.9"), Ip4.data(32), 0);
        bed.loop();
        delivered(3);
        assertThat(bed.udp.datagrams.poll().src()).isEqualTo(IpBed.HOST1);
        assertThat(bed.udp.datagrams.poll().src()).isEqualTo(InetAddr.parse("127.0.0.1"));
        assertThat(bed.udp.datagrams.poll().dst()).isEqualTo(InetAddr.parse("127.9.9.9"));
        assertThat(bed.nic0.next()).isNull();
        assertThat(bed.nic1.next()).isNull();
    }
}
