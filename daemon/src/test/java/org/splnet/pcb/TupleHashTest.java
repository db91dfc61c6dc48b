package org.splnet.pcb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

class TupleHashTest {
    @Test
    void isSipHash13OfTheThirtySixOctets() {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 1000; i++) {
            long k0 = random.nextLong();
            long k1 = random.nextLong();
            long[] words = random.longs(4).toArray();
            int local = random.nextInt(65536);
            int remote = random.nextInt(65536);
            byte[] octets = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(words[0]).putLong(words[1]).putLong(words[2]).putLong(words[3])
                    .putInt(local << 16 | remote).array();
            assertThat(new TupleHash(k0, k1).hash(words[0], words[1], local, words[2], words[3], remote))
                    .as("seed %d", seed).isEqualTo(sipHash13(k0, k1, octets));
        }
    }

    /// The vector that implementations publish for no input and the key 00 01 ... 0f.
    @Test
    void theReferenceBelowIsRight() {
        assertThat(sipHash13(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, new byte[0]))
                .isEqualTo(0xabac0158050fc4dcL);
    }

    @Test
    void dependsOnTheSecret() {
        assertThat(new TupleHash(1).hash(0, 1, 2, 3, 4, 5))
                .isNotEqualTo(new TupleHash(2).hash(0, 1, 2, 3, 4, 5));
    }

    private static long sipHash13(long k0, long k1, byte[] in) {
        long[] v = {k0 ^ 0x736f6d6570736575L, k1 ^ 0x646f72616e646f6dL, k0 ^ 0x6c7967656e657261L,
            k1 ^ 0x7465646279746573L};
        ByteBuffer padded = ByteBuffer.allocate(in.length / 8 * 8 + 8).order(ByteOrder.LITTLE_ENDIAN).put(in);
        padded.put(padded.capacity() - 1, (byte) in.length).rewind();
        while (padded.hasRemaining()) {
            long m = padded.getLong();
            v[3] ^= m;
            round(v);
            v[0] ^= m;
        }
        v[2] ^= 0xff;
        round(v);
        round(v);
        round(v);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void round(long[] v) {
        v[0] += v[1];
        v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
        v[0] = Long.rotateLeft(v[0], 32);
        v[2] += v[3];
        v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
        v[2] = Long.rotateLeft(v[2], 32);
    }
}
