package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;
import org.splnet.wire.MacAddr;

@ExtendWith(NoLeaks.class)
class EtherTest {
    private static final byte[] PAYLOAD = {0x45, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    private static final byte[] GOOD = Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV4, PAYLOAD);

    private final NetBed bed = new NetBed();

    @AfterEach
    void close() {
        bed.close();
    }

    private void drops(byte[] frame, DropReason reason) {
        drops(frame, packet -> { }, reason);
    }

    private void drops(byte[] frame, Consumer<Packet> metadata, DropReason reason) {
        long before = bed.drops(reason);
        bed.device.arrive(frame, metadata);
        bed.run();
        assertThat(bed.drops(reason)).isEqualTo(before + 1);
        assertThat(bed.ip.seen).isEmpty();
    }

    @Test
    void takesFramesAboveTheMtu() {
        byte[] jumbo = new byte[9000];
        Arrays.fill(jumbo, (byte) 0x45);
        bed.arrive(Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV4, jumbo));
        assertThat(bed.nic.mtu()).isEqualTo(1500);
        assertThat(bed.ip.seen.getFirst().octets()).isEqualTo(jumbo);
    }

    @Test
    void handsUpWhatIsBehindTheHeader() {
        bed.arrive(GOOD);
        NetBed.Seen seen = bed.ip.seen.getFirst();
        assertThat(seen.octets()).isEqualTo(PAYLOAD);
        assertThat(seen.from()).isSameAs(bed.nic);
        assertThat(seen.linkSource()).isEqualTo(NetBed.PEER.bits());
        assertThat(seen.flags()).isZero();
    }

    @Test
    void marksBroadcastsAndGroups() {
        bed.arrive(Frames.ether(MacAddr.BROADCAST, NetBed.PEER, EtherType.IPV4, PAYLOAD));
        bed.arrive(Frames.ether(MacAddr.parse("01:00:5e:00:00:01"), NetBed.PEER, EtherType.IPV4, PAYLOAD));
        assertThat(bed.ip.seen).extracting(NetBed.Seen::flags)
                .containsExactly(Packet.LINK_BROADCAST, Packet.LINK_MULTICAST);
    }

    @Test
    void refusesEveryTruncation() {
        for (int len = 0; len < 14; len++) {
            drops(Arrays.copyOf(GOOD, len), DropReason.ETHER_SHORT);
        }
        byte[] tagged = Frames.tagged(0, EtherType.IPV4, new byte[0]);
        for (int len = 14; len < 18; len++) {
            drops(Arrays.copyOf(tagged, len), DropReason.ETHER_SHORT);
        }
        assertThat(bed.nic.info().counters().inErrors()).isEqualTo(18);
    }

    @Test
    void refusesSourcesThatAreNone() {
        drops(Frames.ether(NetBed.OURS, MacAddr.BROADCAST, EtherType.IPV4, PAYLOAD),
                DropReason.ETHER_BAD_SOURCE);
        drops(Frames.ether(NetBed.OURS, MacAddr.parse("01:00:5e:00:00:01"), EtherType.IPV4, PAYLOAD),
                DropReason.ETHER_BAD_SOURCE);
        drops(Frames.ether(MacAddr.BROADCAST, NetBed.OURS, EtherType.IPV4, PAYLOAD),
                DropReason.ETHER_BAD_SOURCE);
    }

    @Test
    void dropsWhatIsForOthers() {
        drops(Frames.ether(MacAddr.parse("02:00:00:00:00:02"), NetBed.PEER, EtherType.IPV4, PAYLOAD),
                DropReason.ETHER_NOT_FOR_US);
        assertThat(bed.nic.info().counters().inDrops()).isEqualTo(1);
    }

    @Test
    void dropsTypesNobodyAnswersToAndLengths() {
        drops(Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV6, PAYLOAD), DropReason.ETHER_NO_PROTO);
        drops(Frames.ether(NetBed.OURS, NetBed.PEER, 46, PAYLOAD), DropReason.ETHER_NO_PROTO);
        drops(Frames.ether(NetBed.OURS, NetBed.PEER, 1500, PAYLOAD), DropReason.ETHER_NO_PROTO);
    }

    @Test
    void acceptsPriorityTagsAndNoOthers() {
        bed.arrive(Frames.tagged(0xe000, EtherType.IPV4, PAYLOAD));
        assertThat(bed.ip.seen.removeFirst().octets()).isEqualTo(PAYLOAD);
        drops(Frames.tagged(1, EtherType.IPV4, PAYLOAD), DropReason.ETHER_VLAN);
        drops(Frames.tagged(0xfff, EtherType.IPV4, PAYLOAD), DropReason.ETHER_VLAN);
        drops(Frames.tagged(0, EtherType.VLAN, PAYLOAD), DropReason.ETHER_VLAN);
    }

    @Test
    void dropsAllWhileDown() {
        bed.nic.up(false, bed.nowNs());
        drops(GOOD, DropReason.INTERFACE_DOWN);
        bed.nic.up(true, bed.nowNs());
        bed.arrive(GOOD);
        assertThat(bed.ip.seen).hasSize(1);
    }

    @Test
    void passesOffloadMetadataThatFits() {
        bed.device.arrive(GOOD, packet -> {
            packet.flags = Packet.CHECKSUM_PARTIAL | Packet.IP_BROADCAST;
            packet.csumStart = packet.start + 16;
            packet.csumOffset = 6;
            packet.gsoSize = 5;
        });
        bed.run();
        NetBed.Seen seen = bed.ip.seen.getFirst();
        assertThat(seen.flags()).isEqualTo(Packet.CHECKSUM_PARTIAL);
        assertThat(seen.csumStart()).isEqualTo(2);
        assertThat(seen.gsoSize()).isEqualTo(5);
    }

    @Test
    void refusesOffloadMetadataThatCannotBe() {
        int[][] bad = {{13, 0}, {-5, 0}, {25, 0}, {24, -1}, {14, 9}, {14, Integer.MAX_VALUE}, {100, 0},
            {Integer.MAX_VALUE - 200, 0}};
        for (int[] each : bad) {
            drops(GOOD, packet -> {
                packet.flags = Packet.CHECKSUM_PARTIAL;
                packet.csumStart = packet.start + each[0];
                packet.csumOffset = each[1];
            }, DropReason.ETHER_BAD_OFFLOAD);
        }
        drops(GOOD, packet -> packet.gsoSize = -1, DropReason.ETHER_BAD_OFFLOAD);
        drops(GOOD, packet -> packet.gsoSize = 10, DropReason.ETHER_BAD_OFFLOAD);
        drops(Frames.request(NetBed.PEER, "10.0.0.9", "10.0.0.1"), packet -> packet.gsoSize = 5,
                DropReason.ETHER_BAD_OFFLOAD);
    }

    @Test
    void refusesDatagramsThatWereMerged() {
        byte[] udp = PAYLOAD.clone();
        udp[9] = 17;
        drops(Frames.ether(NetBed.OURS, NetBed.PEER, EtherType.IPV4, udp), packet -> packet.gsoSize = 5,
                DropReason.ETHER_BAD_OFFLOAD);
        drops(Frames.tagged(0, EtherType.IPV4, udp), packet -> packet.gsoSize = 5,
                DropReason.ETHER_BAD_OFFLOAD);
    }

    @Test
    void countsWhatCameIn() {
        bed.arrive(GOOD);
        bed.arrive(GOOD);
        assertThat(bed.nic.info().counters().inPackets()).isEqualTo(2);
        assertThat(bed.nic.info().counters().inOctets()).isEqualTo(48);
    }
}
