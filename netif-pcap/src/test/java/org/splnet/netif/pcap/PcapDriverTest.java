package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.StableMac;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Checksum;
import org.splnet.wire.MacAddr;

@Tag("root")
@Timeout(90)
@ExtendWith(NoLeaks.class)
class PcapDriverTest {
    private static final String PEER = "10.214.0.1";
    private static final long TENTH_NS = 100_000_000L;

    private final PcapDriver driver = new PcapDriver();
    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private final List<Packet> taken = new ArrayList<>();
    private VethPair wire;
    private NetDevice device;
    private DeviceQueue queue;

    @BeforeEach
    void start() throws DeviceException {
        wire = new VethPair();
        device = driver.open(new DeviceSpec(wire.name(), null, 0, Map.of()));
        queue = device.queue(0);
    }

    @AfterEach
    void clean() {
        taken.forEach(Packet::free);
        if (device != null) {
            device.close();
        }
        if (wire != null) {
            wire.close();
        }
    }

    // the next frame like that; others are passed over
    private Packet take(Predicate<Packet> like) {
        for (int i = 0; i < 100; i++) {
            while (queue.receive(pool, taken::add, 1) == 1) {
                if (!taken.isEmpty() && like.test(taken.getLast())) {
                    return taken.getLast();
                }
                while (!taken.isEmpty()) {
                    taken.removeLast().free();
                }
            }
            queue.await(TENTH_NS, false);
        }
        throw new AssertionError("no such frame came");
    }

    private static int type(Packet frame) {
        return frame.buf.getUnsignedShort(frame.start + 12);
    }

    private static Predicate<Packet> ip(int protocol) {
        return frame -> type(frame) == 0x0800 && frame.buf.getByte(frame.start + 23) == protocol;
    }

    private void send(String hex) {
        byte[] octets = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
        Packet packet = pool.allocate(14);
        packet.buf.setBytes(packet.append(14), octets, 0, 14);
        ByteBuf rest = Unpooled.directBuffer().writeBytes(octets, 14, octets.length - 14);
        packet.addPiece(rest, 0, 10);
        packet.addPiece(rest, 10, rest.readableBytes() - 10);
        rest.release();
        assertThat(queue.transmit(packet)).isTrue();
        queue.flush();
        packet.free();
    }

    private String ourMac() {
        return String.format("%012x", device.mac().bits());
    }

    private Process peer(String script) {
        wire.inside("ip", "neigh", "replace", "10.214.0.2", "lladdr", device.mac().toString(), "dev", "peer");
        return wire.python("import socket,sys\n" + script);
    }

    private static void assertEnded(Process process) throws InterruptedException {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void isOpenedUnderAStableAddressOfItsOwn() throws DeviceException {
        assertThat(device.name()).isEqualTo(wire.name());
        assertThat(device.mac()).isEqualTo(StableMac.of("pcap", wire.name()));
        assertThat(device.mtu()).isEqualTo(1500);
        assertThat(device.queues()).isEqualTo(1);
        assertThat(device.offloads() & ~Offload.TX_USO).isEqualTo(Offload.RX_CHECKSUM | Offload.RX_MERGED
                | Offload.TX_CHECKSUM | Offload.TX_TSO4 | Offload.TX_TSO6);
        try (NetDevice second = driver.open(new DeviceSpec("other", null, 1280, Map.of("device", wire.name(),
                "nic-mac", "true")))) {
            assertThat(second.mac().toString()).isEqualTo(VethPair.run("cat", "/sys/class/net/" + wire.name()
                    + "/address").strip());
            assertThat(second.mtu()).isEqualTo(1280);
        }
    }

    @Test
    void asksAndIsAnswered() {
        long errors = queue.transmitErrors();
        send(request());
        Packet answer = take(frame -> type(frame) == 0x0806);
        assertThat(answer.buf.getShort(answer.start + 20)).isEqualTo((short) 2);
        assertThat(ByteBufUtil.hexDump(answer.buf, answer.start, 6)).isEqualTo(ourMac());
        assertThat(queue.transmitErrors()).isEqualTo(errors);
    }

    // who has 10.214.0.1, says 10.214.0.2
    private String request() {
        return "ffffffffffff" + ourMac() + "0806 0001080006040001" + ourMac() + "0ad60002" + "000000000000"
                + "0ad60001";
    }

    @Test
    void seesOnlyWhatIsForUsAllOrGroups() throws InterruptedException {
        assertEnded(peer("""
                import struct
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(("peer", 0))
                src = bytes.fromhex("02005e100002")
                for dst in "02005e100009", "%1$s", "ffffffffffff", "01005e000001", "01005e0000fb", "%1$s":
                    s.send(bytes.fromhex(dst) + src + bytes.fromhex("88b5") + bytes(50))
                s.send(bytes.fromhex("ffffffffffff" + "%1$s" + "88b5") + bytes(50))
                s.send(bytes.fromhex("%1$s") + src + bytes.fromhex("88b6") + bytes(50))
                """.formatted(ourMac())));
        var destinations = new ArrayList<String>();
        take(frame -> {
            if (type(frame) == 0x88b5) {
                destinations.add(ByteBufUtil.hexDump(frame.buf, frame.start, 6));
            }
            return type(frame) == 0x88b6;
        });
        assertThat(destinations).containsExactly(ourMac(), "ffffffffffff", "01005e000001", ourMac());
    }

    @Test
    void recognisesTheUnfinishedChecksumsOfALocalSender() throws InterruptedException {
        Process sender = peer("""
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.sendto(b"x" * 100, ("10.214.0.2", 9))
                t = socket.socket(); t.setblocking(False); t.connect_ex(("10.214.0.2", 9))
                """);
        assertThat(take(ip(17)).has(Packet.CHECKSUM_PARTIAL)).isTrue();
        Packet syn = take(ip(6));
        assertThat(syn.has(Packet.CHECKSUM_PARTIAL)).isTrue();
        assertThat(syn.csumStart).isEqualTo(syn.start + 34);
        assertEnded(sender);
    }

    @Test
    void leavesFinishedChecksumsAlone() throws InterruptedException {
        wire.inside("ethtool", "-K", "peer", "tx", "off");
        Process sender = peer("""
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.sendto(b"x" * 100, ("10.214.0.2", 9))
                """);
        assertThat(take(ip(17)).flags).isZero();
        assertEnded(sender);
    }

    @Test
    void cutsDatagramsThatWereMerged() throws InterruptedException {
        Process sender = peer("""
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.setsockopt(17, 103, 1000)
                s.sendto(b"x" * 5000, ("10.214.0.2", 9))
                e = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                e.sendto(b"end", ("10.214.0.2", 9))
                """);
        var sizes = new ArrayList<Integer>();
        for (int i = 0; i < 100 && sizes.size() < 6; i++) {
            queue.receive(pool, frame -> {
                if (ip(17).test(frame)) {
                    assertThat(frame.flags & (Packet.CHECKSUM_GOOD | Packet.CHECKSUM_PARTIAL)).isNotZero();
                    sizes.add(frame.buf.getUnsignedShort(frame.start + 38) - 8);
                    assertThat(frame.buf.getUnsignedShort(frame.start + 16)).isEqualTo(28 + sizes.getLast());
                    assertThat(Checksum.finish(Checksum.sum(frame.buf, frame.start + 14, 20))).isZero();
                }
                frame.free();
            }, 64);
            queue.await(TENTH_NS, false);
        }
        assertThat(sizes).containsExactly(1000, 1000, 1000, 1000, 1000, 3);
        assertThat(pool.drops().count(DropReason.ETHER_BAD_OFFLOAD)).isZero();
        assertEnded(sender);
    }

    @Test
    void downAndUpIsSurvived() {
        VethPair.run("ip", "link", "set", wire.name(), "down");
        queue.await(TENTH_NS, false);
        assertThat(queue.receive(pool, Packet::free, 64)).isNotNegative();
        wire.up();
        asksAndIsAnswered();
    }

    // has the reading thread's work done until something is so
    private void until(BooleanSupplier so) {
        for (int i = 0; i < 100 && !so.getAsBoolean(); i++) {
            queue.await(TENTH_NS, false);
            assertThat(queue.receive(pool, Packet::free, 64)).isNotNegative();
        }
        assertThat(so.getAsBoolean()).isTrue();
    }

    @Test
    void theCarrierComesAndGoesWithTheOtherEndAndWithOurs() {
        until(device::carrier);
        wire.inside("ip", "link", "set", "peer", "down");
        until(() -> !device.carrier());
        wire.inside("ip", "link", "set", "peer", "up");
        until(device::carrier);
        VethPair.run("ip", "link", "set", wire.name(), "down");
        until(() -> !device.carrier());
        wire.up();
        until(device::carrier);
    }

    @Test
    void aCarrierThatIsGoneAndBackBetweenTwoLooksIsNoticed() {
        until(device::carrier);
        int[] seen = {device.flaps()};
        wire.inside("ip", "link", "set", "peer", "down");
        wire.inside("ip", "link", "set", "peer", "up");
        wire.up();
        until(() -> {
            assertThat(device.carrier()).isTrue();
            return device.flaps() == seen[0] + 1;
        });
        VethPair.run("ip", "link", "del", wire.name());
        wire.make();
        until(() -> device.carrier() && device.flaps() == seen[0] + 2);
        assertThat(device.flaps()).isEqualTo(seen[0] + 2);
    }

    @Test
    void aNicThatIsUnpluggedMayComeBack() {
        until(device::carrier);
        VethPair.run("ip", "link", "del", wire.name());
        until(() -> !device.carrier());
        long errors = queue.transmitErrors();
        until(() -> {
            send(request());
            return queue.transmitErrors() > errors;
        });
        wire.make();
        until(() -> {
            long before = queue.transmitErrors();
            send(request());
            return queue.transmitErrors() == before;
        });
        until(device::carrier);
        asksAndIsAnswered();
    }

    @Test
    void anotherMtuIsFollowed() throws DeviceException {
        VethPair.run("ip", "link", "set", wire.name(), "mtu", "1400");
        until(() -> device.mtu() == 1400);
        VethPair.run("ip", "link", "set", wire.name(), "mtu", "9000");
        until(() -> device.mtu() == 9000);
        try (NetDevice limited = driver.open(new DeviceSpec(wire.name(), null, 1280, Map.of()))) {
            assertThat(limited.mtu()).isEqualTo(1280);
        }
    }

    /// The kernel's slots are larger than an MTU, by which whoever sends need not go.
    @Test
    void whatIsLongerThanOurMtuAndFitsTheRingComes() throws Exception {
        VethPair.run("ip", "link", "set", wire.name(), "mtu", "9000");
        wire.inside("ip", "link", "set", "peer", "mtu", "9000");
        device.close();
        device = driver.open(new DeviceSpec(wire.name(), null, 1500, Map.of()));
        queue = device.queue(0);
        assertEnded(peer("""
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(("peer", 0))
                for length in 8000, 4000, 100:
                    s.send((bytes.fromhex("%s" + "02005e100002" + "88b5") + bytes(range(250)) * 36)[:length])
                """.formatted(ourMac())));
        for (int length : new int[] {8000, 4000, 100}) {
            Packet frame = take(each -> type(each) == 0x88b5);
            assertThat(frame.length()).isEqualTo(length);
            assertThat(frame.buf.getByte(frame.end - 1) & 0xff).isEqualTo((length - 15) % 250);
        }
        assertThat(pool.drops().count(DropReason.ETHER_TRUNCATED)).isZero();
    }

    @Test
    void framesOfOtherVlansAreNotOurs() throws InterruptedException {
        assertEnded(peer("""
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(("peer", 0))
                head = bytes.fromhex("%1$s" + "02005e100002")
                for tag in "81000005", "81006000", "":
                    s.send(head + bytes.fromhex(tag + "88b5") + bytes(50))
                """.formatted(ourMac())));
        take(frame -> type(frame) == 0x88b5);
        take(frame -> type(frame) == 0x88b5);
        assertThat(queue.receive(pool, taken::add, 64)).isZero();
    }

    @Test
    void aFrameTooLongForTheNicIsCountedAndNoMore() {
        Packet packet = pool.allocate(1600);
        packet.buf.setZero(packet.append(1600), 1600);
        assertThat(queue.transmit(packet)).isTrue();
        queue.flush();
        packet.free();
        assertThat(queue.transmitErrors()).isEqualTo(1);
        asksAndIsAnswered();
    }

    @Test
    void closingWakesTheReader() throws InterruptedException {
        var reader = new Thread(() -> {
            while (queue.receive(pool, Packet::free, 64) >= 0) {
                queue.await(Long.MAX_VALUE, false);
            }
        });
        reader.start();
        device.close();
        assertThat(reader.join(Duration.ofSeconds(10))).isTrue();
        device.close();
        assertThat(queue.receive(pool, Packet::free, 64)).isEqualTo(-1);
        queue.await(Long.MAX_VALUE, true);
        queue.wakeup();
    }

    @Test
    void aWakeUpEndsTheNextSleep() {
        queue.wakeup();
        queue.await(Long.MAX_VALUE, false);
    }

    @Test
    void aNicThatIsNotThereIsAnsweredWithThoseThatAre() {
        assertThatThrownBy(() -> driver.open(new DeviceSpec("nosuchnic", null, 0, Map.of())))
                .isInstanceOf(DeviceException.class)
                .message().contains("cannot open nosuchnic", "no such NIC", wire.name())
                .doesNotContain("lo,");
    }

    @Test
    void refusesMoreThanTheNicCarriesAndWhatIsNotEthernet() {
        assertThatThrownBy(() -> driver.open(new DeviceSpec(wire.name(), null, 9000, Map.of())))
                .hasMessageContainingAll("mtu: 9000: ", "has an MTU of 1500", "ip link set");
        assertThatThrownBy(() -> driver.open(new DeviceSpec("lo", null, 0, Map.of())))
                .isInstanceOf(DeviceException.class).message().contains("choose an Ethernet NIC");
    }

    @Test
    void filtersByTheAddressGiven() {
        assertThat(NicFilter.expression(MacAddr.parse("02:00:5e:10:00:01"))).isEqualTo(
                "(ether dst 02:00:5e:10:00:01 or ether broadcast or ether dst 01:00:5e:00:00:01)"
                        + " and not ether src 02:00:5e:10:00:01");
    }
}
