package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Offload;

/// Whatever comes, in whatever order: with merging the same goes up as without, flow by flow, and every
/// frame is accounted for.
@ExtendWith(NoLeaks.class)
class MergerPropertyTest {
    private static final int ROUNDS = 3000;
    private static final int TEXT_AT = 40;

    /// An octet of a flow's stream as it arrived, or a mark for what was said beside it.
    private static List<Long> said(List<NetBed.Seen> all, int port) {
        List<Long> said = new ArrayList<>();
        for (NetBed.Seen each : all) {
            byte[] ip = each.octets();
            if (portOf(ip) != port) {
                continue;
            }
            int seq = seqOf(ip);
            int flags = ip[33] & ~TcpFrame.PSH;
            int end = (ip[2] & 255) << 8 | ip[3] & 255;
            long kind = (flags & 255L) << 56 | (ip[1] & 255L) << 48 | (ip[31] & 255L) << 40;
            if (end == TEXT_AT) {
                said.add(kind | 1L << 39);
            }
            for (int i = TEXT_AT; i < end; i++) {
                said.add(kind | (seq + i - TEXT_AT & 0xff_ffffL) << 8 | ip[i] & 255);
            }
        }
        return said;
    }

    private static int portOf(byte[] ip) {
        return (ip[20] & 255) << 8 | ip[21] & 255;
    }

    private static int seqOf(byte[] ip) {
        return (ip[24] & 255) << 24 | (ip[25] & 255) << 16 | (ip[26] & 255) << 8 | ip[27] & 255;
    }

    private static FakeDevice device(int offloads) {
        return new FakeDevice("fake0", NetBed.OURS, 1500, offloads);
    }

    @Test
    void theSameGoesUpAsWithout() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        long merged = 0;
        try (var with = new NetBed(device(0), NetConfig.defaults());
                var without = new NetBed(device(Offload.RX_MERGED), NetConfig.defaults())) {
            for (int round = 0; round < ROUNDS / 10; round++) {
                batch(random).forEach(frame -> {
                    with.device.arrive(frame);
                    without.device.arrive(frame);
                });
                with.run();
                without.run();
                for (int port = 4000; port < 4010; port++) {
                    assertThat(said(with.ip.seen, port)).as("seed %d, round %d", seed, round)
                            .isEqualTo(said(without.ip.seen, port));
                }
                with.ip.seen.clear();
                without.ip.seen.clear();
            }
            IfCounters.Reading read = with.nic.info().counters();
            merged = read.inMerged();
            assertThat(read.inPackets()).isEqualTo(without.nic.info().counters().inPackets());
            assertThat(without.nic.info().counters().inMerged()).isZero();
        }
        assertThat(merged).as("seed %d", seed).isGreaterThan(100);
    }

    /// Some flows, each going on mostly where it was: with losses, repetitions, and other things between.
    private static List<byte[]> batch(SplittableRandom random) {
        List<byte[]> frames = new ArrayList<>();
        Map<Integer, Integer> next = new HashMap<>();
        int flows = 1 + random.nextInt(10);
        int burst = 1 + random.nextInt(8);
        int port = 4000;
        int size = 512 + random.nextInt(900);
        for (int i = random.nextInt(64); i >= 0; i--) {
            if (random.nextInt(burst) == 0) {
                port = 4000 + random.nextInt(flows);
            }
            int seq = next.getOrDefault(port, -5000);
            int text = random.nextInt(10) == 0 ? random.nextInt(1400) : size;
            TcpFrame frame = TcpFrame.at(seq, text).port(port);
            frame = switch (random.nextInt(24)) {
                case 0 -> frame.flags(TcpFrame.ACK | 1 << random.nextInt(9));
                case 1 -> frame.window(random.nextInt(600));
                case 2 -> frame.tos(random.nextInt(4));
                case 3 -> TcpFrame.at(seq, 0).port(port);
                default -> frame;
            };
            next.put(port, seq + frame.text());
            switch (random.nextInt(30)) {
                case 0 -> { }                                       // lost
                case 1 -> frames.addAll(List.of(frame.octets(), frame.octets()));
                case 2 -> frames.add(frames.size() * random.nextInt(100) / 100, frame.octets());
                default -> frames.add(frame.octets());
            }
        }
        return frames;
    }

    @Test
    void everyFrameIsAccountedFor() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        try (var bed = new NetBed(device(0), NetConfig.defaults())) {
            long up = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (byte[] frame : batch(random)) {
                    bed.device.arrive(mutated(frame, random));
                }
                bed.run();
                up += bed.ip.seen.size();
                bed.ip.seen.clear();
            }
            IfCounters.Reading read = bed.nic.info().counters();
            long dropped = Arrays.stream(DropReason.values()).mapToLong(bed::drops).sum();
            assertThat(read.inPackets()).as("seed %d", seed).isEqualTo(up + dropped + read.inMerged());
            assertThat(bed.drops(DropReason.INTERNAL_ERROR)).as("seed %d", seed).isZero();
            assertThat(read.inMerged()).as("seed %d", seed).isPositive();
        }
    }

    private static byte[] mutated(byte[] frame, SplittableRandom random) {
        if (random.nextInt(6) == 0) {
            frame[random.nextInt(Math.min(frame.length, 60))] = (byte) random.nextInt();
        }
        return random.nextInt(20) == 0 ? Arrays.copyOf(frame, random.nextInt(frame.length + 1)) : frame;
    }
}
