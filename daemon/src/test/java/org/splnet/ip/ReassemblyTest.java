package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.net.ScarceAllocator;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Icmp4Header;

/// RFC 791 §3.2, RFC 815, RFC 1122 §3.3.2.
@ExtendWith(NoLeaks.class)
class ReassemblyTest {
    private IpBed bed = new IpBed();

    @AfterEach
    void close() {
        bed.close();
        assertThat(bed.ip.reassembling()).isZero();
        assertThat(bed.ip.reassemblyMemory()).isZero();
    }

    private void use(IpConfig config) {
        bed.close();
        bed = new IpBed(config);
    }

    private static Ip4 piece(byte[] all, int from, int to) {
        return Ip4.udp().payload(Arrays.copyOfRange(all, from, to)).fragment(from, to < all.length);
    }

    @Test
    void putsFragmentsTogetherInAnyOrder() {
        byte[] all = Ip4.data(3000);
        List<Ip4> pieces = List.of(piece(all, 0, 1000), piece(all, 1000, 2000), piece(all, 2000, 3000));
        int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        for (int[] order : orders) {
            for (int i : order) {
                bed.in(pieces.get(i));
            }
            Recorder.Datagram whole = bed.udp.datagrams.remove();
            assertThat(whole.payload()).isEqualTo(all);
            assertThat(whole.has(Packet.REASSEMBLED)).isTrue();
        }
        assertThat(bed.allDrops()).isZero();
        assertThat(bed.count(IpStats.Counter.REASSEMBLED)).isEqualTo(orders.length);
    }

    @Test
    void takesTheLargestThereIsAndNothingLarger() {
        byte[] all = Ip4.data(65_515);
        for (int at = 0; at < all.length; at += 1480) {
            bed.in(piece(all, at, Math.min(all.length, at + 1480)));
        }
        assertThat(bed.udp.datagrams.remove().payload()).isEqualTo(all);
        bed.in(Ip4.udp().payload(Ip4.data(8)).fragment(65_512, false));
        assertThat(bed.drops(DropReason.IP_BAD_FRAGMENT)).isEqualTo(1);
    }

    @Test
    void tellsDatagramsApartBySourceDestinationProtocolAndId() {
        byte[] all = Ip4.data(16);
        bed.in(piece(all, 0, 8));
        bed.in(piece(all, 8, 16).id(0x4321));
        bed.in(piece(all, 8, 16).proto(6));
        Ip4 other = piece(all, 8, 16);
        other.src = Ip4.bits("10.0.0.3");
        bed.in(other);
        assertThat(bed.ip.reassembling()).isEqualTo(4);
        assertThat(bed.udp.datagrams).isEmpty();
        bed.in(piece(all, 8, 16));
        assertThat(bed.udp.datagrams.remove().payload()).isEqualTo(all);
        assertThat(bed.ip.reassembling()).isEqualTo(3);
    }

    /// Any overlap spoils the datagram (RFC 5722's rule, taken over to IPv4), and what still comes of it.
    @ParameterizedTest
    @CsvSource({"0, 24", "8, 24", "16, 40", "8, 16", "0, 48", "4096, 4104"})
    void anyOverlapDropsTheDatagram(int from, int to) {
        byte[] all = Ip4.data(8192);
        boolean contradictsTheEnd = from == 4096;
        bed.in(piece(all, 0, 32));
        bed.in(Ip4.udp().payload(Ip4.data(64)).fragment(contradictsTheEnd ? 64 : 4000, false));
        bed.in(Ip4.udp().payload(Arrays.copyOfRange(all, from, to)).fragment(from, true));
        assertThat(bed.drops(DropReason.IP_FRAGMENT_OVERLAP)).isPositive();
        long drops = bed.allDrops();
        bed.in(piece(all, 32, 64));
        assertThat(bed.allDrops()).as("a late one of a spoiled datagram").isEqualTo(drops + 1);
        assertThat(bed.udp.datagrams).isEmpty();
        assertThat(bed.count(IpStats.Counter.REASSEMBLY_FAILURES)).isEqualTo(1);
        bed.pass(61 * IpBed.SECOND);
        assertThat(bed.ip.reassembling()).isZero();
    }

    @Test
    void anExactDuplicateIsNoOverlapButOneThatDiffersIs() {
        byte[] all = Ip4.data(48);
        bed.in(piece(all, 0, 16));
        bed.in(piece(all, 0, 16));
        assertThat(bed.drops(DropReason.IP_FRAGMENT_DUPLICATE)).isEqualTo(1);
        bed.in(piece(all, 32, 48));
        bed.in(piece(all, 32, 48));
        bed.in(piece(all, 16, 32));
        assertThat(bed.udp.datagrams.remove().payload()).isEqualTo(all);

        byte[] forged = all.clone();
        forged[3] ^= 1;
        bed.in(piece(all, 0, 16).id(9));
        bed.in(piece(forged, 0, 16).id(9));
        bed.in(piece(all, 16, 48).id(9));
        assertThat(bed.udp.datagrams).isEmpty();
        assertThat(bed.drops(DropReason.IP_FRAGMENT_OVERLAP)).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"0, true", "7, true", "12, true", "0, false"})
    void refusesLengthsThatNoFragmentHas(int len, boolean more) {
        bed.in(Ip4.udp().payload(Ip4.data(len)).fragment(8, more));
        assertThat(bed.drops(DropReason.IP_BAD_FRAGMENT)).isEqualTo(1);
        assertThat(bed.ip.reassembling()).isZero();
    }

    @Test
    void tellsTheSenderWhenTheRestDoesNotCome() {
        byte[] all = Ip4.data(32);
        bed.in(piece(all, 0, 16));
        bed.pass(59 * IpBed.SECOND);
        assertThat(bed.nic0.next()).isNull();
        bed.pass(2 * IpBed.SECOND);
        Ip4 said = bed.nic0.next();
        assertThat(said.icmpType()).isEqualTo(Icmp4Header.TIME_EXCEEDED);
        assertThat(said.icmpCode()).isEqualTo(Icmp4Header.REASSEMBLY_EXCEEDED);
        assertThat(said.icmpData()).isEqualTo(piece(all, 0, 16).octets());
        assertThat(bed.drops(DropReason.IP_REASSEMBLY_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void doesNotTellWithoutTheFirstFragment() {                     // RFC 1122 §3.3.2, RFC 792
        bed.in(piece(Ip4.data(32), 16, 32));
        bed.pass(61 * IpBed.SECOND);
        assertThat(bed.nic0.next()).isNull();
        assertThat(bed.drops(DropReason.IP_REASSEMBLY_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void oneSourceDisplacesItsOwnAndNobodyElses() {
        use(Configs.reassembly(100, 4, 64, 8 << 20, 8 << 20));
        Ip4 victim = piece(Ip4.data(16), 0, 8);
        victim.src = Ip4.bits("10.0.0.3");
        bed.in(victim);
        for (int id = 0; id < 1000; id++) {
            bed.in(piece(Ip4.data(16), 0, 8).id(id));
        }
        assertThat(bed.ip.reassembling()).isEqualTo(5);
        assertThat(bed.drops(DropReason.IP_REASSEMBLY_FULL)).isEqualTo(996);
        victim = piece(Ip4.data(16), 8, 16);
        victim.src = Ip4.bits("10.0.0.3");
        bed.in(victim);
        assertThat(bed.udp.datagrams.remove().payload()).isEqualTo(Ip4.data(16));
    }

    @Test
    void allTogetherAreBoundedAndTheOldestMakesRoom() {
        use(Configs.reassembly(10, 4, 64, 8 << 20, 8 << 20));
        for (int host = 2; host < 200; host++) {
            Ip4 one = piece(Ip4.data(16), 0, 8);
            one.src = Ip4.bits("10.0.0." + host);
            bed.in(one);
            bed.pass(1_000_000);
        }
        assertThat(bed.ip.reassembling()).isEqualTo(10);
        Ip4 newest = piece(Ip4.data(16), 8, 16);
        newest.src = Ip4.bits("10.0.0.199");
        bed.in(newest);
        assertThat(bed.udp.datagrams).hasSize(1);
    }

    @Test
    void memoryIsBounded() {
        use(Configs.reassembly(1000, 1000, 64, 1 << 20, 1 << 18));
        for (int id = 0; id < 1000; id++) {
            bed.in(Ip4.udp().id(id).payload(Ip4.data(1400)).fragment(0, true));
            assertThat(bed.ip.reassemblyMemory()).isLessThanOrEqualTo(1 << 18);
        }
        assertThat(bed.ip.reassembling()).isBetween(100, 187);
    }

    @Test
    void aDatagramInTooManyPiecesIsDropped() {
        use(Configs.reassembly(10, 10, 16, 8 << 20, 8 << 20));
        byte[] all = Ip4.data(8 * 20);
        for (int at = 0; at < all.length; at += 8) {
            bed.in(piece(all, at, at + 8));
        }
        assertThat(bed.udp.datagrams).isEmpty();
        assertThat(bed.drops(DropReason.IP_REASSEMBLY_FULL)).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 2", "2, 3, 3", "0, 0, 0", "1, 3, 3", "0, 3, -1"})
    void congestionMarksSurviveAndAreNotMadeUp(int first, int second, int merged) {     // RFC 3168 §5.3
        byte[] all = Ip4.data(16);
        bed.in(piece(all, 0, 8).tos(first));
        bed.in(piece(all, 8, 16).tos(second));
        if (merged < 0) {
            assertThat(bed.udp.datagrams).isEmpty();
            assertThat(bed.allDrops()).isPositive();
        } else {
            assertThat(bed.udp.datagrams.remove().tos()).isEqualTo(merged);
        }
    }

    /// Against a map of octets: random cuts, orders, duplicates and overlaps, piece by piece.
    @Test
    void agreesWithAModel() {
        long seed = TestSeed.next();
        Random random = new Random(seed);
        int whole = 0;
        for (int round = 0; round < 1000; round++) {
            byte[] all = new byte[8 + random.nextInt(4000)];
            random.nextBytes(all);
            OctetMap model = new OctetMap();
            for (Ip4 each : disturbed(cut(all, random), random)) {
                bed.in(each.id(round));
                byte[] expected = model.add(each);
                if (expected != null) {
                    assertThat(bed.udp.datagrams).as("seed %d round %d", seed, round).hasSize(1);
                    assertThat(bed.udp.datagrams.remove().payload()).as("seed %d round %d", seed, round)
                            .isEqualTo(expected);
                    whole++;
                }
                assertThat(bed.udp.datagrams).as("seed %d round %d", seed, round).isEmpty();
            }
        }
        assertThat(whole).as("seed %d: of 1000, three in four undisturbed", seed).isBetween(600, 950);
        bed.pass(61 * IpBed.SECOND);
        assertThat(bed.ip.reassembling()).isZero();
    }

    @Test
    void whatThereIsNoMemoryForIsGivenUpAndNothingElse() {
        bed.close();
        var memory = new ScarceAllocator();
        bed = new IpBed(IpConfig.DEFAULTS, 42, memory);
        byte[] all = Ip4.data(6000);
        bed.in(piece(all, 0, 3000));
        memory.most(4000);
        bed.in(piece(all, 3000, 6000));
        assertThat(bed.drops(DropReason.NO_BUFFERS)).as("each fragment").isEqualTo(2);
        assertThat(bed.count(IpStats.Counter.REASSEMBLY_FAILURES)).isOne();
        bed.in(piece(all, 0, 3000));
        memory.most(0);
        bed.pass(61 * IpBed.SECOND);
        assertThat(bed.ip.reassembling()).as("too late, though nobody could be told").isZero();
        memory.most(Integer.MAX_VALUE);
        bed.in(piece(all, 0, 3000));
        bed.pass(61 * IpBed.SECOND);
        assertThat(bed.ip.reassembling()).as("the timer goes on").isZero();
    }

    @Test
    void whatThereWasNoMemoryForFromItsFirstFragmentOnIsForgottenInTime() {
        bed.close();
        var memory = new ScarceAllocator();
        bed = new IpBed(IpConfig.DEFAULTS, 42, memory);
        Packet first = bed.received(piece(Ip4.data(6000), 0, 3000).octets(), bed.eth0.index(), 0);
        memory.most(0);
        bed.ip.input(first, bed.eth0, bed.nowNs);
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isOne();
        memory.most(Integer.MAX_VALUE);
        assertThat(bed.ip.reassembling()).isEqualTo(1);
        bed.pass(61 * IpBed.SECOND);
        assertThat(bed.ip.reassembling()).isZero();
    }

    @Test
    void aFragmentThatThereWasNoMemoryForMayComeAgain() {
        bed.close();
        var memory = new ScarceAllocator();
        bed = new IpBed(IpConfig.DEFAULTS, 42, memory);
        byte[] all = Ip4.data(6000);
        Packet last = bed.received(piece(all, 3000, 6000).octets(), bed.eth0.index(), 0);
        memory.most(0);
        bed.ip.input(last, bed.eth0, bed.nowNs);
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isOne();
        memory.most(Integer.MAX_VALUE);
        bed.in(piece(all, 3000, 6000));
        bed.in(piece(all, 0, 3000));
        assertThat(bed.udp.datagrams.remove().payload()).isEqualTo(all);
    }

    /// One in four has a piece that reaches over an edge, or contradicts; three in eight have one twice.
    private static List<Ip4> disturbed(List<Ip4> pieces, Random random) {
        int place = random.nextInt(pieces.size());
        Ip4 one = pieces.get(random.nextInt(pieces.size()));
        if (random.nextInt(4) == 0) {
            int len = (one.payload.length + 7 & ~7) + 8 * random.nextInt(-3, 4);
            pieces.add(place, Ip4.udp().payload(Ip4.data(Math.max(8, len)))
                    .fragment(one.offset + 8 * random.nextInt(2), random.nextInt(8) > 0));
        } else if (random.nextBoolean()) {
            pieces.add(place, one);
        }
        return pieces;
    }

    private static List<Ip4> cut(byte[] all, Random random) {
        List<Ip4> pieces = new ArrayList<>();
        for (int at = 0; at < all.length; ) {
            int next = Math.min(all.length, at + 8 * (1 + random.nextInt(100)));
            pieces.add(piece(all, at, next));
            at = next;
        }
        Collections.shuffle(pieces, random);
        return pieces;
    }
}
