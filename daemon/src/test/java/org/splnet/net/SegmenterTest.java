package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// Software offload against a model that knows only octets.
@ExtendWith(NoLeaks.class)
class SegmenterTest {
    private static final int ETHER = 14;
    private static final int FIN = 1;
    private static final int PSH = 8;
    private static final int ACK = 16;
    private static final int CWR = 128;

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);

    /// One frame as its sender means it: a single TCP segment, or UDP datagram, of any length, with right
    /// checksums.
    private record Whole(byte[] octets, int tcp, int tcpLen) {
        int head() {
            return tcp + tcpLen;
        }

        /// What must come out: segments of `size`, each with all its fields computed from scratch.
        List<byte[]> cut(int size) {
            List<byte[]> out = new ArrayList<>();
            int payload = octets.length - head();
            for (int at = 0; at < payload; at += size) {
                int len = Math.min(size, payload - at);
                byte[] segment = Arrays.copyOf(octets, head() + len);
                System.arraycopy(octets, head() + at, segment, head(), len);
                ByteBuffer b = ByteBuffer.wrap(segment);
                b.putShort(ETHER + 2, (short) (segment.length - ETHER));
                b.putShort(ETHER + 4, (short) (b.getShort(ETHER + 4) + out.size()));
                if (octets[ETHER + 9] == 17) {
                    b.putShort(tcp + 4, (short) (8 + len));
                } else {
                    b.putInt(tcp + 4, b.getInt(tcp + 4) + at);
                    int clear = (at + len < payload ? FIN | PSH : 0) | (at > 0 ? CWR : 0);
                    b.put(tcp + 13, (byte) (b.get(tcp + 13) & ~clear));
                }
                finish(segment, tcp);
                out.add(segment);
            }
            return out;
        }
    }

    /// Both checksums, octet by octet.
    private static void finish(byte[] frame, int l4) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        b.putShort(ETHER + 10, (short) 0);
        b.putShort(ETHER + 10, (short) ~sum(frame, ETHER, l4, 0));
        int field = l4 + (frame[ETHER + 9] == 6 ? 16 : 6);
        b.putShort(field, (short) 0);
        int checksum = ~sum(frame, l4, frame.length, pseudo(frame, l4)) & 0xffff;
        b.putShort(field, (short) (checksum == 0 && frame[ETHER + 9] == 17 ? 0xffff : checksum));
    }

    private static int pseudo(byte[] frame, int l4) {
        return fold(sum(frame, ETHER + 12, ETHER + 20, 0) + frame[ETHER + 9] + frame.length - l4);
    }

    private static int sum(byte[] octets, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i++) {
            sum = fold(sum + ((octets[i] & 0xff) << ((i - from) % 2 == 0 ? 8 : 0)));
        }
        return sum;
    }

    private static int fold(int sum) {
        return (sum & 0xffff) + (sum >>> 16);
    }

    private static Whole tcp(SplittableRandom random, int payload, int flags) {
        int ipLen = 20 + 4 * random.nextInt(0, 11);
        int tcpLen = 20 + 4 * random.nextInt(0, 11);
        byte[] frame = ip(random, ipLen, 6, tcpLen + payload);
        ByteBuffer b = ByteBuffer.wrap(frame);
        b.put(ETHER + ipLen + 12, (byte) (tcpLen / 4 << 4));
        b.put(ETHER + ipLen + 13, (byte) flags);
        finish(frame, ETHER + ipLen);
        return new Whole(frame, ETHER + ipLen, tcpLen);
    }

    private static Whole udp(SplittableRandom random, int payload) {
        int ipLen = 20 + 4 * random.nextInt(0, 11);
        byte[] frame = ip(random, ipLen, 17, 8 + payload);
        ByteBuffer.wrap(frame).putShort(ETHER + ipLen + 4, (short) (8 + payload));
        finish(frame, ETHER + ipLen);
        return new Whole(frame, ETHER + ipLen, 8);
    }

    private static byte[] ip(SplittableRandom random, int ipLen, int protocol, int payload) {
        byte[] frame = new byte[ETHER + ipLen + payload];
        random.nextBytes(frame);
        ByteBuffer b = ByteBuffer.wrap(frame);
        b.putShort(12, (short) 0x800);
        b.put(ETHER, (byte) (0x40 | ipLen / 4));
        b.putShort(ETHER + 2, (short) (frame.length - ETHER));
        b.put(ETHER + 9, (byte) protocol);
        return frame;
    }

    /// The frame as a packet to be sent: the checksum left to do, and everything behind `head` octets in
    /// `parts` pieces of random lengths, each in a buffer of its own at an odd or even place.
    private Packet packet(SplittableRandom random, byte[] frame, int l4, int head, int parts) {
        Packet packet = pool.allocate(head);
        int at = packet.append(head);
        packet.buf.setBytes(at, frame, 0, head);
        packet.csumStart = at + l4;
        packet.csumOffset = frame[ETHER + 9] == 6 ? 16 : 6;
        packet.flags = Packet.CHECKSUM_PARTIAL;
        packet.buf.setShort(packet.csumStart + packet.csumOffset, pseudo(frame, l4));
        int[] ends = new int[parts];
        for (int i = 0; i < parts; i++) {
            ends[i] = i == parts - 1 ? frame.length : head + random.nextInt(frame.length - head + 1);
        }
        Arrays.sort(ends);
        for (int i = 0, from = head; i < parts; from = ends[i++]) {
            int shift = random.nextInt(3);
            ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(shift + ends[i] - from + 1);
            piece.setBytes(shift, frame, from, ends[i] - from);
            packet.addPiece(piece, shift, ends[i] - from);
            piece.release();
        }
        return packet;
    }

    private static List<byte[]> take(Packet chain) {
        List<byte[]> out = new ArrayList<>();
        for (Packet each = chain; each != null; ) {
            Packet next = each.next;
            out.add(FakeDevice.octets(each));
            each.free();
            each = next;
        }
        return out;
    }

    @Test
    void cutsAsTheModelDoes() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 2000; round++) {
            int payload = 1 + random.nextInt(random.nextInt(4) == 0 ? 40_000 : 3000);
            Whole whole = random.nextBoolean() ? udp(random, payload)
                    : tcp(random, payload, random.nextInt(256) | ACK);
            int size = Math.max(1, payload / 40) + random.nextInt(random.nextBoolean() ? 1460 : 50);
            int inHead = random.nextBoolean() ? 0 : random.nextInt(payload + 1);
            int parts = inHead == payload ? 0 : 1 + random.nextInt(Packet.MAX_PIECES);
            Packet packet = packet(random, whole.octets, whole.tcp, whole.head() + inHead, parts);
            packet.gsoSize = size;
            List<byte[]> cut = take(new Segmenter(0).ready(packet));
            List<byte[]> model = whole.cut(size);
            assertThat(cut).as("seed %d round %d", seed, round).hasSameSizeAs(model);
            for (int i = 0; i < cut.size(); i++) {
                assertThat(cut.get(i)).as("seed %d round %d segment %d", seed, round, i)
                        .isEqualTo(model.get(i));
            }
        }
    }

    @Test
    void copiesWhatLiesInMorePiecesThanASegmentMayHave() {
        var random = new SplittableRandom(1);
        Whole whole = tcp(random, 100, ACK | PSH);
        Packet packet = pool.allocate(whole.head() + 10);
        packet.free();
        packet = packet(random, whole.octets, whole.tcp, whole.head() + 10, 1);
        Packet many = pool.allocate(whole.head() + 10);
        int at = many.append(whole.head() + 10);
        many.buf.setBytes(at, packet.buf, packet.start, whole.head() + 10);
        many.csumStart = at + whole.tcp;
        many.csumOffset = 16;
        many.flags = Packet.CHECKSUM_PARTIAL;
        for (int i = 0; i < Packet.MAX_PIECES; i++) {
            int len = i == Packet.MAX_PIECES - 1 ? 90 - 2 * i : 2;
            many.addPiece(packet.pieceBuf(0), packet.pieceAt(0) + 2 * i, len);
        }
        many.gsoSize = 75;
        packet.free();
        List<byte[]> cut = take(new Segmenter(0).ready(many));
        assertThat(cut).hasSize(2);
        assertThat(cut.get(0)).isEqualTo(whole.cut(75).get(0));
        assertThat(cut.get(1)).isEqualTo(whole.cut(75).get(1));
    }

    @Test
    void payloadIsPassedByReference() {
        var random = new SplittableRandom(1);
        Whole whole = tcp(random, 3000, ACK);
        Packet packet = packet(random, whole.octets, whole.tcp, whole.head(), 1);
        packet.gsoSize = 1000;
        ByteBuf payload = packet.pieceBuf(0);
        Packet chain = new Segmenter(0).ready(packet);
        assertThat(payload.refCnt()).isEqualTo(3);
        for (Packet each = chain; each != null; each = each.next) {
            assertThat(each.end - each.start).isEqualTo(whole.head());
            assertThat(each.pieceBuf(0)).isSameAs(payload);
            assertThat(each.gsoSize).isZero();
        }
        take(chain);
    }

    @Test
    void completesChecksumsOverAnySplit() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 2000; round++) {
            int payload = 1 + random.nextInt(3000);
            Whole whole = tcp(random, payload, ACK);
            if (random.nextBoolean()) {
                whole.octets[ETHER + 9] = 17;       // as UDP: only the place of the checksum differs
                finish(whole.octets, whole.tcp);
            }
            int inHead = random.nextInt(payload);
            Packet packet = packet(random, whole.octets, whole.tcp, whole.head() + inHead,
                    1 + random.nextInt(Packet.MAX_PIECES));
            Packet ready = new Segmenter(0).ready(packet);
            assertThat(ready).isSameAs(packet);
            assertThat(ready.has(Packet.CHECKSUM_PARTIAL)).isFalse();
            assertThat(take(ready).getFirst()).as("seed %d round %d", seed, round).isEqualTo(whole.octets);
        }
    }

    @Test
    void sendsAUdpChecksumOfZeroAsAllOnes() {
        byte[] frame = new byte[ETHER + 28];
        frame[12] = 8;
        frame[ETHER] = 0x45;
        frame[ETHER + 9] = 17;
        // addresses, ports and length zero; make the rest add up: protocol 17 + length 8 + x = 0xffff
        frame[ETHER + 20] = (byte) 0xff;
        frame[ETHER + 21] = (byte) (0xff - 17 - 8);
        Packet packet = packet(new SplittableRandom(1), frame, ETHER + 20, frame.length, 0);
        byte[] out = take(new Segmenter(0).ready(packet)).getFirst();
        assertThat(Arrays.copyOfRange(out, ETHER + 26, ETHER + 28)).containsExactly(0xff, 0xff);
    }

    @Test
    void leavesToTheDeviceWhatItCanDo() {
        var random = new SplittableRandom(1);
        Whole whole = tcp(random, 3000, ACK | PSH);
        Packet packet = packet(random, whole.octets, whole.tcp, whole.head(), 2);
        packet.gsoSize = 1000;
        assertThat(new Segmenter(Offload.TX_CHECKSUM | Offload.TX_TSO4).ready(packet)).isSameAs(packet);
        assertThat(packet.gsoSize).isEqualTo(1000);
        assertThat(packet.has(Packet.CHECKSUM_PARTIAL)).isTrue();
        packet.free();
    }

    @Test
    void leavesDatagramsToADeviceThatCutsThoseAndNotToOneThatCutsSegments() {
        var random = new SplittableRandom(1);
        Whole whole = udp(random, 3000);
        Packet packet = packet(random, whole.octets, whole.tcp, whole.head(), 2);
        packet.gsoSize = 1000;
        assertThat(new Segmenter(Offload.TX_CHECKSUM | Offload.TX_USO).ready(packet)).isSameAs(packet);
        assertThat(packet.gsoSize).isEqualTo(1000);
        assertThat(take(new Segmenter(Offload.TX_CHECKSUM | Offload.TX_TSO4).ready(packet))).hasSize(3);
    }

    @Test
    void leavesTheChecksumsOfWhatItCutsToADeviceThatWritesThem() {
        var random = new SplittableRandom(1);
        Whole whole = tcp(random, 3000, ACK | PSH);
        Packet packet = packet(random, whole.octets, whole.tcp, whole.head(), 2);
        packet.gsoSize = 1000;
        Packet chain = new Segmenter(Offload.TX_CHECKSUM | Offload.TX_TSO6).ready(packet);
        List<byte[]> model = whole.cut(1000);
        int i = 0;
        for (Packet each = chain; each != null; each = each.next, i++) {
            assertThat(each.has(Packet.CHECKSUM_PARTIAL)).isTrue();
            byte[] left = FakeDevice.octets(each);
            ByteBuffer.wrap(left).putShort(whole.tcp + 16, (short) ~sum(left, whole.tcp, left.length, 0));
            assertThat(left).isEqualTo(model.get(i));
            assertThat(each.csumStart - each.start).isEqualTo(whole.tcp);
        }
        assertThat(i).isEqualTo(3);
        take(chain);
    }

    @Test
    void aDeviceThatCannotWriteChecksumsIsNotTrustedToCut() {
        var random = new SplittableRandom(1);
        Whole whole = tcp(random, 3000, ACK);
        Packet packet = packet(random, whole.octets, whole.tcp, whole.head(), 2);
        packet.gsoSize = 1000;
        assertThat(take(new Segmenter(Offload.TX_TSO4).ready(packet))).hasSize(3);
    }

    @Test
    void refusesWhatItCannotCut() {
        var random = new SplittableRandom(1);
        Whole whole = tcp(random, 3000, ACK);
        Packet noPartial = packet(random, whole.octets, whole.tcp, whole.head(), 2);
        noPartial.gsoSize = 1000;
        noPartial.flags = 0;
        refuses(noPartial);
        Packet notIp4 = packet(random, whole.octets, whole.tcp, whole.head(), 2);
        notIp4.gsoSize = 1000;
        notIp4.buf.setShort(notIp4.start + 12, 0x86dd);
        refuses(notIp4);
    }

    private static void refuses(Packet packet) {
        Segmenter segmenter = new Segmenter(0);
        assertThat(segmenter.ready(packet)).isNull();
        assertThat(segmenter.refusal()).isEqualTo(DropReason.TRANSMIT_ERROR);
        packet.free();
    }
}
