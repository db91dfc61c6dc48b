package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.StableMac;
import org.splnet.pkt.Offload;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Libc;
import org.splnet.wire.MacAddr;

@Tag("root")
class TapDriverTest {
    private final TapDriver driver = new TapDriver();
    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private HostCommands host;

    @BeforeEach
    void start() {
        host = new HostCommands();
    }

    @AfterEach
    void clean() {
        if (host != null) {
            host.close();
        }
    }

    private NetDevice open(String name, String... keysAndValues) throws DeviceException {
        return driver.open(spec(name, 0, keysAndValues));
    }

    private static DeviceSpec spec(String name, int mtu, String... keysAndValues) {
        var options = new java.util.HashMap<String, String>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            options.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new DeviceSpec(name, null, mtu, options);
    }

    private void refuses(DeviceSpec spec, String... messageParts) {
        assertThatThrownBy(() -> driver.open(spec).close()).isInstanceOf(DeviceException.class)
                .message().contains(messageParts);
    }

    @Nested
    class Created {
        @Test
        void isUpWithEverythingThisKernelOffersAndGoesAtTheEnd() throws DeviceException {
            String name = host.name();
            try (NetDevice device = open(name)) {
                assertThat(device.name()).isEqualTo(name);
                assertThat(device.mtu()).isEqualTo(1500);
                assertThat(device.queues()).isEqualTo(1);
                assertThat(device.carrier()).isTrue();
                assertThat(device.offloads() | Offload.TX_USO).as("Linux 6.2 or not")
                        .isEqualTo(Offload.TX_CHECKSUM | Offload.TX_TSO4 | Offload.TX_TSO6 | Offload.TX_USO
                                | Offload.RX_CHECKSUM | Offload.RX_MERGED);
                assertThat(host.ip("link", "show", name)).contains("UP", "LOWER_UP");
            }
            assertThat(host.exists(name)).isFalse();
        }

        @Test
        void hasStableAddressesThatDifferOnBothSides() throws DeviceException {
            String name = host.name();
            MacAddr ours;
            String theirs;
            try (NetDevice device = open(name)) {
                ours = device.mac();
                theirs = host.sys(name, "address");
            }
            assertThat(ours).isEqualTo(StableMac.of("tap", name));
            assertThat(theirs).isNotEqualTo(ours.toString());
            try (NetDevice again = open(name)) {
                assertThat(again.mac()).isEqualTo(ours);
                assertThat(host.sys(name, "address")).isEqualTo(theirs);
            }
        }

        @Test
        void givesTheHostItsAddresses() throws DeviceException {
            String name = host.name();
            try (NetDevice device = open(name, "host-address",
                    "10.213.7.1/24, 10.213.8.1/31, fd21:7::1/64")) {
                assertThat(device.mtu()).isEqualTo(1500);
                assertThat(host.ip("addr", "show", name)).contains("inet 10.213.7.1/24 brd 10.213.7.255",
                        "inet 10.213.8.1/31", "inet6 fd21:7::1/64", "UP");
                assertThat(host.ip("route", "get", "10.213.7.2")).contains("dev " + name);
            }
        }

        @Test
        void hasAsManyQueuesAsAskedForAndGoesWithTheLast() throws DeviceException {
            String name = host.name();
            try (NetDevice device = open(name, "queues", "3")) {
                assertThat(device.queues()).isEqualTo(3);
                assertThat(host.ip("-d", "link", "show", name)).contains("multi_queue", "numqueues 3",
                        "LOWER_UP");
            }
            assertThat(host.exists(name)).isFalse();
        }

        @Test
        void hasTheMtuAndMacAskedFor() throws DeviceException {
            String name = host.name();
            var mac = new MacAddr(0x02_00_5e_10_00_01L);
            try (NetDevice device = driver.open(new DeviceSpec(name, mac, 9000, Map.of()))) {
                assertThat(device.mtu()).isEqualTo(9000);
                assertThat(device.mac()).isEqualTo(mac);
                assertThat(host.sys(name, "mtu")).isEqualTo("9000");
            }
        }

        @Test
        void joinsABridge() throws DeviceException {
            String bridge = host.name();
            String name = host.name();
            host.ip("link", "add", bridge, "type", "bridge");
            try (NetDevice device = open(name, "bridge", bridge)) {
                assertThat(host.ip("link", "show", device.name())).contains("master " + bridge, "UP");
            }
            assertThat(host.exists(bridge)).isTrue();
        }

        @Test
        void staysIfPersistentAndIsAttachedToAgain() throws DeviceException {
            String name = host.name();
            open(name, "persist", "true", "owner", "65534", "host-address", "10.213.9.1/24").close();
            assertThat(host.exists(name)).isTrue();
            assertThat(host.sys(name, "owner")).isEqualTo("65534");
            try (NetDevice again = open(name, "persist", "true", "owner", "65534", "host-address",
                    "10.213.9.1/24")) {
                assertThat(host.ip("addr", "show", again.name())).contains("10.213.9.1/24");
            }
            assertThat(host.exists(name)).isTrue();
        }

        @Test
        void closesTwiceWithoutHarm() throws DeviceException {
            NetDevice device = open(host.name());
            device.close();
            device.close();
            assertThat(device.queue(0).receive(null, null, 1)).isEqualTo(-1);
            device.queue(0).await(Long.MAX_VALUE, true);
            device.queue(0).wakeup();
        }
    }

    @Nested
    class Attached {
        @Test
        void leavesAPersistentTapAsItWas() throws DeviceException {
            String name = host.name();
            host.ip("tuntap", "add", name, "mode", "tap");
            host.ip("link", "set", name, "mtu", "1400", "address", "02:00:5e:10:00:07", "up");
            try (NetDevice device = open(name)) {
                assertThat(device.mtu()).isEqualTo(1400);
                assertThat(device.mac()).isEqualTo(StableMac.of("tap", name));
            }
            assertThat(host.exists(name)).isTrue();
            assertThat(host.sys(name, "mtu")).isEqualTo("1400");
            assertThat(host.sys(name, "address")).isEqualTo("02:00:5e:10:00:07");
        }

        /// What a service manager keeps over a restart of ours.
        @Test
        void leavesAPersistentTapAsItWasWhenItsDescriptorWasKept() throws DeviceException {
            String name = host.name();
            host.ip("tuntap", "add", name, "mode", "tap");
            host.ip("link", "set", name, "mtu", "1400", "address", "02:00:5e:10:00:07", "up");
            try (NetDevice device = driver.open(new DeviceSpec(name, null, 0, Map.of(), attached(name)))) {
                assertThat(device.mtu()).isEqualTo(1400);
            }
            assertThat(host.sys(name, "address")).isEqualTo("02:00:5e:10:00:07");
            int kept = attached(name);
            assertThatThrownBy(() -> driver.open(new DeviceSpec(name, null, 9000, Map.of(), kept)).close())
                    .hasMessageContaining("exists with an MTU of 1400");
            assertThat(host.sys(name, "mtu")).isEqualTo("1400");
            String ours = host.name();
            try (NetDevice device = driver.open(new DeviceSpec(ours, null, 1300, Map.of(), attached(ours)))) {
                assertThat(device.mtu()).isEqualTo(1300);
                assertThat(host.sys(ours, "mtu")).isEqualTo("1300");
            }
        }

        private int attached(String name) {
            var libc = new Libc();
            int fd = libc.open(OpenFailure.TUN, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
            assertThat(new TunIoctl(libc, fd).setIff(name, TunIoctl.IFF_TAP | TunIoctl.IFF_NO_PI)).isZero();
            return fd;
        }

        @Test
        void leavesADownTapDown() throws DeviceException {
            String name = host.name();
            host.ip("tuntap", "add", name, "mode", "tap");
            try (NetDevice device = open(name)) {
                assertThat(host.ip("link", "show", device.name())).contains("state DOWN");
            }
        }

        @Test
        void hasACarrierOnceItIsBroughtUp() throws DeviceException {
            String name = host.name();
            host.ip("tuntap", "add", name, "mode", "tap");
            try (NetDevice device = open(name)) {
                assertThat(device.carrier()).as("nobody would hear a probe").isFalse();
                host.ip("link", "set", name, "up");
                until(device, true);
                host.ip("link", "set", name, "down");
                until(device, false);
            }
            try (NetDevice device = open(name, "host-address", "10.213.11.1/24")) {
                assertThat(device.carrier()).as("brought up by us").isTrue();
            }
        }

        private void until(NetDevice device, boolean carrier) {
            for (int i = 0; i < 100 && device.carrier() != carrier; i++) {
                device.queue(0).receive(pool, Packet::free, 64);
                device.queue(0).await(100_000_000L, false);
            }
            assertThat(device.carrier()).isEqualTo(carrier);
        }

        @Test
        void staysThePortOfABridge() throws DeviceException {
            String bridge = host.name();
            String name = host.name();
            host.ip("link", "add", bridge, "type", "bridge");
            host.ip("tuntap", "add", name, "mode", "tap");
            host.ip("link", "set", name, "master", bridge, "up");
            open(name, "bridge", bridge).close();
            assertThat(host.ip("link", "show", name)).contains("master " + bridge);
        }

        @Test
        void usesLessThanItsMtuButNotMore() throws DeviceException {
            String name = host.name();
            host.ip("tuntap", "add", name, "mode", "tap");
            try (NetDevice device = driver.open(spec(name, 1280))) {
                assertThat(device.mtu()).isEqualTo(1280);
                assertThat(host.sys(name, "mtu")).isEqualTo("1500");
            }
            refuses(spec(name, 9000), "mtu: 9000: ", "1500", "ip link set " + name + " mtu 9000");
        }
    }

    @Nested
    class Refused {
        @Test
        void aTapThatSomebodyHas() throws DeviceException {
            String name = host.name();
            try (NetDevice device = open(name)) {
                assertThat(device.name()).isEqualTo(name);
                refuses(spec(name, 0), "cannot attach to " + name, "EBUSY",
                        "process " + ProcessHandle.current().pid() + " (java) has it");
            }
        }

        @Test
        void whatIsNotATap() {
            refuses(spec("lo", 0), "cannot attach to lo", "is not a TAP", "choose another name");
            String name = host.name();
            host.ip("link", "add", name, "type", "bridge");
            refuses(spec(name, 0), "is not a TAP but of kind bridge");
            String tun = host.name();
            host.ip("tuntap", "add", tun, "mode", "tun");
            refuses(spec(tun, 0), "is not a TAP but a TUN");
            assertThat(host.exists(tun)).isTrue();
        }

        @Test
        void aTapOfSeveralQueues() throws DeviceException {
            String name = host.name();
            host.ip("tuntap", "add", name, "mode", "tap", "multi_queue");
            try (NetDevice device = new TapDriver().open(spec(name, 0))) {
                assertThat(device.queues()).isEqualTo(1);
            }
            assertThat(host.exists(name)).isTrue();
        }

        @Test
        void aTapOfOneQueueWhereSeveralAreAskedFor() {
            String name = host.name();
            host.ip("tuntap", "add", name, "mode", "tap");
            refuses(spec(name, 0, "queues", "2"), "EINVAL", "leave out queues", "multi_queue");
        }

        @Test
        void anAddressTheHostHasElsewhere() throws DeviceException {
            String first = host.name();
            String second = host.name();
            try (NetDevice device = open(first, "host-address", "10.213.10.1/24")) {
                refuses(spec(second, 0, "host-address", "10.213.10.1/24"), "host-address: 10.213.10.1/24: ",
                        "on " + device.name() + " already");
            }
            assertThat(host.exists(second)).isFalse();
        }

        @Test
        void aBridgeThatIsNone() {
            String name = host.name();
            refuses(spec(name, 0, "bridge", "no-such-bridge"), "bridge: no-such-bridge: ",
                    "ip link add no-such-bridge type bridge");
            refuses(spec(name, 0, "bridge", "lo"), "bridge: lo: ", "not a bridge");
            assertThat(host.exists(name)).isFalse();
        }

        @Test
        void aTapThatIsAnotherBridgesPort() {
            String first = host.name();
            String second = host.name();
            String name = host.name();
            host.ip("link", "add", first, "type", "bridge");
            host.ip("link", "add", second, "type", "bridge");
            host.ip("tuntap", "add", name, "mode", "tap");
            host.ip("link", "set", name, "master", first);
            refuses(spec(name, 0, "bridge", second), "is a port of " + first, "nomaster");
            assertThat(host.ip("link", "show", name)).contains("master " + first);
        }

        @Test
        void theHostsOwnMac() {
            String name = host.name();
            host.ip("tuntap", "add", name, "mode", "tap");
            host.ip("link", "set", name, "address", "02:00:5e:10:00:09");
            refuses(new DeviceSpec(name, MacAddr.parse("02:00:5e:10:00:09"), 0, Map.of()),
                    "mac: 02:00:5e:10:00:09: ", "two stations");
        }
    }
}
