package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.pkt.Output;

/// The MTU of an interface, of which the device and the network each know a part.
@ExtendWith(NoLeaks.class)
class LinkMtuTest {
    private final NetBed bed = new NetBed();

    @AfterEach
    void end() {
        bed.close();
    }

    private int generation() {
        return bed.links.interfaces().generation();
    }

    private void deviceHas(int octets) {
        bed.device.mtu(octets);
        bed.run();
    }

    @Test
    void theLesserOfDeviceAndNetworkCounts() {
        assertThat(bed.nic.mtu()).isEqualTo(1500);
        bed.nic.limitMtu(1400);
        assertThat(bed.nic.mtu()).isEqualTo(1400);
        deviceHas(1300);
        assertThat(bed.nic.mtu()).as("the device takes less still").isEqualTo(1300);
        deviceHas(9000);
        assertThat(bed.nic.mtu()).as("the network's limit holds").isEqualTo(1400);
        bed.nic.limitMtu(0);
        assertThat(bed.nic.mtu()).as("what the device has by now").isEqualTo(9000);
        bed.nic.limitMtu(65_000);
        assertThat(bed.nic.mtu()).as("no more than the device takes").isEqualTo(9000);
    }

    @Test
    void nobodyIsToldOfWhatMakesNoDifference() {
        bed.nic.limitMtu(1400);
        int before = generation();
        bed.nic.limitMtu(1400);
        bed.run();
        deviceHas(9000);
        deviceHas(1400);
        deviceHas(1500);
        assertThat(generation()).isEqualTo(before);
        deviceHas(1300);
        assertThat(generation()).as("whoever derives something from it asks again").isEqualTo(before + 1);
        bed.nic.limitMtu(0);
        assertThat(generation()).as("the device has no more").isEqualTo(before + 1);
        assertThat(bed.nic.mtu()).isEqualTo(1300);
    }

    @Test
    void sendingGoesByIt() {
        bed.resolve("10.0.0.9", NetBed.PEER);
        bed.nic.limitMtu(1000);
        assertThat(bed.send("10.0.0.9", 1001)).isEqualTo(Output.TOO_BIG);
        assertThat(bed.send("10.0.0.9", 1000)).isEqualTo(Output.SENT);
        deviceHas(900);
        assertThat(bed.send("10.0.0.9", 1000)).isEqualTo(Output.TOO_BIG);
    }
}
