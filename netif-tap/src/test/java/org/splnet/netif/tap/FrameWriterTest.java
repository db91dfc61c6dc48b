package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Errno;
import org.splnet.unix.Libc;

/// Writes to a file in place of a TAP.
@ExtendWith(NoLeaks.class)
class FrameWriterTest {
    @TempDir
    private Path dir;

    private final Libc libc = new Libc();
    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private int fd = -1;

    @AfterEach
    void close() {
        libc.close(fd);
    }

    private FrameWriter writer(int headerLen) throws IOException {
        if (fd >= 0) {
            libc.close(fd);
        }
        Files.write(dir.resolve("frames"), new byte[0]);
        fd = libc.open(dir.resolve("frames").toString(), Libc.O_RDWR);
        assertThat(fd).isNotNegative();
        return new FrameWriter(fd, headerLen);
    }

    private byte[] written() throws IOException {
        return Files.readAllBytes(dir.resolve("frames"));
    }

    private Packet packet(byte[] head) {
        Packet packet = pool.allocate(head.length);
        packet.buf.setBytes(0, random(Packet.HEADROOM));        // of what was there before
        int at = packet.append(head.length);
        packet.buf.setBytes(at, head);
        return packet;
    }

    private static byte[] random(int len) {
        byte[] octets = new byte[len];
        new SplittableRandom(len).nextBytes(octets);
        return octets;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 12})
    void gathersHeaderHeadAndPieces(int headerLen) throws IOException {
        FrameWriter writer = writer(headerLen);
        Packet packet = packet(random(54));
        ByteBuf direct = Unpooled.directBuffer().writeBytes(random(3000));
        packet.addPiece(direct, 100, 1400);
        packet.addPiece(direct, 2000, 7);
        long wrote = writer.write(packet);
        assertThat(wrote).isEqualTo(headerLen + 54 + 1400 + 7);
        assertThat(written()).isEqualTo(Unpooled.copiedBuffer(new byte[headerLen], random(54),
                bytes(direct, 100, 1400),
                bytes(direct, 2000, 7)).array());
        packet.free();
        direct.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 12})
    void leavesABufferAloneThatOthersHave(int headerLen) throws IOException {
        FrameWriter writer = writer(headerLen);
        Packet packet = packet(random(60));
        ByteBuf shared = packet.buf.retain();
        byte[] before = bytes(shared, 0, shared.capacity());
        assertThat(writer.write(packet)).isEqualTo(headerLen + 60);
        assertThat(written()).isEqualTo(Unpooled.copiedBuffer(new byte[headerLen], random(60)).array());
        assertThat(bytes(shared, 0, shared.capacity())).isEqualTo(before);
        packet.free();
        shared.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 10, 64})
    void takesAHeadWithLittleRoomInFront(int room) throws IOException {
        FrameWriter writer = writer(10);
        for (ByteBuf head : new ByteBuf[] {Unpooled.directBuffer(128), Unpooled.buffer(128)}) {
            head.setBytes(room, random(60));
            Packet packet = pool.wrap(head, room, 60);
            assertThat(writer.write(packet)).isEqualTo(70);
            packet.free();
        }
        byte[] once = Unpooled.copiedBuffer(new byte[10], random(60)).array();
        assertThat(written()).isEqualTo(Unpooled.copiedBuffer(once, once).array());
    }

    @Test
    void saysWhereTheChecksumGoes() throws IOException {
        FrameWriter writer = writer(10);
        Packet packet = packet(random(60));
        packet.flags |= Packet.CHECKSUM_PARTIAL;
        packet.csumStart = packet.start + 34;
        packet.csumOffset = 16;
        assertThat(writer.write(packet)).isEqualTo(70);
        assertThat(written()).startsWith(1, 0, 0, 0, 0, 0, 34, 0, 16, 0).endsWith(random(60));
        packet.free();
    }

    private static byte[] bytes(ByteBuf buf, int at, int len) {
        byte[] octets = new byte[len];
        buf.getBytes(at, octets);
        return octets;
    }

    @Test
    void takesPiecesThatAreNotDirect() throws IOException {
        FrameWriter writer = writer(0);
        ByteBuf heap = Unpooled.wrappedBuffer(random(500));
        ByteBuf composite = Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(random(300)),
                Unpooled.wrappedBuffer(random(400)));
        for (int i = 0; i < 2; i++) {
            Packet packet = packet(random(20));
            packet.addPiece(heap, 10, 200);
            packet.addPiece(composite, 200, 300);
            assertThat(writer.write(packet)).isEqualTo(520);
            packet.free();
        }
        byte[] once = Unpooled.copiedBuffer(random(20), bytes(heap, 10, 200), bytes(composite, 200, 300))
                .array();
        assertThat(written()).isEqualTo(Unpooled.copiedBuffer(once, once).array());
        heap.release();
        composite.release();
    }

    @Test
    void takesAsManyPiecesAsAPacketHas() throws IOException {
        FrameWriter writer = writer(12);
        Packet packet = packet(random(14));
        ByteBuf direct = Unpooled.directBuffer().writeBytes(random(Packet.MAX_PIECES * 1000));
        for (int i = 0; i < Packet.MAX_PIECES; i++) {
            packet.addPiece(direct, i * 1000, 1000);
        }
        assertThat(writer.write(packet)).isEqualTo(12 + 14 + Packet.MAX_PIECES * 1000);
        assertThat(written()).endsWith(random(Packet.MAX_PIECES * 1000));
        packet.free();
        direct.release();
    }

    @Test
    void refusesWhatNoFrameCanBe() throws IOException {
        FrameWriter writer = writer(0);
        Packet packet = packet(random(14));
        ByteBuf direct = Unpooled.directBuffer().writeZero(60_000);
        packet.addPiece(direct, 0, 60_000);
        packet.addPiece(direct, 0, 60_000);
        assertThat(writer.write(packet)).isEqualTo(-Errno.EINVAL);
        packet.free();
        direct.release();
    }
}
