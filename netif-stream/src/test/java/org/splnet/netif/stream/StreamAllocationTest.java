package org.splnet.netif.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.NoLeaks;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;

/// Steady state allocates nothing per frame: what one stream sends another one receives, in one thread.
@Timeout(120)
@ExtendWith(NoLeaks.class)
class StreamAllocationTest {
    private static final int BATCH = 32;
    private static final int WINDOW = 400;
    private static final int WINDOWS = 1000;

    @TempDir
    private Path dir;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);

    @Test
    void neitherSendingNorReceivingAllocates() throws Exception {
        String path = dir.resolve("s").toString();
        try (NetDevice server = new StreamDriver().open(
                new DeviceSpec("a", null, 0, Map.of("path", path, "listen", "true")));
                NetDevice client = new StreamDriver().open(
                        new DeviceSpec("b", null, 0, Map.of("path", path)))) {
            var task = new FutureTask<Long>(() -> least(server.queue(0), client.queue(0)));
            // Netty's pools cache for such threads only, and such threads the workers are
            new FastThreadLocalThread(task).start();
            assertThat(task.get()).as("octets allocated per frame").isZero();
            assertThat(client.queue(0).transmitErrors()).isZero();
        }
    }

    private long least(DeviceQueue server, DeviceQueue client) {
        client.receive(pool, Packet::free, 1);
        server.receive(pool, Packet::free, 1);
        Packet packet = pool.allocate(54);
        packet.buf.setZero(packet.append(54), 54);
        ByteBuf payload = pool.allocator().directBuffer(1460).writeZero(1460);
        packet.addPiece(payload, 0, 1000);
        packet.addPiece(payload, 1000, 460);
        long perFrame = Long.MAX_VALUE;
        for (int window = 0; window < WINDOWS && perFrame > 0; window++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            long frames = 0;
            for (int i = 0; i < WINDOW; i++) {
                for (int each = 0; each < BATCH; each++) {
                    assertThatTaken(client.transmit(packet));
                }
                client.flush();
                server.await(0, false);
                frames += server.receive(pool, Packet::free, 2 * BATCH);
            }
            assertThat(frames).isEqualTo((long) WINDOW * BATCH);
            perFrame = (threads.getCurrentThreadAllocatedBytes() - before) / frames;
        }
        packet.free();
        payload.release();
        return perFrame;
    }

    private static void assertThatTaken(boolean taken) {
        if (!taken) {
            throw new AssertionError("the queue is full");
        }
    }

    /// What the two need of the kernel is there: a path that nobody listens at says so.
    @Test
    void connectingToNobodyIsAnErrorNumber() {
        assertThat(Fd.mine().connect(dir.resolve("none").toString())).isEqualTo(-Errno.ENOENT);
        assertThat(Fd.mine().connect("/" + "x".repeat(200))).isEqualTo(-Errno.ENAMETOOLONG);
    }
}
