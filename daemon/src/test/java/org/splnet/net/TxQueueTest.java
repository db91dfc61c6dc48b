package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.FaultLog;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.MacAddr;

@ExtendWith(NoLeaks.class)
class TxQueueTest {
    private static final NetConfig.Queues SMALL = new NetConfig.Queues(64, 10, 1 << 17, 16, 1 << 17);

    private final FakeDevice device = new FakeDevice("fake0", NetBed.OURS);
    private final NetBed bed = new NetBed(device, new NetConfig(NetConfig.Neighbors.defaults(), SMALL));

    TxQueueTest() {
        bed.nic.addNeighbor(org.splnet.wire.InetAddr.parse("10.0.0.9"), NetBed.PEER, bed.nowNs());
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private Output send(int len) {
        return bed.send("10.0.0.9", len);
    }

    @Test
    void writesStraightToADeviceThatHasRoom() {
        assertThat(send(100)).isEqualTo(Output.SENT);
        assertThat(device.take().octets()).hasSize(114);
        assertThat(device.flushes()).isEqualTo(1);
        assertThat(device.wakeups()).isZero();
        assertThat(bed.nic.info().counters().outPackets()).isEqualTo(1);
        assertThat(bed.nic.info().counters().outOctets()).isEqualTo(114);
    }

    @Test
    void keepsTheOrderWhenTheDeviceFillsUpAndDrainsWhenItTakesAgain() {
        device.room(2);
        for (int i = 0; i < 8; i++) {
            assertThat(send(100 + i)).isEqualTo(Output.SENT);
        }
        assertThat(device.wakeups()).as("once, for the worker may sleep").isEqualTo(1);
        bed.nic.duties().getFirst().await(0);
        assertThat(device.wantedTransmit()).isTrue();
        device.room(3);
        bed.run();
        assertThat(device.waiting()).isEqualTo(5);
        device.room(100);
        send(108);                              // not past those that wait
        bed.run();
        for (int i = 0; i < 9; i++) {
            assertThat(device.take().octets()).hasSize(114 + i);
        }
        bed.nic.duties().getFirst().await(0);
        assertThat(device.wantedTransmit()).isFalse();
    }

    @Test
    void dropsTheNewestWhenTheQueueIsFull() {
        device.room(0);
        for (int i = 0; i < 10; i++) {
            assertThat(send(100)).isEqualTo(Output.SENT);
        }
        assertThat(send(100)).isEqualTo(Output.QUEUE_FULL);
        assertThat(bed.drops(DropReason.TRANSMIT_QUEUE_FULL)).isEqualTo(1);
        assertThat(bed.nic.info().counters().outDrops()).isEqualTo(1);
    }

    @Test
    void boundsWhatWaitsInOctets() {
        var wide = new FakeDevice("fake1", NetBed.OURS, 65535, 0);
        var queues = new NetConfig.Queues(64, 1000, 1 << 17, 16, 1 << 17);
        try (var other = new NetBed(wide, new NetConfig(NetConfig.Neighbors.defaults(), queues))) {
            other.nic.addNeighbor(org.splnet.wire.InetAddr.parse("10.0.0.9"), NetBed.PEER, other.nowNs());
            wide.room(0);
            assertThat(other.send("10.0.0.9", 60_000)).isEqualTo(Output.SENT);
            assertThat(other.send("10.0.0.9", 60_000)).isEqualTo(Output.SENT);
            assertThat(other.send("10.0.0.9", 60_000)).isEqualTo(Output.QUEUE_FULL);
        }
    }

    @Test
    void dropsWhatWaitsWhenTheInterfaceGoesDown() {
        device.room(0);
        send(100);
        send(100);
        bed.nic.up(false, bed.nowNs());
        assertThat(bed.drops(DropReason.INTERFACE_DOWN)).isEqualTo(2);
        assertThat(send(100)).isEqualTo(Output.DOWN);
        device.room(100);
        bed.nic.up(true, bed.nowNs());
        send(100);
        assertThat(device.waiting()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsLongerThanTheLinkCarries() {
        assertThat(send(1500)).isEqualTo(Output.SENT);
        assertThat(send(1501)).isEqualTo(Output.TOO_BIG);
        assertThat(bed.drops(DropReason.TRANSMIT_TOO_BIG)).isEqualTo(1);
        assertThat(bed.nic.outputGroup(bed.packet(1501), MacAddr.MASK, 0x800, bed.nowNs()))
                .isEqualTo(Output.TOO_BIG);
    }

    @Test
    void refusesSegmentsLongerThanTheLinkCarries() {
        assertThat(sendLarge(1461)).isEqualTo(Output.TOO_BIG);
        assertThat(sendLarge(1460)).isEqualTo(Output.SENT);
        assertThat(device.waiting()).isEqualTo(3);
        assertThat(device.take().octets()).hasSize(1514);
    }

    /// TCP over IPv4 without options, 4,000 octets of payload.
    private Output sendLarge(int gsoSize) {
        Packet packet = bed.packet(4040);
        packet.buf.setByte(packet.start, 0x45);
        packet.csumStart = packet.start + 20;
        packet.csumOffset = 16;
        packet.buf.setByte(packet.csumStart + 12, 0x50);
        packet.flags = Packet.CHECKSUM_PARTIAL;
        packet.gsoSize = gsoSize;
        return bed.nic.output(packet, bed.neighbor("10.0.0.9"), 0x800, bed.nowNs());
    }

    @Test
    void segmentsThatFindNoRoomAreDroppedAndSaid() {
        device.room(0);
        for (int i = 0; i < 8; i++) {
            send(100);
        }
        assertThat(sendLarge(1000)).isEqualTo(Output.QUEUE_FULL);
        assertThat(bed.drops(DropReason.TRANSMIT_QUEUE_FULL)).isEqualTo(2);
    }

    @Test
    void aFaultOfTheDriverCostsOneFrame() {
        FaultLog.system().clear();
        device.fault(new IllegalStateException("broken driver"));
        assertThat(send(100)).isEqualTo(Output.SENT);
        assertThat(send(101)).isEqualTo(Output.SENT);
        assertThat(device.take().octets()).hasSize(115);
        assertThat(FaultLog.system().total()).isEqualTo(1);
        FaultLog.system().clear();
    }

    @Test
    void sendsToGroupsWithoutAsking() {
        bed.nic.outputGroup(bed.packet(20), MacAddr.MASK, 0x800, bed.nowNs());
        bed.nic.outputGroup(bed.packet(20), 0x0100_5e00_0001L, 0x800, bed.nowNs());
        assertThat(device.take().hex()).startsWith("ffffffffffff" + "020000000001" + "0800");
        assertThat(device.take().hex()).startsWith("01005e000001" + "020000000001" + "0800");
    }
}
