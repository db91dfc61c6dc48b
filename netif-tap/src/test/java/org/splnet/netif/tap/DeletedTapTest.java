package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.FakeDevice;
import org.splnet.net.NetDevice;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Libc;

/// A TAP that somebody deletes while we have it open.
@Tag("root")
@Timeout(60)
@ExtendWith(NoLeaks.class)
class DeletedTapTest {
    private static final int TYPE = 0x88b5;
    private static final long TENTH_NS = 100_000_000L;

    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private HostCommands host;
    private String name;
    private NetDevice device;

    @BeforeEach
    void start() {
        host = new HostCommands();
        name = host.name();
    }

    @AfterEach
    void clean() {
        if (device != null) {
            device.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private void open(int mtu, Map<String, String> options) throws DeviceException {
        device = new TapDriver().open(new DeviceSpec(name, null, mtu, options));
    }

    // one round of each queue's thread
    private int round(boolean[] seen) {
        for (int i = 0; i < device.queues(); i++) {
            device.queue(i).await(TENTH_NS, false);
            assertThat(device.queue(i).receive(pool, frame -> {
                seen[0] |= frame.buf.getUnsignedShort(frame.start + 12) == TYPE;
                frame.free();
            }, 64)).as("not the end").isNotNegative();
        }
        return device.queues();
    }

    private void until(BooleanSupplier so) {
        boolean[] seen = new boolean[1];
        int rounds = 0;
        for (int i = 0; i < 200 && !so.getAsBoolean(); i++) {
            rounds += round(seen);
        }
        assertThat(so.getAsBoolean()).as("after %d rounds", rounds).isTrue();
    }

    private void delete() {
        host.ip("link", "del", name);
        until(() -> !device.carrier());
    }

    private Packet frame() {
        Packet packet = pool.allocate(60);
        packet.buf.setZero(packet.append(60), 60);
        packet.buf.setShort(packet.start + 12, TYPE);
        packet.l2 = packet.start;
        return packet;
    }

    private void assertFramesPass() {
        boolean[] seen = new boolean[1];
        Packet packet = frame();
        try (var kernel = new PacketSocket(Integer.parseInt(host.sys(name, "ifindex")), TYPE)) {
            kernel.send(FakeDevice.octets(packet));
            for (int i = 0; i < 100 && !seen[0]; i++) {
                round(seen);
            }
            assertThat(seen[0]).as("in").isTrue();
            long errors = device.queue(0).transmitErrors();
            assertThat(device.queue(0).transmit(packet)).isTrue();
            assertThat(device.queue(0).transmitErrors()).isEqualTo(errors);
            assertThat(kernel.receive()).as("out").isNotEmpty();
        } finally {
            packet.free();
        }
    }

    @Test
    void oneOfOursIsMadeAgainWithAllThatBelongsToIt() throws DeviceException {
        open(1400, Map.of("host-address", "10.213.21.1/24"));
        int descriptor = device.descriptor();
        String station = host.sys(name, "address");
        delete();
        Packet lost = frame();
        long errors = device.queue(0).transmitErrors();
        assertThat(device.queue(0).transmit(lost)).as("lost, not waiting").isTrue();
        assertThat(device.queue(0).transmitErrors()).isEqualTo(errors + 1);
        lost.free();
        until(device::carrier);
        assertThat(host.sys(name, "address")).isEqualTo(station);
        assertThat(host.sys(name, "mtu")).isEqualTo("1400");
        assertThat(host.ip("addr", "show", name)).contains("10.213.21.1/24", "LOWER_UP");
        assertThat(device.descriptor()).as("what the service manager keeps").isEqualTo(descriptor);
        assertFramesPass();
        device.close();
        assertThat(host.exists(name)).as("still ours").isFalse();
    }

    @Test
    void allItsQueuesComeBack() throws DeviceException {
        open(0, Map.of("queues", "3"));
        delete();
        until(device::carrier);
        assertThat(host.ip("-d", "link", "show", name)).contains("numqueues 3");
        assertFramesPass();
    }

    @Test
    void againAndAgain() throws DeviceException {
        open(0, Map.of());
        for (int i = 0; i < 3; i++) {
            delete();
            until(device::carrier);
        }
        assertFramesPass();
    }

    @Test
    void oneOfOthersIsWaitedForAndItsMtuFollowed() throws DeviceException {
        host.ip("tuntap", "add", name, "mode", "tap");
        open(0, Map.of());
        delete();
        boolean[] ignored = new boolean[1];
        for (int i = 0; i < 10; i++) {
            round(ignored);
        }
        assertThat(host.exists(name)).as("its maker's to make").isFalse();
        host.ip("tuntap", "add", name, "mode", "tap");
        host.ip("link", "set", name, "mtu", "1300", "up");
        until(() -> device.carrier() && device.mtu() == 1300);
        assertFramesPass();
        device.close();
        assertThat(host.exists(name)).isTrue();
    }

    @Test
    void aPersistentOneIsMadeAgainThoughItWasThereBeforeUs() throws DeviceException {
        host.ip("tuntap", "add", name, "mode", "tap");
        open(0, Map.of("persist", "true"));
        delete();
        until(device::carrier);
        device.close();
        assertThat(host.exists(name)).isTrue();
    }

    @Test
    void itsBridgeIsJoinedAgainWhenThereIsOneAgain() throws DeviceException {
        String bridge = host.name();
        host.ip("link", "add", bridge, "type", "bridge");
        open(0, Map.of("bridge", bridge));
        host.ip("link", "del", bridge);
        delete();
        boolean[] ignored = new boolean[1];
        for (int i = 0; i < 5; i++) {
            round(ignored);
        }
        assertThat(device.carrier()).as("without its bridge").isFalse();
        host.ip("link", "add", bridge, "type", "bridge");
        until(device::carrier);
        assertThat(host.ip("link", "show", name)).contains("master " + bridge, "UP");
    }

    @Test
    void aDescriptorKeptOfADeletedOneTakesAnother() throws DeviceException {
        var libc = new Libc();
        int fd = libc.open(OpenFailure.TUN, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        assertThat(new TunIoctl(libc, fd).setIff(name, TunIoctl.IFF_TAP | TunIoctl.IFF_NO_PI)).isZero();
        host.ip("link", "del", name);
        device = new TapDriver().open(new DeviceSpec(name, null, 0, Map.of(), fd));
        assertThat(device.descriptor()).isEqualTo(fd);
        assertFramesPass();
    }
}
