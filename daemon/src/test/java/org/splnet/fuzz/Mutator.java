package org.splnet.fuzz;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Hostile octets from a seed: golden inputs bent a little or much, or nothing but noise.
public final class Mutator {
    private static final byte[] EDGES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 34, 40, 0x45, 0x7f, (byte) 0x80,
            (byte) 0xff};

    private final SplittableRandom random;
    private final byte[][] golden;

    public Mutator(long seed, byte[]... golden) {
        this.random = new SplittableRandom(seed);
        this.golden = golden;
    }

    /// The next input; a new array each time.
    public byte[] next() {
        if (random.nextInt(8) == 0) {
            return noise();
        }
        byte[] octets = golden[random.nextInt(golden.length)].clone();
        for (int i = random.nextInt(6); i > 0 && octets.length > 0; i--) {
            octets = bend(octets);
        }
        return octets;
    }

    private byte[] noise() {
        byte[] octets = new byte[random.nextInt(120)];
        random.nextBytes(octets);
        return octets;
    }

    private byte[] bend(byte[] octets) {
        int at = random.nextInt(octets.length);
        switch (random.nextInt(6)) {
            case 0 -> octets[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> octets[at] = EDGES[random.nextInt(EDGES.length)];
            case 2 -> octets[at] = (byte) random.nextInt();
            case 3 -> {
                return Arrays.copyOf(octets, at);
            }
            case 4 -> {
                byte[] other = golden[random.nextInt(golden.length)];
                int from = random.nextInt(other.length);
                System.arraycopy(other, from, octets, at, Math.min(octets.length - at, other.length - from));
            }
            default -> {
                byte[] longer = Arrays.copyOf(octets, octets.length + 1 + random.nextInt(8));
                System.arraycopy(octets, at, longer, longer.length - (octets.length - at),
                        octets.length - at);
                return longer;
            }
        }
        return octets;
    }
}
