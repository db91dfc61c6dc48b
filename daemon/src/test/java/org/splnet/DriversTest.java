package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.splnet.config.InterfaceConfig;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.FakeDevice;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.net.OneQueueDevice;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// Devices opened by name, and their descriptors between one run of the daemon and the next.
class DriversTest {
    private static final MacAddr MAC = MacAddr.parse("02:00:00:00:00:02");

    /// A driver whose devices have a descriptor: the one they are given, if it is still good.
    private static final class Keeping implements NetIfDriver {
        final List<Integer> given = new ArrayList<>();
        private final int own;
        private final boolean good;

        Keeping(int own, boolean good) {
            this.own = own;
            this.good = good;
        }

        @Override
        public String type() {
            return "keeping";
        }

        @Override
        public Set<String> alsoCalled() {
            return Set.of("staying");
        }

        @Override
        public Set<String> optionKeys() {
            return Set.of();
        }

        @Override
        public void validate(DeviceSpec spec) {
            // nothing can be wrong
        }

        @Override
        public void requireFree(List<Cidr> addresses) throws DeviceException {
            if (addresses.contains(Cidr.parse("10.9.0.1/24"))) {
                throw new DeviceException("taken");
            }
        }

        @Override
        public NetDevice open(DeviceSpec spec) {
            given.add(spec.descriptor());
            var queue = new FakeDevice(spec.name(), MAC);
            return new OneQueueDevice(spec.name(), MAC, 1500, 0, queue, () -> { }) {
                @Override
                public int descriptor() {
                    return good && spec.descriptor() >= 0 ? spec.descriptor() : own;
                }
            };
        }
    }

    private static final class Manager implements Drivers.Keeper {
        final List<String> told = new ArrayList<>();

        @Override
        public void store(String name, int descriptor) {
            told.add("store " + name + " " + descriptor);
        }

        @Override
        public void forget(String name) {
            told.add("forget " + name);
        }
    }

    private final Manager manager = new Manager();

    private static InterfaceConfig config(String driver, String address) {
        return new InterfaceConfig("k0", driver, null, 0, List.of(Cidr.parse(address)), false, Map.of());
    }

    private static Inherited inherited(int count, String names) {
        Map<String, String> environment = Map.of("LISTEN_PID", "7", "LISTEN_FDS", Integer.toString(count),
                "LISTEN_FDNAMES", names);
        return new Inherited(environment::get, 7);
    }

    @Test
    void aDescriptorIsKeptAndUsedAgain() throws DeviceException {
        var driver = new Keeping(40, true);
        new Drivers(List.of(driver), inherited(0, ""), manager).open(config("keeping", "10.9.0.2/24"));
        new Drivers(List.of(driver), inherited(2, "control:device-keeping-k0"), manager)
                .open(config("keeping", "10.9.0.2/24"));
        assertThat(driver.given).containsExactly(-1, 4);
        assertThat(manager.told).containsExactly("store device-keeping-k0 40", "store device-keeping-k0 4");
    }

    /// What is kept under a name is added to, so the one that is of no use goes first.
    @Test
    void aDescriptorThatIsOfNoUseIsForgotten() throws DeviceException {
        new Drivers(List.of(new Keeping(40, false)), inherited(1, "device-keeping-k0"), manager)
                .open(config("keeping", "10.9.0.2/24"));
        assertThat(manager.told).containsExactly("forget device-keeping-k0", "store device-keeping-k0 40");
    }

    /// An interface that is gone from the configuration, or has another driver now; one of two of a name.
    @Test
    void whatNobodyAsksForAnyMoreIsClosedAndForgotten() throws DeviceException {
        var driver = new Keeping(40, true);
        var kept = inherited(5, "device-keeping-k0:device-tap-k0:device-keeping-gone:device-keeping-k0:web");
        List<Integer> closed = new ArrayList<>();
        assertThat(kept.take("device-keeping-k0")).as("the newest").isEqualTo(3);
        assertThat(kept.closeOthers(closed::add)).containsExactly("device-keeping-gone", "device-tap-k0");
        assertThat(closed).as("control sockets are not ours to close").containsExactlyInAnyOrder(4, 5, 6);
        assertThat(kept.closeOthers(closed::add)).isEmpty();

        Drivers drivers = new Drivers(List.of(driver), inherited(0, ""), manager);
        drivers.open(config("keeping", "10.9.0.2/24"));
        drivers.forgetOthers();
        assertThat(manager.told).containsExactly("store device-keeping-k0 40");
    }

    @Test
    void oneDriverHasSeveralNames() throws DeviceException {
        var driver = new Keeping(40, true);
        Drivers drivers = new Drivers(List.of(driver), inherited(0, ""), manager);
        drivers.open(config("keeping", "10.9.0.2/24"));
        drivers.open(config("staying", "10.9.0.3/24"));
        assertThat(driver.given).hasSize(2);
        assertThat(drivers.types()).containsExactly("keeping", "staying");
    }

    @Test
    void whatIsNotThereIsNamed() {
        Drivers drivers = new Drivers(List.of(new Keeping(40, true)), inherited(0, ""), manager);
        assertThatThrownBy(() -> drivers.open(config("tap", "10.9.0.2/24")))
                .hasMessage("driver tap is not installed, there are [keeping, staying]");
        assertThatThrownBy(() -> drivers.open(config("keeping", "10.9.0.1/24")))
                .as("somebody's address").hasMessage("taken");
        assertThat(manager.told).isEmpty();
    }

    @Test
    void aDeviceOfOneQueueHasNoOther() {
        var queue = new FakeDevice("k0", MAC);
        List<String> closed = new ArrayList<>();
        try (var device = new OneQueueDevice("k0", MAC, 1400, 3, queue, () -> closed.add("k0"))) {
            assertThat(device.queue(0)).isSameAs(queue);
            assertThatThrownBy(() -> device.queue(1)).hasMessage("queue 1 of 1");
            assertThat(device.mtu()).isEqualTo(1400);
            assertThat(device.offloads()).isEqualTo(3);
            assertThat(device.carrier()).as("unless it knows better").isTrue();
            assertThat(device.descriptor()).isEqualTo(-1);
        }
        assertThat(closed).containsExactly("k0");
    }
}
