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
    @ValueSource(ints = {1, 60, 1514, 1997, 1998, 1999, 2048, 9014, 65549, 65600})
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
        assertThat(seen).isEmpty();
        assertThat(pool.drops().count(DropReason.ETHER_TRUNCATED)).isEqualTo(1);
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
        assertThat(kept).allMatch(buf -> buf.refCnt() == 1);
        assertThat(kept.getLast().capacity()).isEqualTo(2048);
    }

    private void keep(Packet frame) {
        kept.add(frame.takeBuf());
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
