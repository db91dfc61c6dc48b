package org.splnet.service.status;

import org.splnet.service.Cycle;

/// What `/bytes/N` consists of: octet `i` is `(i*31 + (i>>8)*7 + (i>>16)) & 255`. It repeats after 2^24
/// octets, so a piece that is lost, doubled or moved by less than 16 MiB shows.
final class TestPattern {
    /// The formula as the page shows it.
    static final String FORMULA = "(i*31 + (i>>8)*7 + (i>>16)) & 255";

    private static final int BLOCK = 256 << 10;
    private static final int PERIOD = 1 << 24;

    /// The endless pattern: 64 blocks of 256 KiB.
    static final Cycle CYCLE = new Cycle(BLOCK, PERIOD / BLOCK, TestPattern::at);

    private TestPattern() {
    }

    static byte at(long i) {
        return (byte) (i * 31 + (i >>> 8) * 7 + (i >>> 16));
    }
}
