package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.Duty;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// Nothing that others send makes the table, or what waits in it, grow beyond its bounds.
@ExtendWith(NoLeaks.class)
class NeighborTableTest {
    private static final int LIMIT = 64;

    private final NetBed bed = new NetBed(small(16, 4 << 20));

    NeighborTableTest() {
        bed.links.interfaces().removeAddress(bed.nic, NetBed.ADDRESS);
        bed.links.interfaces().addAddress(bed.nic, Cidr.parse("10.0.0.1/8"));
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private static NetConfig.Neighbors small(int holdPackets, int holdTotal) {
        NetConfig.Neighbors d = NetConfig.defaults().neighbors();
        return new NetConfig.Neighbors(LIMIT, holdPackets, Math.min(d.holdOctets(), holdTotal), holdTotal,
                d.reachableNs(), d.delayNs(), d.retransmitNs(), d.tries(), d.failedNs(), d.forgetNs(), 100);
    }

    private static String host(int i) {
        return Ip4Addr.toString(0x0a010001 + i);
    }

    private static MacAddr station(int i) {
        return new MacAddr(0x0200_0001_0000L + i);
    }

    private int size() {
        return bed.nic.arpNeighbors().size();
    }

    @Test
    void aHundredThousandStrangersWhoAskForUsDoNotFillMoreThanTheTable() {
        bed.resolve("10.0.0.9", NetBed.PEER);
        for (int i = 0; i < 100_000; i++) {
            if (i % 1000 == 0) {
                bed.pass(10 * NetBed.MS);
                bed.send("10.0.0.9", 20);
            }
            bed.arrive(Frames.request(station(i), host(i), "10.0.0.1"));
            bed.discard();
        }
        assertThat(size()).isEqualTo(LIMIT);
        assertThat(bed.nic.neighbors(bed.nowNs())).hasSize(LIMIT);
        assertThat(bed.state("10.0.0.9")).as("a neighbor in use").isEqualTo(NeighborState.REACHABLE);
        assertThat(bed.wheel.armed()).isEqualTo(LIMIT);
    }

    @Test
    void whatCannotBeResolvedFillsHalfTheTableAndNoMore() {
        for (int i = 0; i < LIMIT / 2; i++) {
            bed.resolve(host(i), station(i));
        }
        bed.pass(60 * NetBed.SECOND);
        for (int i = 0; i < 10_000; i++) {
            assertThat(bed.send(host(1000 + i), 20)).isEqualTo(Output.SENT);
        }
        assertThat(size()).isEqualTo(LIMIT);
        for (int i = 0; i < LIMIT / 2; i++) {
            assertThat(bed.state(host(i))).isEqualTo(NeighborState.STALE);
        }
        assertThat(bed.drops(DropReason.NEIGHBOR_TABLE_FULL)).isEqualTo(10_000 - LIMIT / 2);
    }

    @Test
    void doesNotFloodTheLinkWithRequests() {
        for (int i = 0; i < 10_000; i++) {
            bed.send(host(i), 20);
        }
        assertThat(bed.device.waiting()).isEqualTo(100);
    }

    @Test
    void theLongestUnusedMakesRoom() {
        for (int i = 0; i < LIMIT; i++) {
            bed.resolve(host(i), station(i));
            bed.pass(100 * NetBed.MS);
        }
        bed.pass(10 * NetBed.SECOND);
        for (int i = 0; i < LIMIT; i++) {
            if (i != 7) {
                bed.send(host(i), 20);
            }
        }
        bed.pass(10 * NetBed.SECOND);
        assertThat(bed.neighbor("10.2.0.1")).isNotNull();
        assertThat(bed.state(host(7))).isNull();
        assertThat(size()).isEqualTo(LIMIT);
    }

    @Test
    void saysSoIfAllAreInUse() {
        for (int i = 0; i < LIMIT; i++) {
            bed.nic.addNeighbor(InetAddr.parse(host(i)), station(i), bed.nowNs());
        }
        assertThat(bed.neighbor("10.2.0.1")).isNull();
        assertThat(bed.send("10.2.0.1", 20)).isEqualTo(Output.QUEUE_FULL);
        assertThat(bed.drops(DropReason.NEIGHBOR_TABLE_FULL)).isEqualTo(1);
        assertThatThrownBy(() -> bed.nic.addNeighbor(InetAddr.parse("10.2.0.1"), station(1), bed.nowNs()))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("all 64 are in use");
    }

    @Test
    void staticEntriesReplaceLearntOnesAndTakeWhatWaits() {
        bed.send(host(1), 20);
        bed.nic.addNeighbor(InetAddr.parse(host(1)), station(1), bed.nowNs());
        bed.nic.addNeighbor(InetAddr.parse(host(1)), station(2), bed.nowNs());
        assertThat(size()).isEqualTo(1);
        assertThat(bed.nic.neighbors(bed.nowNs()).getFirst().mac()).isEqualTo(station(2));
    }

    @Test
    void whatAllNeighborsHoldIsBoundedInOctets() {
        try (var tight = new NetBed(small(16, 10_000))) {
            for (int i = 0; i < 20; i++) {
                for (int n = 0; n < 3; n++) {
                    tight.send(Ip4Addr.toString(0x0a00_000a + i), 1000);
                }
            }
            int held = tight.nic.neighbors(tight.nowNs()).stream().mapToInt(NeighborInfo::held).sum();
            assertThat(held * (Packet.HEADROOM + 1014)).isBetween(8000, 10_000);
            assertThat(tight.drops(DropReason.NEIGHBOR_HOLD_FULL)).isEqualTo(60 - held);
        }
    }

    /// An acknowledgment has seventy octets, and its buffer room for ten times as much.
    @Test
    void whatAllNeighborsHoldIsBoundedInMemory() {
        try (var tight = new NetBed(small(16, 100_000))) {
            Duty worker = tight.nic.duties().getFirst();
            worker.began();
            for (int i = 0; i < 50; i++) {
                for (int n = 0; n < 16; n++) {
                    tight.send(Ip4Addr.toString(0x0a00_000a + i), 20);
                }
            }
            int held = tight.nic.neighbors(tight.nowNs()).stream().mapToInt(NeighborInfo::held).sum();
            assertThat(held).isBetween(100, 100_000 / 768);
            worker.ended();
        }
    }

    @Test
    void whatOneNeighborHoldsIsBoundedInOctetsButTheLatestIsKept() {
        NetConfig.Neighbors d = NetConfig.defaults().neighbors();
        var config = new NetConfig.Neighbors(LIMIT, 16, 1500, 1 << 20, d.reachableNs(), d.delayNs(),
                d.retransmitNs(), d.tries(), d.failedNs(), d.forgetNs(), 100);
        try (var tight = new NetBed(config)) {
            tight.send("10.0.0.9", 700);
            tight.send("10.0.0.9", 700);
            assertThat(tight.nic.neighbors(tight.nowNs()).getFirst().held()).isEqualTo(2);
            tight.send("10.0.0.9", 1500);
            assertThat(tight.nic.neighbors(tight.nowNs()).getFirst().held()).isEqualTo(1);
        }
    }

    private static Output fragment(NetBed at, boolean first) {
        Packet packet = at.packet(100);
        packet.flags |= first ? 0 : Packet.CONTINUES;
        return at.nic.output(packet, at.neighbor("10.0.0.9"), EtherType.IPV4, at.nowNs());
    }

    @Test
    void aDatagramMakesRoomWithAllItsFragments() {
        try (var tight = new NetBed(small(4, 10_000))) {
            for (int i = 0; i < 5; i++) {
                assertThat(fragment(tight, i == 0 || i == 3)).isEqualTo(Output.SENT);
            }
            assertThat(tight.nic.neighbors(tight.nowNs()).getFirst().held()).isEqualTo(2);
            assertThat(tight.drops(DropReason.NEIGHBOR_HOLD_FULL)).isEqualTo(3);
        }
    }

    @Test
    void aDatagramOfMoreFragmentsThanMayWaitIsRefused() {
        try (var tight = new NetBed(small(4, 10_000))) {
            for (int i = 0; i < 5; i++) {
                assertThat(fragment(tight, i == 0)).isEqualTo(i < 4 ? Output.SENT : Output.QUEUE_FULL);
            }
            assertThat(tight.nic.neighbors(tight.nowNs()).getFirst().held()).isZero();
        }
    }
}
