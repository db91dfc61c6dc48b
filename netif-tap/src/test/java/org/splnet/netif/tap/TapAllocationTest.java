package org.splnet.netif.tap;

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

/// Steady state allocates nothing per frame.
@Tag("root")
@Timeout(120)
@ExtendWith(NoLeaks.class)
class TapAllocationTest {
    private static final int TYPE = 0x88b5;

    private final SteadyState steady = new SteadyState();
    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private HostCommands host;
    private NetDevice device;
    private DeviceQueue queue;

    @BeforeEach
    void start() throws DeviceException {
        host = new HostCommands();
        device = new TapDriver().open(new DeviceSpec(host.name(), null, 0, Map.of()));
        queue = device.queue(0);
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

    @Test
    void receivingAllocatesNothing() throws Exception {
        int index = Integer.parseInt(host.sys(device.name(), "ifindex"));
        try (PacketSocket kernel = new PacketSocket(index, TYPE)) {
            byte[] frame = new byte[1514];
            frame[0] = 2;
            frame[12] = (byte) (TYPE >> 8);
            frame[13] = (byte) TYPE;
            kernel.send(frame);
            SteadyState.onAWorker(() -> steady.allocatesNothing(
                    () -> kernel.resend(10 + frame.length),
                    () -> {
                        int got = queue.receive(pool, Packet::free, 2 * BATCH);
                        queue.await(0, false);
                        return got;
                    }));
        }
    }

    @Test
    void transmittingAllocatesNothing() throws Exception {
        Packet packet = pool.allocate(54);
        int at = packet.append(54);
        packet.buf.setZero(at, 54);
        packet.buf.setByte(at, 2).setShort(at + 12, TYPE);
        ByteBuf payload = pool.allocator().directBuffer(1460).writeZero(1460);
        packet.addPiece(payload, 0, 1000);
        packet.addPiece(payload, 1000, 460);
        packet.flags = Packet.CHECKSUM_PARTIAL;
        packet.csumStart = at + 34;
        packet.csumOffset = 16;
        SteadyState.onAWorker(() -> steady.allocatesNothing(
                () -> { /* nothing to prepare */ },
                () -> {
                    for (int i = 0; i < BATCH; i++) {
                        queue.transmit(packet);
                    }
                    queue.flush();
                    queue.wakeup();
                    return BATCH;
                }));
        packet.free();
        payload.release();
        assertThat(queue.transmitErrors()).isZero();
    }
}
