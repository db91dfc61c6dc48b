package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.Icmp4Header;

/// Whatever comes in is delivered, answered or counted: nothing throws, leaks or grows.
@ExtendWith(NoLeaks.class)
class IpHostileTest {
    private static final int PACKETS = 200_000;

    @Test
    void noPacketMakesUsFail() {
        long seed = TestSeed.next();
        SplittableRandom random = new SplittableRandom(seed);
        try (IpBed bed = new IpBed()) {
            bed.udp.keep = false;
            bed.tcp.keep = false;
            bed.nic0.discard = true;
            bed.nic1.discard = true;
            long[] delivered = {0};
            bed.udp.peek = up -> {
                delivered[0]++;
                if (random.nextInt(4) == 0) {
                    bed.ip.portUnreachable(up, bed.nowNs);
                }
            };
            bed.tcp.peek = up -> delivered[0]++;
            for (int i = 0; i < PACKETS; i++) {
                byte[] octets = packet(random);
                Packet packet = bed.received(octets, bed.eth0.index(), flags(random));
                packet.csumStart = random.nextInt(octets.length + 64);
                packet.csumOffset = random.nextInt(64);
                bed.ip.input(packet, random.nextInt(8) == 0 ? bed.eth1 : bed.eth0, bed.nowNs);
                if (i % 100 == 0) {
                    bed.pass(random.nextLong(IpBed.SECOND));
                    bed.udp.errors.clear();
                    bed.tcp.errors.clear();
                }
                assertThat(bed.ip.reassembling()).isLessThanOrEqualTo(1024);
            }
            assertThat(delivered[0]).as("seed %d: some get through", seed).isGreaterThan(PACKETS / 20);
            assertThat(bed.drops(DropReason.IP_BAD_CHECKSUM)).isPositive();
            assertThat(bed.drops(DropReason.IP_BAD_OPTIONS)).isPositive();
            assertThat(bed.count(IpStats.Counter.REASSEMBLED)).isPositive();
        }
    }

    private static int flags(SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> Packet.LINK_BROADCAST;
            case 1 -> Packet.LINK_MULTICAST;
            case 2 -> Packet.CHECKSUM_PARTIAL;
            case 3 -> Packet.CHECKSUM_GOOD;
            default -> 0;
        };
    }

    private static byte[] packet(SplittableRandom random) {
        int[] protos = {1, 6, 17, 17, 2, 255};
        String[] sources = {"10.0.0.2", "10.0.0.3", "192.0.2.1", "127.0.0.1", "224.0.0.1", "10.0.0.1"};
        String[] targets = {"10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.255", "192.168.7.1", "224.0.0.1"};
        Ip4 ip = Ip4.from(sources[random.nextInt(random.nextBoolean() ? 3 : sources.length)],
                targets[random.nextInt(targets.length)]);
        ip.proto(protos[random.nextInt(protos.length)]).id(random.nextInt(8)).tos(random.nextInt(256));
        byte[] payload = new byte[random.nextInt(200)];
        random.nextBytes(payload);
        if (ip.proto == 1) {
            byte[] quote = random.nextBoolean() ? payload : Ip4.from("10.0.0.1", "10.0.0.2").payload(payload)
                    .octets();
            ip.icmp(random.nextInt(20), random.nextInt(16), random.nextInt(2000), quote);
        } else {
            ip.payload(payload);
        }
        if (random.nextInt(3) == 0) {
            byte[] pieces = Arrays.copyOf(ip.payload, random.nextInt(1, 5) * 8);
            int offset = 8 * random.nextInt(random.nextBoolean() ? 4 : 8192);
            ip.payload(pieces).fragment(offset, random.nextBoolean());
        }
        if (random.nextInt(4) == 0) {
            ip.options = new byte[4 * random.nextInt(11)];
            for (int i = 0; i < ip.options.length; i++) {
                ip.options[i] = (byte) (random.nextBoolean() ? random.nextInt(12) : random.nextInt());
            }
        }
        byte[] octets = ip.octets();
        if (random.nextInt(6) == 0) {
            octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return random.nextInt(10) == 0 ? Arrays.copyOf(octets, random.nextInt(octets.length)) : octets;
    }

    @Test
    void repliesToEchoAreNotAnswered() {
        try (IpBed bed = new IpBed()) {
            bed.in(Ip4.udp().icmp(Icmp4Header.ECHO_REPLY, 0, 1, Ip4.data(8)));
            assertThat(bed.nic0.next()).isNull();
        }
    }
}
