package org.splnet.netif.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.NoLeaks;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// The whole device, the test being the machine at the other end.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class StreamQueueTest {
    private static final long TENTH_NS = 100_000_000L;
    private static final byte[] FRAME = new byte[60];

    @TempDir
    private Path dir;

    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private final List<byte[]> seen = new ArrayList<>();
    private NetDevice device;
    private DeviceQueue queue;

    @AfterEach
    void close() {
        if (device != null) {
            device.close();
        }
    }

    private Path path() {
        return dir.resolve("vm.sock");
    }

    private void open(boolean listen) throws DeviceException {
        device = new StreamDriver().open(new DeviceSpec("guest0", null, 0,
                Map.of("path", path().toString(), "listen", Boolean.toString(listen))));
        queue = device.queue(0);
    }

    private SocketChannel machine() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(path()));
    }

    private ServerSocketChannel server() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path()));
        return server;
    }

    private void look(Packet frame) {
        seen.add(ByteBufUtil.getBytes(frame.buf, frame.start, frame.length(), true));
        frame.free();
    }

    // as the input thread does
    private void turn() {
        if (queue.receive(pool, this::look, 64) == 0) {
            queue.await(TENTH_NS, false);
        }
    }

    private void turnUntil(String what, BooleanSupplier done) {
        boolean so = done.getAsBoolean();
        for (int i = 0; i < 100 && !so; i++) {
            turn();
            so = done.getAsBoolean();
        }
        assertThat(so).as(what).isTrue();
    }

    private boolean transmit() {
        Packet packet = pool.allocate(FRAME.length);
        packet.buf.setBytes(packet.append(FRAME.length), FRAME);
        try {
            return queue.transmit(packet);
        } finally {
            packet.free();
            queue.flush();
        }
    }

    private static void say(SocketChannel machine, int length, int octets) throws IOException {
        machine.write(ByteBuffer.allocate(4 + octets).putInt(length).position(0));
    }

    private static void hear(SocketChannel machine) throws IOException {
        ByteBuffer got = ByteBuffer.allocate(4 + FRAME.length);
        while (got.hasRemaining() && machine.read(got) >= 0) {
            // the rest is to come
        }
        assertThat(got.hasRemaining()).isFalse();
        assertThat(got.getInt(0)).isEqualTo(FRAME.length);
    }

    private void exchange(SocketChannel machine) throws IOException {
        int before = seen.size();
        say(machine, 60, 60);
        turnUntil("a frame came", () -> seen.size() > before);
        assertThat(transmit()).isTrue();
        hear(machine);
    }

    @Test
    void listensForOneMachineAfterTheOther() throws IOException {
        open(true);
        assertThat(queue.receive(pool, this::look, 64)).isZero();
        for (int i = 0; i < 3; i++) {
            assertThat(device.carrier()).isFalse();
            try (SocketChannel machine = machine()) {
                exchange(machine);
                assertThat(device.carrier()).isTrue();
            }
            turnUntil("the cable is pulled", () -> !device.carrier());
        }
        assertThat(queue.transmitErrors()).isZero();
    }

    @Test
    void connectsAsSoonAsTheMachineIsThereAndAgainWhenItIsBack() throws IOException {
        open(false);
        turn();
        assertThat(transmit()).as("lost, as without a cable").isTrue();
        assertThat(queue.transmitErrors()).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            try (ServerSocketChannel server = server()) {
                server.configureBlocking(false);
                SocketChannel[] machine = new SocketChannel[1];
                turnUntil("connected", () -> (machine[0] = accepted(server)) != null);
                exchange(machine[0]);
                machine[0].close();
            }
            Files.delete(path());
            turn();
        }
    }

    private static SocketChannel accepted(ServerSocketChannel server) {
        try {
            return server.accept();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theNextMachineWaitsUntilTheFirstHasLeft() throws IOException {
        open(true);
        try (SocketChannel second = patient()) {
            exchange(second);
        }
    }

    private SocketChannel patient() throws IOException {
        try (SocketChannel first = machine()) {
            exchange(first);
            SocketChannel second = machine();
            say(second, 60, 60);
            exchange(first);
            assertThat(seen).as("nothing of the second").hasSize(2);
            return second;
        }
    }

    @Test
    void resetsAMachineThatAnnouncesTooMuchAndTakesABreak() throws IOException {
        open(true);
        long before = System.nanoTime();
        try (SocketChannel machine = machine()) {
            say(machine, 1523, 100);
            turnUntil("counted", () -> pool.drops().count(DropReason.ETHER_TRUNCATED) == 1);
            assertThat(machine.read(ByteBuffer.allocate(1))).as("its connection has ended").isNegative();
        } catch (IOException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
        try (SocketChannel machine = machine()) {
            exchange(machine);
        }
        assertThat(System.nanoTime() - before).as("nobody is met in between").isGreaterThan(1_000_000_000L);
    }

    @Test
    void aMachineThatDoesNotReadFillsTheQueueAndNoMore() throws IOException {
        open(true);
        try (SocketChannel machine = machine()) {
            exchange(machine);
            int taken = 0;
            while (transmit()) {
                assertThat(++taken).as("frames that fit").isLessThan(100_000);
            }
            assertThat(queue.unsent()).as("whoever flushed sees to it").isTrue();
            for (int i = 0; i < taken; i++) {
                hear(machine);
                if (i % 100 == 0) {
                    queue.await(0, true);
                    queue.flush();
                }
            }
            assertThat(queue.transmitErrors()).isZero();
            assertThat(transmit()).isTrue();
            hear(machine);
        }
    }

    @Test
    void framesForAMachineThatLeftAreCounted() throws IOException {
        open(true);
        try (SocketChannel machine = machine()) {
            exchange(machine);
        }
        assertThat(transmit()).isTrue();
        assertThat(queue.transmitErrors()).isEqualTo(1);
        turn();
        assertThat(transmit()).isTrue();
        assertThat(queue.transmitErrors()).isEqualTo(2);
    }

    @Test
    void sleepsUntilAFrameComesOrSomebodyWakesIt() throws Exception {
        open(true);
        try (SocketChannel machine = machine()) {
            exchange(machine);
            say(machine, 60, 60);
            queue.await(Long.MAX_VALUE, false);
            assertThat(queue.receive(pool, this::look, 64)).isEqualTo(1);
            queue.wakeup();
            queue.await(Long.MAX_VALUE, false);
        }
        for (boolean listen : new boolean[] {true, false}) {
            device.close();
            Files.deleteIfExists(path());
            open(listen);
            var reader = new Thread(() -> {
                while (queue.receive(pool, this::look, 64) >= 0) {
                    queue.await(Long.MAX_VALUE, false);
                }
            });
            reader.start();
            device.close();
            assertThat(reader.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void closingFromWithinAnUpCallEndsTheQueueAfterIt() throws IOException {
        open(true);
        try (SocketChannel machine = machine()) {
            exchange(machine);
            say(machine, 60, 60);
            queue.await(Long.MAX_VALUE, false);
            queue.receive(pool, frame -> {
                frame.free();
                device.close();
            }, 64);
            assertThat(queue.receive(pool, this::look, 64)).isEqualTo(-1);
            assertThat(machine.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        assertThat(path()).doesNotExist();
        assertThat(transmit()).isTrue();
    }

    @Test
    void aStaleSocketIsReplacedAndALivingOneIsNot() throws IOException {
        server().close();
        assertThat(path()).exists();
        open(true);
        assertThatThrownBy(() -> new StreamDriver().open(new DeviceSpec("guest1", null, 0,
                Map.of("path", path().toString(), "listen", "true"))))
                .isInstanceOf(DeviceException.class)
                .hasMessage("path: " + path() + ": somebody is listening there: stop it, or set path to"
                        + " another path");
        try (SocketChannel machine = machine()) {
            exchange(machine);
        }
    }
}
