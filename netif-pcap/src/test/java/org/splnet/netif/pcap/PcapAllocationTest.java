package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.driver.SteadyState.BATCH;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.driver.SteadyState;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// Steady state allocates nothing per frame, in batches as they come: the driver at both ends of one cable.
@Tag("root")
@Timeout(120)
@ExtendWith(NoLeaks.class)
class PcapAllocationTest {
    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private final SteadyState steady = new SteadyState();
    private VethPair wire;
    private NetDevice here;
    private NetDevice there;
    private Packet packet;

    @BeforeEach
    void start() throws DeviceException {
        wire = VethPair.bothHere();
        here = new PcapDriver().open(new DeviceSpec(wire.name(), null, 0, Map.of()));
        there = new PcapDriver().open(new DeviceSpec(wire.peerName(), null, 0, Map.of()));
        packet = pool.allocate(54);
        int at = packet.append(54);
        packet.buf.setZero(at, 54).setMedium(at, (int) (there.mac().bits() >>> 24))
                .setMedium(at + 3, (int) there.mac().bits()).setShort(at + 12, 0x88b5);
        ByteBuf payload = pool.allocator().directBuffer(1460).writeZero(1460);
        packet.addPiece(payload, 0, 1000);
        packet.addPiece(payload, 1000, 460);
        payload.release();
    }

    @AfterEach
    void clean() {
        if (packet != null) {
            packet.free();
        }
        if (there != null) {
            there.close();
        }
        if (here != null) {
            here.close();
        }
        if (wire != null) {
            wire.close();
        }
    }

    @Test
    void transmittingAllocatesNothing() throws Exception {
        DeviceQueue queue = here.queue(0);
        SteadyState.onAWorker(() -> steady.allocatesNothing(() -> { /* nothing to prepare */ }, () -> {
            for (int i = 0; i < BATCH; i++) {
                queue.transmit(packet);
            }
            queue.flush();
            queue.wakeup();
            return BATCH;
        }));
        assertThat(queue.transmitErrors()).isZero();
    }

    @Test
    void receivingAllocatesNothing() throws Exception {
        DeviceQueue from = here.queue(0);
        DeviceQueue to = there.queue(0);
        SteadyState.onAWorker(() -> steady.allocatesNothing(() -> {
            from.transmit(packet);
            from.flush();
        }, () -> {
            int got = to.receive(pool, Packet::free, 2 * BATCH);
            to.await(0, false);
            return got;
        }));
    }
}
