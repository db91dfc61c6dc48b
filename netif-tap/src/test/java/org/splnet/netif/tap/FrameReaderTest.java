package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.driver.ReceiveSlot;
import org.splnet.driver.VirtioNetHeader;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Libc;
import org.splnet.wire.Checksum;

/// Reads files in place of a TAP: a file is one frame, with whatever header a kernel would never write.
@ExtendWith(NoLeaks.class)
class FrameReaderTest {
    @TempDir
    private Path dir;

    private final Libc libc = new Libc();
    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private final List<byte[]> seen = new ArrayList<>();
    private final List<ByteBuf> kept = new ArrayList<>();
    private FrameReader reader;
    private int fd = -1;

    @AfterEach
    void close() {
        libc.close(fd);
        reader.dispose();
        kept.forEach(ByteBuf::release);
    }

    private void device(int headerLen, byte[] octets) throws IOException {
        if (fd >= 0) {
            libc.close(fd);
            reader.dispose();
        }
        Path file = dir.resolve("frame");
        Files.write(file, octets);
        fd = libc.open(file.toString(), Libc.O_RDWR);
        assertThat(fd).isNotNegative();
        reader = new FrameReader(fd, headerLen, 1500);
    }

    private void look(Packet frame) {
        seen.add(ByteBufUtil.getBytes(frame.buf, frame.start, frame.length(), true));
        assertThat(frame.start).isEqualTo(ReceiveSlot.FRAME_AT);
        assertThat(frame.l2).isEqualTo(frame.start);
        frame.free();
    }

    private static byte[] random(int len) {
        byte[] octets = new byte[len];
        new SplittableRandom(len).nextBytes(octets);
        return octets;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 60, 1514, 1997, 1998, 1999, 2048, 9014, 65549, 65741})
    void handsUpAFrameOfAnyLengthInOnePiece(int len) throws IOException {
        byte[] frame = random(len);
        for (int headerLen : new int[] {0, 10, 12}) {
            seen.clear();
            device(headerLen, Unpooled.copiedBuffer(new byte[headerLen], frame).array());
            assertThat(reader.read(pool, this::look)).isEqualTo(1);
            assertThat(seen).singleElement().isEqualTo(frame);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 12})
    void countsWhatIsNoLongerThanTheHeader(int len) throws IOException {
        device(12, random(len));
        assertThat(reader.read(pool, this::look)).isEqualTo(1);
        assertThat(seen).isEmpty();
        assertThat(pool.drops().count(DropReason.ETHER_TRUNCATED)).isEqualTo(1);
    }

    @Test
    void countsWhatFillsItsBuffers() throws IOException {
        device(12, new byte[70_000]);
        reader.read(pool, this::look);
        device(12, new byte[12 + 65_742]);
        reader.read(pool, this::look);
        assertThat(seen).isEmpty();
        assertThat(pool.drops().count(DropReason.ETHER_TRUNCATED)).isEqualTo(2);
    }

    @Test
    void countsAHeaderThatContradictsTheFrame() throws IOException {
        byte[] frame = new byte[72];
        frame[0] = VirtioNetHeader.NEEDS_CSUM;
        frame[6] = 34;
        frame[8] = 60;
        device(12, frame);
        assertThat(reader.read(pool, this::look)).isEqualTo(1);
        assertThat(seen).isEmpty();
        assertThat(pool.drops().count(DropReason.ETHER_BAD_OFFLOAD)).isEqualTo(1);
    }

    /// Behind a virtio header, `octets` of UDP payload in one frame, to be cut every `size`.
    private static byte[] merged(int octets, int size) {
        byte[] frame = new byte[12 + 14 + 20 + 8 + octets];
        ByteBuf buf = Unpooled.wrappedBuffer(frame);
        buf.setByte(0, VirtioNetHeader.NEEDS_CSUM).setByte(1, VirtioNetHeader.GSO_UDP_L4);
        buf.setShortLE(2, 42).setShortLE(4, size).setShortLE(6, 34).setShortLE(8, 6);
        buf.setShort(12 + 12, 0x0800).setByte(26, 0x45).setShort(28, 28 + octets).setShort(30, 0xffff);
        buf.setByte(35, 17).setShort(46 + 4, 8 + octets);
        for (int i = 0; i < octets; i++) {
            buf.setByte(54 + i, i / size);
        }
        return frame;
    }

    @Test
    void cutsWhatIsSeveralDatagrams() throws IOException {
        device(12, merged(2500, 1000));
        reader.read(pool, frame -> {
            ByteBuf buf = frame.buf;
            int nth = seen.size();
            int payload = nth < 2 ? 1000 : 500;
            assertThat(frame.length()).isEqualTo(42 + payload);
            assertThat(buf.getUnsignedShort(frame.start + 16)).isEqualTo(28 + payload);
            assertThat(buf.getUnsignedShort(frame.start + 18)).isEqualTo(0xffff + nth & 0xffff);
            assertThat(Checksum.finish(Checksum.sum(buf, frame.start + 14, 20))).isZero();
            assertThat(buf.getUnsignedShort(frame.start + 38)).isEqualTo(8 + payload);
            seen.add(ByteBufUtil.getBytes(buf, frame.start + 42, payload, true));
            frame.free();
        });
        assertThat(seen).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(seen.get(i)).containsOnly(i);
        }
    }

    @Test
    void countsMoreDatagramsThanASenderCanMerge() throws IOException {
        device(12, merged(1280, 10));
        reader.read(pool, frame -> {
            seen.add(new byte[0]);
            frame.free();
        });
        assertThat(seen).hasSize(128);
        device(12, merged(1281, 10));
        reader.read(pool, this::look);
        assertThat(seen).hasSize(128);
        assertThat(pool.drops().count(DropReason.ETHER_BAD_OFFLOAD)).isEqualTo(1);
    }

    @Test
    void leavesAKeptFrameAlone() throws IOException {
        byte[] both = random(4400);
        device(0, both);
        reader.read(pool, this::keep);
        assertThat(kept).singleElement().satisfies(buf ->
                assertThat(ByteBufUtil.getBytes(buf)).isEqualTo(both));
        Files.write(dir.resolve("frame"), random(100), StandardOpenOption.APPEND);
        reader.read(pool, this::keep);
        assertThat(kept).hasSize(2);
        assertThat(kept.getLast()).isNotSameAs(kept.getFirst());
        assertThat(ByteBufUtil.getBytes(kept.getFirst())).isEqualTo(both);
        assertThat(ByteBufUtil.getBytes(kept.getLast())).isEqualTo(random(100));
        assertThat(kept.getLast().capacity()).isEqualTo(2048);
        reader.dispose();
        assertThat(kept).as("theirs alone").allMatch(buf -> buf.refCnt() == 1);
    }

    private void keep(Packet frame) {
        kept.add(frame.buf.retain());
        frame.free();
    }

    @Test
    void givesUpABufferThatSomebodyMadeLonger() throws IOException {
        device(0, random(100));
        reader.read(pool, frame -> {
            frame.append(4000);
            frame.free();
        });
        Files.write(dir.resolve("frame"), random(64), StandardOpenOption.APPEND);
        reader.read(pool, this::look);
        assertThat(seen).singleElement().isEqualTo(random(64));
    }

    @Test
    void survivesASinkThatThrows() throws IOException {
        device(0, random(100));
        assertThatIllegalStateException().isThrownBy(() ->
                reader.read(pool, frame -> {
                    frame.free();
                    throw new IllegalStateException("fault");
                }));
        assertThat(seen).isEmpty();
    }
}
