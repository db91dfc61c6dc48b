package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.splnet.NoLeaks;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.LockOrderException;
import org.splnet.kern.LockRank;
import org.splnet.kern.Provoked;
import org.splnet.kern.RankedLock;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// Nothing but the transmit queue's own lock is held while a device is given frames, or woken.
@ExtendWith(NoLeaks.class)
class HandingOverTest {
    @RegisterExtension
    final Provoked provoked = new Provoked();

    private final NetBed bed = new NetBed();
    private final FakeDevice device = bed.device;
    private final RankedLock held = new RankedLock(LockRank.LEASE, "whoever asks for addresses");

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void whateverIsSentUnderALockGoesOutWhenItIsGivenUp() {
        bed.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, bed.nowNs());
        bed.send("10.0.0.8", 100);
        bed.discard();
        held.lock();
        try {
            bed.nic.claim(Cidr.parse("10.0.0.2/24"), false, AddressClaim.Listener.NONE, bed.nowNs());
            bed.output("10.0.0.9", 100);
            bed.output("10.0.0.7", 100);
            bed.nic.arpNeighbors().heard(0, Ip4Addr.lo(0x0a000008), NetBed.PEER.bits(), true, true,
                    bed.nowNs());
            bed.nic.outputGroup(bed.packet(20), MacAddr.MASK, EtherType.IPV4, bed.nowNs());
            assertThat(device.waiting()).isZero();
        } finally {
            held.unlock();
        }
        Deferred.run();
        assertThat(device.waiting()).as("announcement, packet, request, what waited, broadcast").isEqualTo(5);
    }

    @Test
    void aDutyThatHoldsALockMayNot() {
        full();
        device.room(1);
        Duty duty = bed.nic.duties().getFirst();
        held.lock();
        try {
            assertThatThrownBy(() -> duty.poll(bed.nowNs())).isInstanceOf(LockOrderException.class)
                    .hasMessageContaining("handing frames to a device while holding LEASE");
        } finally {
            held.unlock();
        }
        assertThat(device.waiting()).isZero();
        duty.poll(bed.nowNs());
        assertThat(device.waiting()).isEqualTo(1);
    }

    /// Whoever else has something to do with the queue need not wait for that, too.
    @Test
    void theWorkerIsWokenWhenTheQueueIsGivenUp() {
        device.whenWoken(() -> {
            Thread other = Thread.ofPlatform().start(() -> bed.nic.up(false, bed.nowNs()));
            try {
                assertThat(other.join(Duration.ofSeconds(20))).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        full();
        assertThat(device.wakeups()).isEqualTo(1);
        assertThat(bed.nic.up()).isFalse();
    }

    /// Leaves a frame that the device has no room for.
    private void full() {
        bed.nic.addNeighbor(InetAddr.parse("10.0.0.9"), NetBed.PEER, bed.nowNs());
        device.room(0);
        bed.send("10.0.0.9", 100);
    }
}
