package org.splnet.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.capture.BpfProgram.Instruction;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// The filter machine: what it refuses to run, and what it does with each instruction.
@ExtendWith(NoLeaks.class)
class BpfProgramTest {
    private static final byte[] FRAME = {0x45, (byte) 0x81, 2, (byte) 0xff, 4, 5, 6, 7};

    /// `code jt jf k; …`, numbers as in `tcpdump -ddd`, codes in hexadecimal.
    private static Instruction[] instructions(String text) {
        return Arrays.stream(text.split(";")).map(String::strip).map(line -> line.split(" +"))
                .map(p -> new Instruction(Integer.parseInt(p[0], 16), Integer.parseInt(p[1]),
                        Integer.parseInt(p[2]), (int) Long.parseLong(p[3])))
                .toArray(Instruction[]::new);
    }

    private static int run(String text) {
        return new BpfProgram(instructions(text)).run(FrameView.of(FRAME));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "6 0 0 7 | 7", "0 0 0 9; 16 0 0 0 | 9", "20 0 0 0; 16 0 0 0 | 1166082815", "28 0 0 2; 16 0 0 0 | 767",
        "30 0 0 3; 16 0 0 0 | 255", "28 0 0 7; 6 0 0 1 | 0", "20 0 0 5; 6 0 0 1 | 0",
        "30 0 0 4294967295; 6 0 0 1 | 0", "80 0 0 0; 16 0 0 0 | 8", "1 0 0 2; 50 0 0 1; 16 0 0 0 | 255",
        "1 0 0 2; 48 0 0 0; 16 0 0 0 | 767", "1 0 0 4294967295; 50 0 0 1; 6 0 0 1 | 0",
        "b1 0 0 0; 87 0 0 0; 16 0 0 0 | 20", "b1 0 0 8; 6 0 0 1 | 0", "81 0 0 0; 87 0 0 0; 16 0 0 0 | 8",
        "0 0 0 5; 2 0 0 3; 61 0 0 3; 87 0 0 0; 16 0 0 0 | 5", "1 0 0 6; 3 0 0 15; 60 0 0 15; 16 0 0 0 | 6",
        "60 0 0 1; 16 0 0 0 | 0", "0 0 0 5; 7 0 0 0; 0 0 0 3; c 0 0 0; 16 0 0 0 | 8",
        "0 0 0 3; 14 0 0 5; 16 0 0 0 | -2", "0 0 0 3; 24 0 0 5; 16 0 0 0 | 15",
        "0 0 0 4294967295; 34 0 0 2; 16 0 0 0 | 2147483647", "0 0 0 4294967295; 94 0 0 10; 16 0 0 0 | 5",
        "0 0 0 9; 3c 0 0 0; 6 0 0 1 | 0", "0 0 0 9; 9c 0 0 0; 6 0 0 1 | 0", "0 0 0 5; 44 0 0 2; 16 0 0 0 | 7",
        "0 0 0 5; 54 0 0 4; 16 0 0 0 | 4", "0 0 0 5; 64 0 0 2; 16 0 0 0 | 20",
        "0 0 0 5; 74 0 0 1; 16 0 0 0 | 2",
        "0 0 0 5; a4 0 0 1; 16 0 0 0 | 4", "0 0 0 5; 84 0 0 0; 16 0 0 0 | -5",
        "1 0 0 33; 0 0 0 5; 6c 0 0 0; 16 0 0 0 | 0", "1 0 0 33; 0 0 0 5; 7c 0 0 0; 16 0 0 0 | 0",
        "0 0 0 5; 15 0 1 5; 6 0 0 1; 6 0 0 2 | 1", "0 0 0 4; 15 0 1 5; 6 0 0 1; 6 0 0 2 | 2",
        "0 0 0 4294967295; 25 0 1 5; 6 0 0 1; 6 0 0 2 | 1", "0 0 0 5; 35 0 1 5; 6 0 0 1; 6 0 0 2 | 1",
        "0 0 0 6; 45 0 1 9; 6 0 0 1; 6 0 0 2 | 2", "5 0 0 1; 6 0 0 1; 6 0 0 2 | 2",
        "1 0 0 5; 0 0 0 5; 1d 0 1 0; 6 0 0 1; 6 0 0 2 | 1"})
    void does(String text, int result) {
        assertThat(run(text)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0 0 0 1 | the last must be a return", "5 0 0 0; 6 0 0 0; 15 0 0 0 | instruction 2",
        "5 0 0 1; 6 0 0 0 | jumps out", "5 0 0 4294967295; 6 0 0 0 | jumps out",
        "15 1 0 0; 6 0 0 0 | jumps out", "15 0 1 0; 6 0 0 0 | jumps out",
        "60 0 0 16; 6 0 0 0 | no such word", "2 0 0 4294967295; 6 0 0 0 | no such word",
        "34 0 0 0; 6 0 0 0 | divides by zero", "94 0 0 0; 6 0 0 0 | divides by zero",
        "64 0 0 32; 6 0 0 0 | shifts by more than 31", "f 0 0 0; 6 0 0 0 | no such instruction",
        "b4 0 0 0; 6 0 0 0 | no such instruction", "55 0 0 0; 6 0 0 0 | no such instruction",
        "120 0 0 0; 6 0 0 0 | no such instruction", "8c 0 0 0; 6 0 0 0 | no such instruction",
        "d 0 0 0; 6 0 0 0 | no such instruction", "a0 0 0 0; 6 0 0 0 | no such instruction",
        "30 0 0 4294963204; 6 0 0 0 | only the kernel knows"})
    void refusesToRun(String text, String why) {
        assertThatThrownBy(() -> run(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void hasABound() {
        Instruction ret = new Instruction(6, 0, 0, 1);
        Instruction[] most = new Instruction[BpfProgram.MOST];
        Arrays.fill(most, ret);
        assertThat(new BpfProgram(most).run(FrameView.of(FRAME))).isEqualTo(1);
        assertThatThrownBy(() -> new BpfProgram(Arrays.copyOf(most,
                0))).hasMessageContaining("must be in 1..");
        Instruction[] more = new Instruction[BpfProgram.MOST + 1];
        Arrays.fill(more, ret);
        assertThatThrownBy(() -> new BpfProgram(more)).hasMessageContaining("4097 instructions");
    }

    /// Whatever the numbers: refused, or it ends without a fault.
    @Test
    void endsWhateverTheProgram() {
        Random random = new Random(TestSeed.next());
        int ran = 0;
        for (int i = 0; i < 50_000; i++) {
            Instruction[] all = new Instruction[1 + random.nextInt(8)];
            for (int j = 0; j < all.length; j++) {
                all[j] = new Instruction(random.nextInt(256), random.nextInt(4), random.nextInt(4),
                        random.nextBoolean() ? random.nextInt(20) : random.nextInt());
            }
            all[all.length - 1] = new Instruction(0x16, 0, 0, 0);
            BpfProgram program;
            try {
                program = new BpfProgram(all);
            } catch (IllegalArgumentException e) {
                continue;
            }
            program.run(FrameView.of(FRAME));
            ran++;
        }
        assertThat(ran).isPositive();
    }

    /// A packet in pieces reads as the same octets in one.
    @Test
    void piecesReadAsOne() {
        Random random = new Random(TestSeed.next());
        PacketPool pool = new PacketPool(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT);
        byte[] octets = new byte[64];
        random.nextBytes(octets);
        for (int round = 0; round < 200; round++) {
            Packet packet = pool.allocate(64);
            int at = 1 + random.nextInt(40);
            packet.buf.setBytes(packet.append(at), octets, 0, at);
            while (at < octets.length) {
                int take = Math.min(octets.length - at, 4 + random.nextInt(20));
                ByteBuf piece = Unpooled.copiedBuffer(octets, at, take);
                packet.addPiece(piece, 0, take);
                piece.release();
                at += take;
            }
            boolean bare = random.nextBoolean();
            octets[0] = (byte) (random.nextBoolean() ? 0x45 : 0x60);
            packet.buf.setByte(packet.start, octets[0]);
            byte[] all = bare ? new byte[14 + 64] : octets;
            if (bare) {
                System.arraycopy(octets, 0, all, 14, 64);
                all[12] = (byte) (octets[0] == 0x45 ? 8 : 0x86);
                all[13] = (byte) (octets[0] == 0x45 ? 0 : 0xdd);
            }
            FrameView.OfPacket view = new FrameView.OfPacket().wrap(packet, bare);
            FrameView whole = FrameView.of(all);
            assertThat(view.length()).isEqualTo(all.length);
            for (int i = 0; i <= all.length - 4; i++) {
                assertThat(view.u8(i)).isEqualTo(whole.u8(i));
                assertThat(view.u16(i)).isEqualTo(whole.u16(i));
                assertThat(view.u32(i)).isEqualTo(whole.u32(i));
            }
            int kept = random.nextInt(all.length + 1);
            assertThat(view.copy(kept)).isEqualTo(Arrays.copyOf(all, kept));
            packet.free();
        }
    }
}
