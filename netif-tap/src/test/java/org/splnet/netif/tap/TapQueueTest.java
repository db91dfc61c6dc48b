package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.driver.VirtioNetHeader;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

@Tag("root")
@Timeout(60)
@ExtendWith(NoLeaks.class)
class TapQueueTest {
    /// For local experiments (IEEE 802): nobody else's.
    private static final int TYPE = 0x88b5;
    private static final int IPV4 = 0x0800;
    private static final long TENTH_NS = 100_000_000L;

    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private final List<Packet> taken = new ArrayList<>();
    private HostCommands host;
    private String name;
    private NetDevice device;
    private DeviceQueue queue;

    @BeforeEach
    void start() throws DeviceException {
        host = new HostCommands();
        name = host.name();
        device = new TapDriver().open(new DeviceSpec(name, null, 0, Map.of()));
        queue = device.queue(0);
    }

    @AfterEach
    void clean() {
        taken.forEach(Packet::free);
        if (device != null) {
            device.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private PacketSocket kernel(int etherType) {
        return new PacketSocket(Integer.parseInt(host.sys(name, "ifindex")), etherType);
    }

    private static byte[] frame(int etherType, int len) {
        byte[] frame = new byte[len];
        new SplittableRandom(len).nextBytes(frame);
        byte[] start = ByteBufUtil.decodeHexDump("02005e10000102005e100002");
        System.arraycopy(start, 0, frame, 0, 12);
        frame[12] = (byte) (etherType >> 8);
        frame[13] = (byte) etherType;
        return frame;
    }

    // TCP over IPv4 without checksums, as a sender with segmentation offload leaves it
    private static byte[] tcpFrame(int payload) {
        byte[] frame = frame(IPV4, 14 + 40 + payload);
        ByteBuf buf = Unpooled.wrappedBuffer(frame);
        buf.setBytes(14, ByteBufUtil.decodeHexDump("4500000000004000400600000a4200020a420001"));
        buf.setShort(16, 40 + payload);
        int sum = 0;
        for (int at = 14; at < 34; at += 2) {
            sum += buf.getUnsignedShort(at);
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        buf.setShort(24, ~((sum & 0xffff) + (sum >>> 16)));
        buf.setBytes(34, ByteBufUtil.decodeHexDump("0007000800000001000000025010ffff00000000"));
        return frame;
    }

    // the next frame of that type; frames the kernel sends of itself are passed over
    private Packet take(int etherType) {
        for (int i = 0; i < 50; i++) {
            while (queue.receive(pool, taken::add, 1) == 1) {
                Packet last = taken.getLast();
                if (last.buf.getUnsignedShort(last.start + 12) == etherType) {
                    return last;
                }
                taken.removeLast().free();
            }
            queue.await(TENTH_NS, false);
        }
        throw new AssertionError("no frame came");
    }

    private static byte[] bytes(Packet packet) {
        return ByteBufUtil.getBytes(packet.buf, packet.start, packet.end - packet.start, true);
    }

    private Packet packet(byte[] octets, int headLen) {
        Packet packet = pool.allocate(headLen);
        int at = packet.append(headLen);
        packet.buf.setBytes(at, octets, 0, headLen);
        packet.l2 = at;
        ByteBuf rest = Unpooled.directBuffer().writeBytes(octets, headLen, octets.length - headLen);
        int half = rest.readableBytes() / 2;
        if (half > 0) {
            packet.addPiece(rest, 0, half);
            packet.addPiece(rest, half, rest.readableBytes() - half);
        }
        rest.release();
        return packet;
    }

    @Test
    void framesComeInAsTheKernelSentThem() {
        try (PacketSocket kernel = kernel(TYPE)) {
            for (int len : new int[] {60, 61, 1514}) {
                kernel.send(frame(TYPE, len));
                assertThat(bytes(take(TYPE))).isEqualTo(frame(TYPE, len));
            }
        }
    }

    @Test
    void framesGoOutAsTheyAre() {
        try (PacketSocket kernel = kernel(TYPE)) {
            for (int len : new int[] {60, 1514}) {
                Packet packet = packet(frame(TYPE, len), 14);
                assertThat(queue.transmit(packet)).isTrue();
                queue.flush();
                packet.free();
                assertThat(kernel.receive()).endsWith(frame(TYPE, len)).hasSize(10 + len);
            }
            assertThat(queue.transmitErrors()).isZero();
        }
    }

    @Test
    void mergedSegmentsComeInWhole() {
        byte[] frame = tcpFrame(45 * 1448);
        try (PacketSocket kernel = kernel(IPV4)) {
            kernel.send(ByteBufUtil.decodeHexDump("01013600a80522001000"), frame);
            Packet packet = take(IPV4);
            assertThat(bytes(packet)).isEqualTo(frame);
            assertThat(packet.gsoSize).isEqualTo(1448);
            assertThat(packet.has(Packet.CHECKSUM_PARTIAL)).isTrue();
            assertThat(packet.csumStart).isEqualTo(packet.start + 34);
            assertThat(packet.csumOffset).isEqualTo(16);
        }
    }

    @Test
    void segmentationIsLeftToTheKernel() {
        byte[] frame = tcpFrame(45 * 1448);
        try (PacketSocket kernel = kernel(IPV4)) {
            Packet packet = packet(frame, 54);
            packet.flags = Packet.CHECKSUM_PARTIAL;
            packet.csumStart = packet.start + 34;
            packet.csumOffset = 16;
            packet.gsoSize = 1448;
            assertThat(queue.transmit(packet)).isTrue();
            packet.free();
            assertThat(queue.transmitErrors()).isZero();
            ByteBuf seen = Unpooled.wrappedBuffer(kernel.receive());
            var header = new VirtioNetHeader().wrap(seen, 0);
            assertThat(header.flags()).isEqualTo(VirtioNetHeader.NEEDS_CSUM);
            assertThat(header.gsoType()).isEqualTo(VirtioNetHeader.GSO_TCPV4);
            assertThat(header.gsoSize()).isEqualTo(1448);
            assertThat(header.csumStart()).isEqualTo(34);
            assertThat(ByteBufUtil.getBytes(seen, 10, frame.length)).isEqualTo(frame);
        }
    }

    @Test
    void aHeaderTheKernelRefusesIsCountedAndNoMore() {
        Packet packet = packet(tcpFrame(100), 54);
        packet.flags = Packet.CHECKSUM_PARTIAL;
        packet.csumStart = packet.start + 60_000;
        packet.csumOffset = 16;
        assertThat(queue.transmit(packet)).isTrue();
        packet.free();
        assertThat(queue.transmitErrors()).isEqualTo(1);
        assertThat(queue.receive(pool, Packet::free, 1)).isNotNegative();
    }

    @Test
    void downAndUpIsSurvived() {
        host.ip("link", "set", name, "down");
        Packet lost = packet(frame(TYPE, 60), 60);
        assertThat(queue.transmit(lost)).isTrue();
        assertThat(queue.transmitErrors()).isEqualTo(1);
        assertThat(queue.receive(pool, Packet::free, 64)).isNotNegative();
        queue.await(1_000_000, false);
        assertThat(device.carrier()).as("looked at because of the error").isFalse();
        host.ip("link", "set", name, "up");
        try (PacketSocket kernel = kernel(TYPE)) {
            kernel.send(frame(TYPE, 60));
            assertThat(bytes(take(TYPE))).isEqualTo(frame(TYPE, 60));
            assertThat(queue.transmit(lost)).isTrue();
            assertThat(kernel.receive()).endsWith(frame(TYPE, 60));
        }
        lost.free();
    }

    @Test
    void readsNoMoreThanAsked() {
        try (PacketSocket kernel = kernel(TYPE)) {
            for (int i = 0; i < 5; i++) {
                kernel.send(frame(TYPE, 60));
            }
            int[] count = new int[1];
            assertThat(queue.receive(pool, frame -> {
                count[0]++;
                frame.free();
            }, 3)).isEqualTo(3);
            assertThat(count[0]).isEqualTo(3);
            assertThat(queue.receive(pool, Packet::free, 64)).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void aWakeUpEndsTheNextSleepAndTheRunningOne() throws InterruptedException {
        queue.wakeup();
        queue.await(Long.MAX_VALUE, false);
        var sleeper = new Thread(() -> sleepUntilWoken(Integer.MAX_VALUE));
        sleeper.start();
        queue.wakeup();
        device.close();
        assertThat(sleeper.join(Duration.ofSeconds(10))).isTrue();
    }

    private void sleepUntilWoken(int times) {
        for (int i = 0; i < times && queue.receive(pool, Packet::free, 64) >= 0; i++) {
            queue.await(Long.MAX_VALUE, false);
        }
    }

    @Test
    void sleepingWithoutLimitEndsWhenAFrameComesOrMayGo() {
        queue.await(Long.MAX_VALUE, true);
        try (PacketSocket kernel = kernel(TYPE)) {
            kernel.send(frame(TYPE, 60));
            queue.await(Long.MAX_VALUE, false);
            assertThat(bytes(take(TYPE))).isEqualTo(frame(TYPE, 60));
        }
    }

    @Test
    void closingWakesTheReaderAndFreesTheName() throws InterruptedException, DeviceException {
        for (int i = 0; i < 10; i++) {
            var reader = new Thread(() -> sleepUntilWoken(Integer.MAX_VALUE));
            reader.start();
            device.close();
            // the name is free when the reader has gone
            assertThat(reader.join(Duration.ofSeconds(60))).isTrue();
            assertThat(host.exists(name)).isFalse();
            device = new TapDriver().open(new DeviceSpec(name, null, 0, Map.of()));
            queue = device.queue(0);
        }
    }

    @Test
    void closingFromWithinAnUpCallEndsTheQueueAfterIt() {
        try (PacketSocket kernel = kernel(TYPE)) {
            kernel.send(frame(TYPE, 60));
            queue.await(Long.MAX_VALUE, false);
            queue.receive(pool, frame -> {
                frame.free();
                device.close();
            }, 1);
        }
        assertThat(queue.receive(pool, Packet::free, 1)).isEqualTo(-1);
        assertThat(host.exists(name)).isFalse();
    }
}
