package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.kern.Deferred;
import org.splnet.kern.FaultLog;
import org.splnet.kern.LockDiscipline;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Fate;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

@ExtendWith(NoLeaks.class)
class TxQueueTest {
    private static final NetConfig.Queues SMALL = new NetConfig.Queues(64, 10, 1 << 17, 16, 1 << 17, 0);

    private final FakeDevice device = new FakeDevice("fake0", NetBed.OURS);
    private final NetBed bed = new NetBed(device, new NetConfig(NetConfig.Neighbors.defaults(), SMALL));

    TxQueueTest() {
        bed.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, bed.nowNs());
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
    void aTapSeesEachFrameOnceAlsoWhenTheDeviceWasFull() {
        List<String> seen = new ArrayList<>();
        FrameTap tap = (frame, out, fate) -> seen.add((out ? "out " : "in ") + frame.length());
        bed.nic.tap(tap);
        bed.nic.tap(tap);
        device.room(1);
        for (int i = 0; i < 4; i++) {
            send(100 + i);
        }
        bed.run();
        device.room(1);
        bed.run();
        device.room(100);
        bed.run();
        send(104);
        assertThat(seen).containsExactly("out 114", "out 115", "out 116", "out 117", "out 118");
        bed.nic.untap(tap);
        send(105);
        assertThat(seen).hasSize(5);
    }

    @Test
    void aTapSeesWhatIsDroppedWithItsReason() {
        Map<Integer, Fate> fates = new LinkedHashMap<>();
        bed.nic.tap((frame, out, fate) -> fates.put(frame.length(), fate));
        device.room(1);
        for (int i = 0; i < 12; i++) {
            send(100 + i);                      // one goes out, ten wait
        }
        bed.nic.output(bed.packet(1501), bed.neighbor("10.0.0.9"), EtherType.IPV4, bed.nowNs());
        assertThat(fates.keySet()).containsExactly(114, 115, 125, 1515);
        assertThat(fates.values()).allMatch(Fate::decided).extracting(Fate::reason).containsExactly(null,
                null, DropReason.TRANSMIT_QUEUE_FULL, DropReason.TRANSMIT_TOO_BIG);
        fates.clear();
        bed.nic.up(false, bed.nowNs());
        assertThat(fates).hasSize(10).allSatisfy((length, fate) ->
                assertThat(fate.reason()).isEqualTo(DropReason.INTERFACE_DOWN));
        fates.clear();
        send(100);
        assertThat(fates.get(114).reason()).isEqualTo(DropReason.INTERFACE_DOWN);
    }

    @Test
    void aTapSeesWhatANeighborsHoldQueueHasNoRoomFor() {
        Map<Integer, Fate> fates = new LinkedHashMap<>();
        bed.nic.tap((frame, out, fate) -> {
            if (frame.length() >= 114) {        // and not ARP
                fates.put(frame.length(), fate);
            }
        });
        int room = NetConfig.Neighbors.defaults().holdPackets();
        for (int i = 0; i < room + 2; i++) {
            bed.send("10.0.0.77", 100 + i);
        }
        assertThat(fates.keySet()).containsExactly(114, 115);
        assertThat(fates.values()).allMatch(each -> each.reason() == DropReason.NEIGHBOR_HOLD_FULL);
        bed.pass(10 * NetBed.SECOND);
        assertThat(fates).hasSize(room + 2);
        assertThat(fates.get(116).reason()).isEqualTo(DropReason.NEIGHBOR_UNREACHABLE);
    }

    @Test
    void aDevicesFaultIsAFramesFate() {
        List<Fate> fates = new ArrayList<>();
        bed.nic.tap((frame, out, fate) -> {
            assertThat(fate.decided()).as("before the device has it").isFalse();
            fates.add(fate);
        });
        device.fault(new IllegalStateException("on purpose"));
        send(100);
        assertThat(fates).singleElement().satisfies(fate -> {
            assertThat(fate.decided()).isTrue();
            assertThat(fate.reason()).isEqualTo(DropReason.INTERNAL_ERROR);
        });
        FaultLog.system().clear();
    }

    @Test
    void aTapWithAFaultIsNotTheFramesFault() {
        FaultLog.system().clear();
        bed.nic.tap((frame, out, fate) -> {
            throw new IllegalStateException("on purpose");
        });
        assertThat(send(100)).isEqualTo(Output.SENT);
        assertThat(device.take().octets()).hasSize(114);
        assertThat(FaultLog.system().total()).isEqualTo(1);
        FaultLog.system().clear();
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
        var queues = new NetConfig.Queues(64, 1000, 1 << 17, 16, 1 << 17, 0);
        try (var other = new NetBed(wide, new NetConfig(NetConfig.Neighbors.defaults(), queues))) {
            other.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, other.nowNs());
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
        Output result = bed.nic.output(packet, bed.neighbor("10.0.0.9"), 0x800, bed.nowNs());
        Deferred.run();
        return result;
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

    /// Their sender is told one thing of all of them, and may send them all again.
    @Test
    void datagramsThatGoTogetherAreDroppedTogether() {
        device.room(0);
        for (int i = 0; i < 8; i++) {
            send(100);
        }
        assertThat(sendDatagrams(3 * 1000)).isEqualTo(Output.QUEUE_FULL);
        assertThat(bed.drops(DropReason.TRANSMIT_QUEUE_FULL)).isEqualTo(3);
        assertThat(sendDatagrams(2 * 1000)).isEqualTo(Output.SENT);
        device.room(20);
        bed.run();
        assertThat(device.waiting()).isEqualTo(8 + 2);
    }

    /// UDP over IPv4, to be cut into datagrams of 1,000 octets.
    private Output sendDatagrams(int payload) {
        Packet packet = bed.packet(28 + payload);
        packet.buf.setByte(packet.start, 0x45);
        packet.csumStart = packet.start + 20;
        packet.csumOffset = 6;
        packet.flags = Packet.CHECKSUM_PARTIAL;
        packet.gsoSize = 1000;
        return bed.nic.output(packet, bed.neighbor("10.0.0.9"), EtherType.IPV4, bed.nowNs());
    }

    /// He may have to wait for a processor, or never come to it.
    @Test
    void theWorkerHandsOverWhatAnotherHasYetTo() {
        Thread other = Thread.ofPlatform().start(() -> output(100));
        joined(other);
        assertThat(device.waiting()).isZero();
        bed.run();
        assertThat(device.waiting()).isEqualTo(1);
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

    private Output output(int len) {
        return bed.output("10.0.0.9", len);
    }

    @Test
    void goesOutWhenNothingIsHeldAnyMore() {
        assertThat(output(100)).isEqualTo(Output.SENT);
        assertThat(output(101)).isEqualTo(Output.SENT);
        assertThat(device.waiting()).isZero();
        Deferred.run();
        assertThat(device.take().octets()).hasSize(114);
        assertThat(device.take().octets()).hasSize(115);
        assertThat(device.flushes()).isEqualTo(1);
    }

    @Test
    void halfOfTheRoomIsAsMuchAsWaits() {
        for (int i = 0; i < 4; i++) {
            output(100);
        }
        assertThat(device.waiting()).isZero();
        output(100);
        assertThat(device.waiting()).isEqualTo(5);
        Deferred.run();
    }

    /// Else it would wait with its connection's lock held, for as long as the other one sends.
    @Test
    void whoFindsAnotherSendingLeavesHisFrameToHim() {
        var left = new AtomicReference<Output>();
        Thread other = Thread.ofPlatform().unstarted(() -> left.set(send(101)));
        device.meanwhile(() -> {
            other.start();
            if (LockDiscipline.current() == LockDiscipline.LAYERED) {      // else it waits, as for everything
                joined(other);
                assertThat(left.get()).isEqualTo(Output.SENT);
            }
            assertThat(device.waiting()).isZero();
        });
        send(100);
        joined(other);
        assertThat(device.take().octets()).hasSize(114);
        assertThat(device.take().octets()).hasSize(115);
    }

    private static void joined(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The worker has what a caller cannot be held up for.
    @Test
    void aLongQueueIsTheWorkersToFinish() {
        var wide = new FakeDevice("fake1", NetBed.OURS, 1500, 0);
        var queues = new NetConfig.Queues(64, 1000, 1 << 20, 16, 1 << 17, 0);
        try (var other = new NetBed(wide, new NetConfig(NetConfig.Neighbors.defaults(), queues))) {
            other.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, other.nowNs());
            wide.room(0);
            for (int i = 0; i < 400; i++) {
                other.send("10.0.0.9", 100);
            }
            wide.room(1000);
            other.run();
            assertThat(wide.waiting()).isEqualTo(400);
            int before = wide.wakeups();
            for (int i = 0; i < 400; i++) {
                other.output("10.0.0.9", 100);
            }
            Deferred.run();
            assertThat(wide.waiting()).isEqualTo(400 + 256);
            assertThat(wide.wakeups()).isEqualTo(before + 1);
            other.run();
            assertThat(wide.waiting()).isEqualTo(800);
        }
    }

    @Test
    void sendsToGroupsWithoutAsking() {
        bed.nic.outputGroup(bed.packet(20), MacAddr.MASK, 0x800, bed.nowNs());
        bed.nic.outputGroup(bed.packet(20), 0x0100_5e00_0001L, 0x800, bed.nowNs());
        Deferred.run();
        assertThat(device.take().hex()).startsWith("ffffffffffff" + "020000000001" + "0800");
        assertThat(device.take().hex()).startsWith("01005e000001" + "020000000001" + "0800");
    }
}
