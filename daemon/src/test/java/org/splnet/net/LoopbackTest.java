package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.FaultLog;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;
import org.splnet.wire.MacAddr;

@ExtendWith(NoLeaks.class)
class LoopbackTest {
    private static final NetConfig.Queues SMALL = new NetConfig.Queues(4, 10, 1 << 17, 6, 1 << 17, 0);

    private final NetBed bed = new NetBed(new FakeDevice("fake0", NetBed.OURS),
            new NetConfig(NetConfig.Neighbors.defaults(), SMALL));

    @AfterEach
    void close() {
        bed.close();
    }

    private Output send(Packet packet) {
        return bed.lo.output(packet, null, EtherType.IPV4, bed.nowNs());
    }

    @Test
    void deliversFromItsOwnDutyAndNotInTheSendersStack() {
        var endpoint = new RankedLock(LockRank.ENDPOINT, "sender");
        endpoint.lock();
        try {
            assertThat(send(bed.packet(100))).isEqualTo(Output.SENT);
            assertThat(bed.ip.seen).isEmpty();
        } finally {
            endpoint.unlock();
        }
        assertThat(bed.lo.poll(bed.nowNs())).isEqualTo(1);
        NetBed.Seen seen = bed.ip.seen.getFirst();
        assertThat(seen.octets()).hasSize(100);
        assertThat(seen.from()).isSameAs(bed.lo);
        assertThat(seen.flags()).isEqualTo(Packet.CHECKSUM_GOOD);
        assertThat(bed.lo.poll(bed.nowNs())).isZero();
    }

    @Test
    void whatIsSentInPiecesArrivesInOneWithItsMetadata() {
        Packet packet = bed.packet(60);
        packet.csumStart = packet.start + 20;
        packet.csumOffset = 16;
        packet.flags = Packet.CHECKSUM_PARTIAL | Packet.DONT_FRAGMENT;
        packet.gsoSize = 1000;
        byte[] octets = new byte[2000];
        new SplittableRandom(7).nextBytes(octets);
        ByteBuf payload = bed.pool.allocator().directBuffer(2000).writeBytes(octets);
        packet.addPiece(payload, 0, 777);
        packet.addPiece(payload, 777, 1223);
        byte[] whole = FakeDevice.octets(packet);
        send(packet);
        bed.run();
        NetBed.Seen seen = bed.ip.seen.getFirst();
        assertThat(seen.octets()).isEqualTo(whole);
        assertThat(seen.flags()).isEqualTo(Packet.CHECKSUM_PARTIAL | Packet.CHECKSUM_GOOD);
        assertThat(seen.csumStart()).isEqualTo(20);
        assertThat(seen.gsoSize()).isEqualTo(1000);
        assertThat(payload.refCnt()).isEqualTo(1);
        payload.release();
    }

    @Test
    void whatThereIsNoMemoryForIsLostAlone() {
        Packet pieces = bed.packet(60);
        ByteBuf payload = bed.pool.allocator().directBuffer(2000).writeZero(2000);
        pieces.addPiece(payload, 0, 2000);
        payload.release();
        send(pieces);
        send(bed.packet(20));
        bed.memory.most(0);
        bed.run();
        assertThat(bed.ip.seen).hasSize(1);
        assertThat(bed.drops(DropReason.NO_BUFFERS)).isOne();
    }

    @Test
    void boundsWhatIsUnderWay() {
        for (int i = 0; i < 6; i++) {
            assertThat(send(bed.packet(100))).isEqualTo(Output.SENT);
        }
        assertThat(send(bed.packet(100))).isEqualTo(Output.QUEUE_FULL);
        assertThat(bed.drops(DropReason.TRANSMIT_QUEUE_FULL)).isEqualTo(1);
        assertThat(bed.lo.poll(bed.nowNs())).as("a batch").isEqualTo(4);
        assertThat(bed.lo.poll(bed.nowNs())).isEqualTo(2);
        assertThat(send(bed.packet(65_535))).isEqualTo(Output.SENT);
        assertThat(send(bed.packet(65_535))).isEqualTo(Output.SENT);
        assertThat(send(bed.packet(100))).isEqualTo(Output.QUEUE_FULL);
    }

    @Test
    void refusesWhatNoIpPacketCanBe() {
        assertThat(send(bed.packet(65_536))).isEqualTo(Output.TOO_BIG);
    }

    @Test
    void marksBroadcastsAndGroups() {
        bed.lo.outputGroup(bed.packet(20), MacAddr.MASK, EtherType.IPV4, bed.nowNs());
        bed.lo.outputGroup(bed.packet(20), 0x0100_5e00_0001L, EtherType.IPV4, bed.nowNs());
        bed.run();
        assertThat(bed.ip.seen).extracting(s -> s.flags() & ~Packet.CHECKSUM_GOOD)
                .containsExactly(Packet.LINK_BROADCAST, Packet.LINK_MULTICAST);
    }

    @Test
    void dropsWhatNobodyAnswersTo() {
        bed.lo.output(bed.packet(20), null, EtherType.IPV6, bed.nowNs());
        bed.run();
        assertThat(bed.drops(DropReason.ETHER_NO_PROTO)).isEqualTo(1);
    }

    @Test
    void dropsWhatIsUnderWayWhenItGoesDown() {
        send(bed.packet(20));
        bed.lo.up(false, bed.nowNs());
        assertThat(send(bed.packet(20))).isEqualTo(Output.DOWN);
        assertThat(bed.drops(DropReason.INTERFACE_DOWN)).isEqualTo(2);
        bed.lo.up(true, bed.nowNs());
        send(bed.packet(20));
        bed.run();
        assertThat(bed.ip.seen).hasSize(1);
    }

    @Test
    void aFaultCostsOnePacket() {
        FaultLog.system().clear();
        bed.ip.fault = new IndexOutOfBoundsException("bug");
        send(bed.packet(20));
        bed.run();
        bed.ip.fault = null;
        send(bed.packet(20));
        bed.run();
        assertThat(bed.drops(DropReason.INTERNAL_ERROR)).isEqualTo(1);
        assertThat(bed.ip.seen).hasSize(1);
        FaultLog.system().clear();
    }

    @Test
    void wakesItsDutyForTheFirstPacket() {
        send(bed.packet(20));
        bed.lo.await(Long.MAX_VALUE);           // returns at once
        bed.run();
        bed.lo.wakeup();
        bed.lo.await(Long.MAX_VALUE);
        bed.lo.await(1);
    }
}
