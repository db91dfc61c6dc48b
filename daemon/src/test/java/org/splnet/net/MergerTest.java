package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.splnet.NoLeaks;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.EtherType;
import org.splnet.wire.MacAddr;

/// What is merged and what is not, rule by rule.
@ExtendWith(NoLeaks.class)
class MergerTest {
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int URG = 0x20;
    private static final int ECE = 0x40;
    private static final int CWR = 0x80;

    /// What went up.
    private record Up(byte[] octets, int gsoSize, boolean vouchedFor) {
        /// Octets of text, for headers without options.
        int text() {
            return octets.length - 54;
        }
    }

    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private final List<Up> up = new ArrayList<>();
    private final Merger merger = new Merger(NetBed.OURS.bits(), packet -> {
        up.add(new Up(FakeDevice.octets(packet), packet.gsoSize, packet.has(Packet.CHECKSUM_GOOD)));
        packet.free();
    });

    private void in(byte[] frame) {
        Packet packet = pool.allocate(frame.length);
        packet.l2 = packet.append(frame.length);
        packet.buf.setBytes(packet.l2, frame);
        merger.input(packet);
    }

    private void in(TcpFrame... frames) {
        for (TcpFrame each : frames) {
            in(each.octets());
        }
    }

    private List<Up> flushed() {
        merger.flush();
        List<Up> all = List.copyOf(up);
        up.clear();
        return all;
    }

    /// Octets of text of each packet that goes up.
    private List<Integer> texts() {
        return flushed().stream().map(Up::text).toList();
    }

    @Test
    void whatFollowsBecomesOne() {
        in(TcpFrame.at(5000, 1000), TcpFrame.at(6000, 1000), TcpFrame.at(7000, 1000));
        assertThat(up).as("until the batch ends").isEmpty();
        Up all = flushed().getFirst();
        byte[] expected = TcpFrame.at(5000, 3000).octets();
        // that of TCP stays the first one's, and is vouched for
        ByteBuffer.wrap(expected).putShort(50, ByteBuffer.wrap(all.octets).getShort(50));
        assertThat(all.octets).isEqualTo(expected);
        assertThat(TcpFrame.sum(all.octets, 14, 34, 0)).as("sum of the IP header").isEqualTo(0xffff);
        assertThat(all.gsoSize).isEqualTo(1000);
        assertThat(all.vouchedFor).isTrue();
        assertThat(merger.merged()).isEqualTo(2);
        assertThat(merger.merged()).isZero();
        assertThat(flushed()).isEmpty();
    }

    @Test
    void oneAloneGoesUpAsItCame() {
        in(TcpFrame.at(5000, 1000));
        Up one = flushed().getFirst();
        assertThat(one.octets).isEqualTo(TcpFrame.at(5000, 1000).octets());
        assertThat(one.gsoSize).isZero();
        assertThat(one.vouchedFor).as("summed once is enough").isTrue();
        assertThat(merger.merged()).isZero();
    }

    @Test
    void aShorterOneIsTheLast() {
        in(TcpFrame.at(0, 1000), TcpFrame.at(1000, 1000), TcpFrame.at(2000, 600), TcpFrame.at(2600, 1000));
        assertThat(texts()).containsExactly(2600, 1000);
    }

    @Test
    void aLongerOneBeginsAnew() {
        in(TcpFrame.at(0, 1000), TcpFrame.at(1000, 1200), TcpFrame.at(2200, 1200));
        assertThat(texts()).containsExactly(1000, 2400);
    }

    @Test
    void pushIsKeptAndEndsNothing() {
        in(TcpFrame.at(0, 1000), TcpFrame.at(1000, 1000).flags(TcpFrame.ACK | TcpFrame.PSH),
                TcpFrame.at(2000, 1000));
        Up all = flushed().getFirst();
        assertThat(all.text()).isEqualTo(3000);
        assertThat(all.octets[47]).isEqualTo((byte) (TcpFrame.ACK | TcpFrame.PSH));
    }

    @Test
    void whatIsEqualInAllIsKept() {
        UnaryOperator<TcpFrame> with = each -> each.timestamp(9).tos(3).ttl(7).fragment(0)
                .flags(TcpFrame.ACK | ECE).window(9);
        in(with.apply(TcpFrame.at(-1000, 1000)), with.apply(TcpFrame.at(0, 1000)));
        byte[] all = flushed().getFirst().octets;
        byte[] expected = with.apply(TcpFrame.at(-1000, 2000)).octets();
        assertThat(all).hasSameSizeAs(expected);
        assertThat(Arrays.copyOfRange(all, 54, all.length)).isEqualTo(Arrays.copyOfRange(expected, 54,
                expected.length));
        assertThat(all[15]).isEqualTo((byte) 3);
        assertThat(all[22]).isEqualTo((byte) 7);
    }

    static Stream<UnaryOperator<TcpFrame>> differences() {
        return Stream.of(each -> each.ack(78), each -> each.window(501), each -> each.tos(3),
                each -> each.tos(4), each -> each.ttl(63), each -> each.fragment(0),
                each -> each.timestamp(1), each -> each.flags(TcpFrame.ACK | ECE),
                each -> each.source(MacAddr.parse("02:00:00:00:00:98")));
    }

    @ParameterizedTest
    @MethodSource("differences")
    void whatDiffersIsKeptApart(UnaryOperator<TcpFrame> other) {
        in(TcpFrame.at(0, 1000), other.apply(TcpFrame.at(1000, 1000)), other.apply(TcpFrame.at(2000, 1000)));
        List<Up> all = flushed();
        assertThat(all).hasSize(2);
        assertThat(all.getFirst().octets).isEqualTo(TcpFrame.at(0, 1000).octets());
        assertThat(all.getLast().gsoSize).as("two alike").isEqualTo(1000);
    }

    @Test
    void timestampsMustBeTheSame() {
        in(TcpFrame.at(0, 1000).timestamp(1), TcpFrame.at(1000, 1000).timestamp(1),
                TcpFrame.at(2000, 1000).timestamp(2));
        assertThat(flushed().stream().map(Up::text)).containsExactly(2012, 1012);
    }

    static Stream<TcpFrame> notInOrder() {
        return Stream.of(TcpFrame.at(1001, 1000), TcpFrame.at(999, 1000), TcpFrame.at(0, 1000),
                TcpFrame.at(-1000, 1000));
    }

    @ParameterizedTest
    @MethodSource("notInOrder")
    void gapsAndRepetitionsAreKeptApart(TcpFrame next) {
        in(TcpFrame.at(0, 1000), next);
        assertThat(flushed().stream().map(Up::octets)).containsExactly(TcpFrame.at(0, 1000).octets(),
                next.octets());
    }

    static Stream<TcpFrame> lone() {
        TcpFrame text = TcpFrame.at(1000, 1000);
        return Stream.of(text.flags(TcpFrame.ACK | FIN), text.flags(TcpFrame.ACK | RST), text.flags(SYN),
                text.flags(TcpFrame.ACK | SYN), text.flags(TcpFrame.ACK | URG),
                text.flags(TcpFrame.ACK | CWR), text.flags(TcpFrame.ACK | 0x100), text.flags(TcpFrame.PSH),
                TcpFrame.at(1000, 0),
                TcpFrame.at(1000, 1), TcpFrame.at(1000, MergeCandidate.LEAST_TEXT - 1),
                text.fragment(0x2000), text.fragment(100));
    }

    @ParameterizedTest
    @MethodSource("lone")
    void whatSaysMoreGoesUpByItselfAndInItsTurn(TcpFrame one) {
        TcpFrame after = TcpFrame.at(1000 + one.text(), 1000);
        in(TcpFrame.at(0, 1000), one, after);
        assertThat(flushed().stream().map(Up::octets)).containsExactly(TcpFrame.at(0, 1000).octets(),
                one.octets(), after.octets());
    }

    @Test
    void aWrongChecksumIsNotSpreadAndNotVouchedFor() {
        byte[] wrong = TcpFrame.at(1000, 1000).octets();
        wrong[1053] ^= 1;
        in(TcpFrame.at(0, 1000));
        in(wrong);
        in(TcpFrame.at(2000, 1000));
        List<Up> all = flushed();
        assertThat(all).hasSize(3);
        assertThat(all.get(1).octets).isEqualTo(wrong);
        assertThat(all.stream().map(Up::vouchedFor)).containsExactly(true, false, true);
    }

    @Test
    void whatIpWouldDropIsNotSpreadAndOvertakesNothing() {
        byte[] wrong = TcpFrame.at(1000, 1000).octets();
        wrong[24] ^= 1;
        in(TcpFrame.at(0, 1000));
        in(wrong);
        assertThat(up).hasSize(2);
        assertThat(up.getLast().octets).isEqualTo(wrong);
    }

    @Test
    void otherProtocolsOvertake() {
        byte[] udp = TcpFrame.at(0, 1000).octets();
        udp[23] = 17;
        in(TcpFrame.at(0, 1000));
        in(udp);
        in(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1"));
        assertThat(up).hasSize(2);
        in(TcpFrame.at(1000, 1000));
        up.clear();
        assertThat(texts()).containsExactly(2000);
    }

    @Test
    void tagsOvertakeNothing() {
        in(TcpFrame.at(0, 1000));
        in(Frames.tagged(0, EtherType.IPV4, new byte[600]));
        assertThat(up).hasSize(2);
        assertThat(up.getFirst().text()).isEqualTo(1000);
    }

    @Test
    void flowsAreMergedSideBySide() {
        for (int i = 0; i < 4; i++) {
            in(TcpFrame.at(i * 1000, 1000), TcpFrame.at(i * 1000, 1000).port(4001));
        }
        List<Up> all = flushed();
        assertThat(all.stream().map(Up::text)).containsExactly(4000, 4000);
        assertThat(all.stream().map(each -> TcpFrame.portOf(each.octets))).containsExactly(4000, 4001);
    }

    @Test
    void oneFlowTooManyEndsAnother() {
        for (int i = 0; i <= Merger.FLOWS; i++) {
            in(TcpFrame.at(0, 1000).port(4000 + i));
        }
        assertThat(up).hasSize(1);
        assertThat(TcpFrame.portOf(up.getFirst().octets)).isEqualTo(4000);
        assertThat(flushed()).hasSize(1 + Merger.FLOWS);
    }

    @Test
    void littleTextGoesUpAtOnceWhereNothingIsHeld() {
        in(TcpFrame.at(0, 100), TcpFrame.at(100, 0));
        assertThat(up).hasSize(2);
    }

    @Test
    void whatIsBehindThePacketGoes() {
        in(TcpFrame.at(0, 1000).padding(9), TcpFrame.at(1000, 1000).padding(5));
        assertThat(texts()).containsExactly(2000);
    }

    @Test
    void framesForOthersAreLeftAlone() {
        byte[] frame = TcpFrame.at(0, 1000).octets();
        frame[5] ^= 1;
        in(frame);
        assertThat(up).hasSize(1);
    }

    @Test
    void whatIsMergedGrowsUpTo64KiBAndLosesNothing() {
        int most = 0;
        for (int batch = 0; batch < 20; batch++) {
            for (int i = 0; i < 64; i++) {
                in(TcpFrame.at(i * 1460, 1460));
            }
            List<Up> all = flushed();
            int next = 0;
            for (Up each : all) {
                assertThat(TcpFrame.seqOf(each.octets)).isEqualTo(next);
                next += each.text();
                most = Math.max(most, each.octets.length);
            }
            assertThat(next).isEqualTo(64 * 1460);
        }
        assertThat(most).isBetween(60_000, 65_535);
    }

    @Test
    void nothingIsMergedForADeviceThatDoesItNorWhileSomebodyLooks() {
        try (var does = new NetBed(new FakeDevice("fake0", NetBed.OURS, 1500, Offload.RX_MERGED),
                NetConfig.defaults());
                var plain = new NetBed()) {
            List<Integer> shown = new ArrayList<>();
            for (NetBed bed : List.of(does, plain)) {
                bed.device.arrive(TcpFrame.at(0, 1000).octets());
                bed.device.arrive(TcpFrame.at(1000, 1000).octets());
                bed.run();
            }
            assertThat(does.ip.seen).hasSize(2);
            assertThat(plain.ip.seen).hasSize(1);
            assertThat(plain.ip.seen.getFirst().gsoSize()).isEqualTo(1000);
            assertThat(plain.nic.info().counters().inPackets()).isEqualTo(2);
            assertThat(plain.nic.info().counters().inMerged()).isEqualTo(1);
            plain.nic.tap((frame, out, fate) -> shown.add(frame.length()));
            plain.device.arrive(TcpFrame.at(2000, 1000).octets());
            plain.device.arrive(TcpFrame.at(3000, 1000).octets());
            plain.run();
            assertThat(shown).containsExactly(1054, 1054);
            assertThat(plain.ip.seen).hasSize(3);
        }
    }

    /// Somebody begins to look in the middle of a batch: what came before him still goes up before.
    @Test
    void lookingReordersNothing() {
        try (var bed = new NetBed()) {
            bed.device.arrive(TcpFrame.at(0, 1000).octets(), packet -> { });
            bed.device.arrive(TcpFrame.at(1000, 1000).octets(),
                    packet -> bed.nic.tap((frame, out, fate) -> { }));
            bed.run();
            assertThat(bed.ip.seen).hasSize(2);
            assertThat(bed.ip.seen.getFirst().octets()[27]).as("of the sequence number").isZero();
        }
    }

    @Test
    void jumboFramesAreMergedToo() {
        for (int i = 0; i < 6; i++) {
            in(TcpFrame.at(i * 8960, 8960));
        }
        assertThat(texts().getFirst()).isGreaterThanOrEqualTo(3 * 8960);
    }
}
