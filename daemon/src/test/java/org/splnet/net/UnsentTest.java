package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.wire.InetAddr;

/// A device that gathers frames ([DeviceQueue#unsent]), and has no room when it is to push them out.
@ExtendWith(NoLeaks.class)
class UnsentTest {
    private final FakeDevice device = new FakeDevice("fake0", NetBed.OURS);
    private final NetBed bed = new NetBed(device, NetConfig.defaults());

    UnsentTest() {
        bed.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, bed.nowNs());
        device.clogged(true);
        bed.send("10.0.0.9", 100);
        assertThat(device.waiting()).isZero();
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private boolean waitsForRoom() {
        bed.nic.duties().getFirst().await(0);
        return device.wantedTransmit();
    }

    /// Who asks for nothing would sleep on.
    @Test
    void theWorkerIsWokenOnce() {
        assertThat(device.wakeups()).isEqualTo(1);
        bed.send("10.0.0.9", 100);
        assertThat(device.wakeups()).isEqualTo(1);
        device.clogged(false);
        bed.run();
        device.clogged(true);
        bed.send("10.0.0.9", 100);
        assertThat(device.wakeups()).isEqualTo(2);
    }

    /// Else it stayed there until somebody sent the next.
    @Test
    void isPushedAgainWhenThereIsRoom() {
        assertThat(waitsForRoom()).isTrue();
        device.clogged(false);
        bed.run();
        assertThat(device.waiting()).isEqualTo(1);
        assertThat(waitsForRoom()).isFalse();
    }

    @Test
    void waitsForNothingWhileTheInterfaceIsDown() {
        bed.nic.up(false, bed.nowNs());
        assertThat(waitsForRoom()).isFalse();
        device.clogged(false);
        bed.nic.up(true, bed.nowNs());
        bed.run();
        assertThat(device.waiting()).isEqualTo(1);
    }
}
