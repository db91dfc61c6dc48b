package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;

/// Whatever arrives is passed up or dropped with a reason that is not "our fault".
@ExtendWith(NoLeaks.class)
class HostileFramesTest {
    private static final int FRAMES = 200_000;

    @Test
    void noFrameMakesUsFail() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        try (var bed = new NetBed()) {
            bed.nic.claim(org.splnet.wire.Cidr.parse("10.0.0.5/24"), true, AddressClaim.Listener.NONE,
                    bed.nowNs());
            for (int i = 0; i < FRAMES; i++) {
                byte[] frame = frame(random);
                bed.device.arrive(frame, packet -> metadata(packet, random));
                bed.run();
                if (i % 1000 == 0) {
                    bed.send("10.0.0." + random.nextInt(2, 250), 60);
                    bed.pass(50 * NetBed.MS);
                    bed.ip.seen.clear();
                    while (bed.device.take() != null) {
                        // answers
                    }
                }
            }
            assertThat(bed.drops(DropReason.INTERNAL_ERROR)).as("seed %d", seed).isZero();
            assertThat(bed.nic.arpNeighbors().size()).isLessThanOrEqualTo(1024);
            bed.ip.seen.clear();
            // whatever 10.0.0.9 was believed to be before, and is asked now
            bed.arrive(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1"));
            List<String> said = new ArrayList<>();
            for (FakeDevice.Sent sent; (sent = bed.device.take()) != null; ) {
                said.add(sent.hex());
            }
            assertThat(said).as("seed %d", seed).anyMatch(hex -> hex.contains("08060001080006040002"));
        }
    }

    /// A good frame with a few octets changed and its end cut off, now and then pure noise.
    private static byte[] frame(SplittableRandom random) {
        String host = "10.0." + random.nextInt(2) + "." + random.nextInt(256);
        String target = "10.0.0." + random.nextInt(8);
        byte[] frame = switch (random.nextInt(6)) {
            case 0 -> Frames.reply(NetBed.PEER, host, NetBed.OURS, target);
            case 1 -> Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV4, new byte[random.nextInt(1500)]);
            case 2 -> Frames.tagged(random.nextInt(0x10000), EtherType.IPV4, new byte[46]);
            case 3 -> new byte[random.nextInt(100)];
            default -> Frames.request(NetBed.PEER, host, target);
        };
        if (random.nextInt(8) == 0) {
            random.nextBytes(frame);
        }
        for (int n = random.nextInt(4); n > 0 && frame.length > 0; n--) {
            frame[random.nextInt(Math.min(frame.length, 44))] = (byte) random.nextInt();
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(frame, random.nextInt(frame.length + 1)) : frame;
    }

    private static void metadata(Packet packet, SplittableRandom random) {
        if (random.nextInt(8) == 0) {
            packet.flags = random.nextInt();
            packet.csumStart = random.nextBoolean() ? random.nextInt() : random.nextInt(200);
            packet.csumOffset = random.nextBoolean() ? random.nextInt() : random.nextInt(20);
            packet.gsoSize = random.nextBoolean() ? random.nextInt() : random.nextInt(100);
        }
    }
}
