package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.inet.NetworkError;
import org.splnet.net.FakeDevice;
import org.splnet.net.ScarceAllocator;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Checksum;
import org.splnet.wire.Ip4Header;

/// What is larger than the link goes out in fragments that another stack puts together again.
@ExtendWith(NoLeaks.class)
class FragmenterTest {
    private final ScarceAllocator memory = new ScarceAllocator();
    private final IpBed bed = new IpBed(IpConfig.DEFAULTS, 42, memory);
    private final IpBed peer = new IpBed();

    @AfterEach
    void close() {
        bed.close();
        peer.close();
    }

    private List<Ip4> sent() {
        List<Ip4> all = new ArrayList<>();
        for (Ip4 each; (each = bed.nic0.next()) != null; ) {
            all.add(each);
        }
        return all;
    }

    /// What the other side makes of it.
    private byte[] merged(List<Ip4> fragments) {
        for (Ip4 each : fragments) {
            peer.in(Ip4.udp().id(each.id).fragment(each.offset, each.mf).payload(each.payload));
        }
        return peer.udp.datagrams.remove().payload();
    }

    @ParameterizedTest
    @ValueSource(ints = {1481, 1488, 2960, 2961, 8192, 60_008, 65_515})
    void whatIsCutIsWhole(int len) {
        byte[] payload = Ip4.data(len);
        assertThat(bed.send(bed.path("10.0.0.2"), payload, 0)).isEqualTo(Output.SENT);
        List<Ip4> fragments = sent();
        int at = 0;
        for (Ip4 each : fragments) {
            assertThat(each.offset).isEqualTo(at);
            assertThat(each.df).isFalse();
            assertThat(each.id).isEqualTo(fragments.getFirst().id);
            assertThat(each.payload.length).isLessThanOrEqualTo(1480);
            at += each.payload.length;
            assertThat(each.mf).isEqualTo(at < len);
            assertThat(each.mf && each.payload.length % 8 != 0).isFalse();
        }
        assertThat(fragments).hasSize((len + 1479) / 1480);
        assertThat(merged(fragments)).isEqualTo(payload);
        assertThat(bed.count(IpStats.Counter.FRAGMENTED)).isEqualTo(1);
        assertThat(bed.count(IpStats.Counter.FRAGMENTS_OUT)).isEqualTo(fragments.size());
    }

    @Test
    void whatFitsIsNotCut() {
        bed.send(bed.path("10.0.0.2"), Ip4.data(1480), 0);
        Ip4 one = bed.nic0.next();
        assertThat(one.mf).isFalse();
        assertThat(one.payload).isEqualTo(Ip4.data(1480));
        assertThat(bed.nic0.next()).isNull();
    }

    @Test
    void doesNotCutWhatMustNotBeCut() {
        assertThat(bed.send(bed.path("10.0.0.2"), Ip4.data(1481), Packet.DONT_FRAGMENT))
                .isEqualTo(Output.TOO_BIG);
        assertThat(bed.nic0.next()).isNull();
    }

    @Test
    void whatThereIsNoMemoryForEndsItAsAFullQueueDoes() {
        Packet whole = bed.outgoing(Ip4.data(4000), 17, 0);
        memory.left(2);
        assertThat(bed.send(whole, bed.path("10.0.0.2"))).isEqualTo(Output.QUEUE_FULL);
        assertThat(sent()).hasSize(2);
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isOne();
        assertThat(bed.count(IpStats.Counter.FRAGMENTS_OUT)).isEqualTo(2);
    }

    @Test
    void theTransportsChecksumIsCompletedBeforeTheCut() {
        byte[] payload = Ip4.data(4000);
        payload[6] = 0;
        payload[7] = 0;
        Packet packet = bed.outgoing(payload, 17, Packet.CHECKSUM_PARTIAL);
        packet.csumStart = packet.l4;
        packet.csumOffset = 6;
        bed.send(packet, bed.path("10.0.0.2"));
        byte[] got = merged(sent());
        var buf = io.netty.buffer.Unpooled.wrappedBuffer(got);
        assertThat(buf.getUnsignedShort(6)).isNotZero();
        assertThat(Checksum.finish(Checksum.sum(buf, 0, got.length)) & 0xffff).isZero();
    }

    /// RFC 791 §3.1: of the options only those with the copied flag go into later fragments.
    @Test
    void onlyOptionsThatAreToBeCopiedAre() {
        byte[] options = {(byte) 0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0};     // router alert; record route
        byte[] all = new byte[Ip4Header.MIN_LEN + options.length + 3000];
        Packet whole = bed.pool.allocate(all.length);
        whole.l3 = whole.append(all.length);
        Ip4 written = Ip4.from("10.0.0.1", "10.0.0.2").payload(Ip4.data(3000));
        written.options = options;
        whole.buf.setBytes(whole.l3, written.octets());
        whole.l4 = whole.l3 + Ip4Header.MIN_LEN + options.length;
        var fragmenter = new Fragmenter(whole, 1500);
        List<byte[]> headers = new ArrayList<>();
        while (fragmenter.more()) {
            Packet fragment = fragmenter.next();
            int len = (fragment.buf.getByte(fragment.l3) & 15) * 4;
            byte[] header = new byte[len - Ip4Header.MIN_LEN];
            fragment.buf.getBytes(fragment.l3 + Ip4Header.MIN_LEN, header);
            headers.add(header);
            fragment.free();
        }
        whole.free();
        assertThat(headers).hasSize(3);
        assertThat(headers.get(0)).isEqualTo(options);
        assertThat(headers.get(1)).isEqualTo(Arrays.copyOf(options, 4));
        assertThat(headers.get(2)).isEqualTo(Arrays.copyOf(options, 4));
    }

    /// An error of the next hop says whose it was by what stands there.
    @Test
    void theTransportsHeaderIsInTheFirstBufferAlsoIfAllThePayloadIs() {
        byte[] payload = Ip4.data(3000);
        Packet whole = bed.pool.allocate(Ip4Header.MIN_LEN + payload.length);
        whole.l3 = whole.append(Ip4Header.MIN_LEN + payload.length);
        whole.buf.setBytes(whole.l3, Ip4.from("10.0.0.1", "10.0.0.2").payload(payload).octets());
        whole.l4 = whole.l3 + Ip4Header.MIN_LEN;
        var fragmenter = new Fragmenter(whole, 1500);
        Packet first = fragmenter.next();
        assertThat(first.end - first.l4).isGreaterThanOrEqualTo(8);
        assertThat(Arrays.copyOfRange(FakeDevice.octets(first), Ip4Header.MIN_LEN, first.length()))
                .isEqualTo(Arrays.copyOf(payload, 1480));
        first.free();
        whole.free();
    }

    /// Payload in pieces of any size, as a transport's gather list.
    @Test
    void anyPiecesAreCutRightly() {
        long seed = TestSeed.next();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] payload = new byte[1 + random.nextInt(20_000)];
            random.nextBytes(payload);
            int head = Math.min(payload.length, random.nextInt(200));
            Packet packet = bed.outgoing(Arrays.copyOf(payload, head), 17, 0);
            int pieces = 1 + random.nextInt(Packet.MAX_PIECES);
            for (int i = 0, at = head; i < pieces && at < payload.length; i++) {
                int len = i == pieces - 1 ? payload.length - at : 1 + random.nextInt(payload.length - at);
                var buf = bed.pool.allocator().directBuffer(len);
                buf.setBytes(0, payload, at, len);
                packet.addPiece(buf, 0, len);
                buf.release();
                at += len;
            }
            assertThat(bed.send(packet, bed.path("10.0.0.2"))).isEqualTo(Output.SENT);
            assertThat(merged(sent())).as("seed %d round %d", seed, round).isEqualTo(payload);
        }
    }

    @Test
    void aRefusalEndsIt() {
        bed.nic0.full = true;
        Output result = bed.send(bed.path("10.0.0.2"), Ip4.data(65_000), 0);
        assertThat(result).isIn(Output.SENT, Output.QUEUE_FULL);
        bed.nic0.full = false;
        assertThat(bed.nic0.next()).isNull();
    }

    /// Their first fragment is the one that shows whose it was.
    @Test
    void theLargestDatagramWaitsForItsNeighborAndIsToldOfItsSilence() {
        assertThat(bed.send(bed.path("10.0.0.9"), Ip4.data(65_515), 0)).isEqualTo(Output.SENT);
        assertThat(bed.drops(DropReason.NEIGHBOR_HOLD_FULL)).isZero();
        for (int i = 0; i < 40; i++) {
            bed.pass(IpBed.SECOND / 10);
        }
        assertThat(bed.count(IpStats.Counter.UNDELIVERED)).isEqualTo(45);
        assertThat(bed.udp.errors).singleElement().satisfies(error ->
                assertThat(error.kind()).isEqualTo(NetworkError.Kind.NEIGHBOR_SILENT));
    }
}
