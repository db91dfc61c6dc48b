package org.splnet.netif.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;

@ExtendWith(NoLeaks.class)
class FrameWriterTest {
    private static final int MTU = 1500;

    private final Fd calls = Fd.mine();
    private final int ours = calls.pair(Fd.STREAM);
    private final int theirs = calls.second();
    private final PacketPool pool = new PacketPool(UnpooledByteBufAllocator.DEFAULT);
    private final FrameWriter writer = new FrameWriter(MTU);
    private final ByteBuf come = Unpooled.directBuffer(1 << 20);

    @AfterEach
    void close() {
        calls.close(ours);
        calls.close(theirs);
        writer.dispose();
        come.release();
    }

    private Packet packet(byte[] octets, int head) {
        Packet packet = pool.allocate(head);
        packet.buf.setBytes(packet.append(head), octets, 0, head);
        ByteBuf rest = Unpooled.wrappedBuffer(octets, head, octets.length - head);
        int half = rest.readableBytes() / 2;
        if (half > 0) {
            packet.addPiece(rest, 0, half);
            packet.addPiece(rest, half, rest.readableBytes() - half);
        } else if (rest.isReadable()) {
            packet.addPiece(rest, 0, 1);
        }
        rest.release();
        return packet;
    }

    private int put(byte[] octets, int head) {
        Packet packet = packet(octets, head);
        try {
            return writer.put(ours, packet);
        } finally {
            packet.free();
        }
    }

    private static byte[] octets(SplittableRandom random, int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }

    // the frames the peer has whole by now, one after the other
    private byte[] nextAtThePeer() {
        if (come.readableBytes() < 4 || come.readableBytes() < 4 + come.getInt(come.readerIndex())) {
            return null;
        }
        return ByteBufUtil.getBytes(come.readSlice(come.readInt()));
    }

    private void peerReads(int most) {
        come.discardReadBytes();
        ByteBuf part = Unpooled.directBuffer(most, most);
        if (calls.read(theirs, part) > 0) {
            come.writeBytes(part);
        }
        part.release();
    }

    @Test
    void putsEachFrameBehindItsLengthAndSendsAllAtOnce() {
        assertThat(put(new byte[] {1, 2, 3}, 1)).isEqualTo(1);
        assertThat(put(new byte[] {4}, 1)).isEqualTo(1);
        peerReads(100);
        assertThat(come.isReadable()).as("nothing before the flush").isFalse();
        assertThat(writer.push(ours)).isEqualTo(1);
        peerReads(100);
        assertThat(ByteBufUtil.hexDump(come)).isEqualTo("00000003010203" + "0000000104");
    }

    /// A peer that reads as it pleases gets every frame that was taken, in order and whole; one that was not
    /// taken is the caller's to try again.
    @Test
    void nothingIsLostOrMixedUpWhenThePeerIsSlow() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        calls.sendBuffer(ours, 4096);
        var expected = new ArrayDeque<byte[]>();
        int refused = 0;
        int left = 0;
        for (int i = 0; i < 5000; i++) {
            int length = 1 + random.nextInt(MTU + 14);
            byte[] frame = octets(random, length);
            int result = put(frame, 1 + random.nextInt(length));
            assertThat(result).as("seed %d", seed).isNotNegative();
            refused += 1 - result;
            if (result == 1) {
                expected.add(frame);
            }
            if (random.nextInt(3) == 0) {
                left += 1 - writer.push(ours);
            }
            boolean slow = i / 1000 % 2 == 0;
            while (random.nextInt(3) > (slow ? 1 : 0)) {
                peerReads(1 + random.nextInt(slow ? 500 : 4000));
            }
            for (byte[] got; (got = nextAtThePeer()) != null; ) {
                assertThat(got).as("seed %d, frame %d", seed, i).isEqualTo(expected.poll());
            }
        }
        while (writer.push(ours) == 0 || !expected.isEmpty()) {
            peerReads(60_000);
            for (byte[] got; (got = nextAtThePeer()) != null; ) {
                assertThat(got).as("seed %d", seed).isEqualTo(expected.poll());
            }
        }
        assertThat(refused).as("the peer was slow enough to matter, seed %d", seed).isPositive();
        assertThat(left).as("seed %d", seed).isPositive();
    }

    @Test
    void tellsThatThePeerIsGoneAndWhatWasLostWithIt() {
        put(new byte[60], 60);
        put(new byte[60], 60);
        calls.shutdown(theirs, Fd.SHUT_RD);
        assertThat(writer.push(ours)).isEqualTo(-Errno.EPIPE);
        assertThat(writer.restart()).isEqualTo(2);
        assertThat(writer.restart()).as("once").isZero();
    }

    @Test
    void knowsWhatNoPeerWouldTake() {
        Packet fits = packet(new byte[MTU + 22], 54);
        Packet more = packet(new byte[MTU + 23], 54);
        assertThat(writer.tooLong(fits)).isFalse();
        assertThat(writer.tooLong(more)).isTrue();
        fits.free();
        more.free();
    }
}
