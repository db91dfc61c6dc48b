package org.splnet.service;

/// The popular pattern of RFC 864: lines of 72 of the 95 printing characters, each line starting one further.
final class CharacterPattern {
    private static final int PRINTING = 95;
    private static final int WIDTH = 72;
    private static final int LINE = WIDTH + 2;
    private static final int PERIOD = PRINTING * LINE;
    private static final int PERIODS_PER_BLOCK = 37;

    /// The endless pattern, in one block of a quarter of a mebibyte.
    static final Cycle LINES = new Cycle(PERIODS_PER_BLOCK * PERIOD, 1, CharacterPattern::at);

    private CharacterPattern() {
    }

    private static byte at(long position) {
        int line = (int) (position / LINE % PRINTING);
        int column = (int) (position % LINE);
        if (column >= WIDTH) {
            return (byte) (column == WIDTH ? '\r' : '\n');
        }
        return (byte) (' ' + (line + column) % PRINTING);
    }
}
