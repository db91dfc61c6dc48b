package org.splnet.wire;

import io.netty.buffer.ByteBuf;

/// The options of one TCP segment, as a value: read from a header by [#parse], or set piece by piece and put
/// into one by [#write]. Holds no reference to the buffer. Mutable and reused; used by one thread.
///
/// Reading follows RFC 9293 §3.1 and §3.2: every option is stepped over by its length, known or not (MUST-4
/// to MUST-7, MUST-68); an illegal length ends the reading, what stands before it counts, and [#malformed]
/// says so (MUST-7: no failure); options need not be aligned (MUST-64), and padding is not looked at
/// (MUST-69). Choices where the RFCs leave one:
/// - a known option of a wrong length is stepped over like an unknown one;
/// - of two options of one kind the last counts, whole: what the stacks in use do, so that we and a middlebox
///   see the same segment;
/// - options that belong to a SYN count only there, SACK blocks only elsewhere (RFC 9293 §3.7.1, RFC 7323
///   §2.2, RFC 2018 §2 and §3, RFC 7413 §4.1.1).
public final class TcpOptions {
    public static final int END = 0;
    public static final int NOP = 1;
    public static final int MSS = 2;
    public static final int WINDOW_SCALE = 3;
    public static final int SACK_PERMITTED = 4;
    public static final int SACK = 5;
    public static final int TIMESTAMPS = 8;
    public static final int FAST_OPEN = 34;

    /// RFC 7323 §2.3.
    public static final int MAX_WINDOW_SCALE = 14;
    /// As many as 40 octets hold (RFC 2018 §3).
    public static final int MAX_SACK_BLOCKS = 4;
    /// Octets that [#write] needs for timestamps, which every segment then carries.
    public static final int TIMESTAMPS_LEN = 12;

    private static final int MAX_COOKIE = 16;
    private static final int MIN_COOKIE = 4;
    private static final int MSS_LEN = 4;
    private static final int WINDOW_SCALE_LEN = 3;
    private static final int SACK_PERMITTED_LEN = 2;
    private static final int TIMESTAMPS_OPTION_LEN = 10;
    /// NOP, NOP, timestamps, length 10: how nearly every established segment begins (RFC 7323, appendix A).
    private static final int ALIGNED_TIMESTAMPS = 0x0101_080a;

    private int present;
    private boolean malformed;
    private int mss;
    private int windowScale;
    private int tsVal;
    private int tsEcr;
    private int sackBlocks;
    private final int[] sackLeft = new int[MAX_SACK_BLOCKS];
    private final int[] sackRight = new int[MAX_SACK_BLOCKS];
    private int cookieLen;
    private long cookieHi;
    private long cookieLo;

    /// Empties it.
    public TcpOptions clear() {
        present = 0;
        malformed = false;
        sackBlocks = 0;
        cookieLen = 0;
        return this;
    }

    /// Reads the options of a header that has been seen to fit, in place of what was here.
    public TcpOptions parse(TcpHeader header) {
        return parse(header.buf(), header.options(), header.optionsLen(), header.syn());
    }

    /// Reads `len` octets of options. Borrows `buf`.
    public TcpOptions parse(ByteBuf buf, int at, int len, boolean syn) {
        clear();
        if (len == TIMESTAMPS_LEN && buf.getInt(at) == ALIGNED_TIMESTAMPS) {
            return timestamps(buf.getInt(at + 4), buf.getInt(at + 8));
        }
        int end = at + len;
        int i = at;
        while (i < end) {
            int kind = buf.getUnsignedByte(i);
            if (kind == END) {
                break;
            }
            if (kind == NOP) {
                i++;
                continue;
            }
            int size = i + 1 < end ? buf.getUnsignedByte(i + 1) : 0;
            if (size < 2 || size > end - i) {
                malformed = true;
                break;
            }
            option(buf, i + 2, kind, size, syn);
            i += size;
        }
        return this;
    }

    private void option(ByteBuf buf, int body, int kind, int size, boolean syn) {
        switch (kind) {
            case TIMESTAMPS -> {
                if (size == TIMESTAMPS_OPTION_LEN) {
                    timestamps(buf.getInt(body), buf.getInt(body + 4));
                }
            }
            case SACK -> {
                if (!syn && size > 2 && (size - 2) % 8 == 0) {
                    sack(buf, body, (size - 2) / 8);
                }
            }
            default -> {
                if (syn) {
                    synOption(buf, body, kind, size);
                }
            }
        }
    }

    private void synOption(ByteBuf buf, int body, int kind, int size) {
        if (kind == MSS && size == MSS_LEN) {
            mss(buf.getUnsignedShort(body));
        } else if (kind == WINDOW_SCALE && size == WINDOW_SCALE_LEN) {
            // RFC 7323 §2.3: a larger shift count MUST be taken as 14.
            windowScale(Math.min(buf.getUnsignedByte(body), MAX_WINDOW_SCALE));
        } else if (kind == SACK_PERMITTED && size == SACK_PERMITTED_LEN) {
            sackPermitted();
        } else if (kind == FAST_OPEN) {
            cookie(buf, body, size - 2);
        }
    }

    private void sack(ByteBuf buf, int body, int blocks) {
        sackBlocks = 0;
        for (int i = 0; i < blocks && i < MAX_SACK_BLOCKS; i++) {
            sackBlock(buf.getInt(body + 8 * i), buf.getInt(body + 8 * i + 4));
        }
    }

    /// RFC 7413 §4.1.1: no cookie is a request for one; else 4 to 16 octets, an even number.
    private void cookie(ByteBuf buf, int body, int len) {
        if (len != 0 && (len < MIN_COOKIE || len > MAX_COOKIE || (len & 1) != 0)) {
            return;
        }
        long hi = 0;
        long lo = 0;
        for (int i = 0; i < len; i++) {
            long octet = buf.getUnsignedByte(body + i);
            if (i < 8) {
                hi |= octet << 56 - 8 * i;
            } else {
                lo |= octet << 120 - 8 * i;
            }
        }
        fastOpen(hi, lo, len);
    }

    private boolean has(int kind) {
        return (present >>> kind & 1) != 0;
    }

    private TcpOptions with(int kind) {
        present |= 1 << kind;
        return this;
    }

    /// True if reading ended at an illegal length.
    public boolean malformed() {
        return malformed;
    }

    public boolean hasMss() {
        return has(MSS);
    }

    /// As received, which may be 0: what is sensible is for the connection to say.
    public int mss() {
        return mss;
    }

    public TcpOptions mss(int mss) {
        this.mss = mss;
        return with(MSS);
    }

    public boolean hasWindowScale() {
        return has(WINDOW_SCALE);
    }

    /// Shift count, 0 to 14.
    public int windowScale() {
        return windowScale;
    }

    public TcpOptions windowScale(int shift) {
        this.windowScale = shift;
        return with(WINDOW_SCALE);
    }

    public boolean hasSackPermitted() {
        return has(SACK_PERMITTED);
    }

    public TcpOptions sackPermitted() {
        return with(SACK_PERMITTED);
    }

    public boolean hasTimestamps() {
        return has(TIMESTAMPS);
    }

    public int tsVal() {
        return tsVal;
    }

    public int tsEcr() {
        return tsEcr;
    }

    public TcpOptions timestamps(int tsVal, int tsEcr) {
        this.tsVal = tsVal;
        this.tsEcr = tsEcr;
        return with(TIMESTAMPS);
    }

    /// How many SACK blocks there are, 0 to 4.
    public int sackBlocks() {
        return sackBlocks;
    }

    /// First sequence number of block `i`.
    public int sackLeft(int i) {
        return sackLeft[i];
    }

    /// Sequence number behind block `i`. As received: nothing says it lies beyond [#sackLeft].
    public int sackRight(int i) {
        return sackRight[i];
    }

    /// Adds a block behind those there are; the most recent must come first (RFC 2018 §4).
    public TcpOptions sackBlock(int left, int right) {
        sackLeft[sackBlocks] = left;
        sackRight[sackBlocks] = right;
        sackBlocks++;
        return this;
    }

    public boolean hasFastOpen() {
        return has(0);
    }

    /// Octets of the fast-open cookie; 0 in a request for one.
    public int cookieLen() {
        return cookieLen;
    }

    /// The first eight octets of the cookie, the first being the most significant; zero behind its end.
    public long cookieHi() {
        return cookieHi;
    }

    /// The rest of it.
    public long cookieLo() {
        return cookieLo;
    }

    /// Sets the cookie: `len` octets, 0 (a request) or 4 to 16 and even, zero behind them.
    public TcpOptions fastOpen(long hi, long lo, int len) {
        cookieHi = hi;
        cookieLo = lo;
        cookieLen = len;
        return with(0);                                  // bit 0, as kind 34 is beyond an int
    }

    /// Octets that [#write] will write: a multiple of 4.
    public int length() {
        int len = 0;
        if (hasMss()) {
            len += MSS_LEN;
        }
        if (hasTimestamps()) {
            len += TIMESTAMPS_LEN;                       // SACK-permitted takes the place of the NOPs
        } else if (hasSackPermitted()) {
            len += 4;
        }
        if (hasWindowScale()) {
            len += 4;
        }
        if (hasFastOpen()) {
            len += 2 + cookieLen + 3 & ~3;
        }
        int blocks = writableBlocks(len);
        return blocks == 0 ? len : len + 4 + 8 * blocks;
    }

    /// RFC 2018 §3: as many blocks as the 40 octets leave room for; three beside timestamps.
    private int writableBlocks(int before) {
        return Math.min(sackBlocks, Math.max(0, (TcpHeader.MAX_OPTIONS - before - 4) / 8));
    }

    /// Writes the options from index `at` on, each aligned to four octets by NOPs before it. SACK blocks that
    /// do not fit are left out. Borrows `buf`, which must have [#length] octets there.
    ///
    /// @return octets written: [#length]
    public int write(ByteBuf buf, int at) {
        int i = at;
        if (hasMss()) {
            buf.setInt(i, MSS << 24 | MSS_LEN << 16 | mss & 0xffff);
            i += 4;
        }
        if (hasTimestamps() || hasSackPermitted()) {
            i = writeTimestampsAndSackPermitted(buf, i);
        }
        if (hasWindowScale()) {
            buf.setInt(i, NOP << 24 | WINDOW_SCALE << 16 | WINDOW_SCALE_LEN << 8 | windowScale & 0xff);
            i += 4;
        }
        if (hasFastOpen()) {
            i = writeFastOpen(buf, i);
        }
        int blocks = writableBlocks(i - at);
        if (blocks > 0) {
            buf.setInt(i, NOP << 24 | NOP << 16 | SACK << 8 | 2 + 8 * blocks);
            i += 4;
            for (int b = 0; b < blocks; b++, i += 8) {
                buf.setInt(i, sackLeft[b]);
                buf.setInt(i + 4, sackRight[b]);
            }
        }
        return i - at;
    }

    private int writeTimestampsAndSackPermitted(ByteBuf buf, int at) {
        int i = at;
        if (!hasTimestamps()) {
            buf.setInt(i, NOP << 24 | NOP << 16 | SACK_PERMITTED << 8 | SACK_PERMITTED_LEN);
            return i + 4;
        }
        buf.setShort(i, hasSackPermitted() ? SACK_PERMITTED << 8 | SACK_PERMITTED_LEN : NOP << 8 | NOP);
        buf.setShort(i + 2, TIMESTAMPS << 8 | TIMESTAMPS_OPTION_LEN);
        buf.setInt(i + 4, tsVal);
        buf.setInt(i + 8, tsEcr);
        return i + TIMESTAMPS_LEN;
    }

    private int writeFastOpen(ByteBuf buf, int at) {
        int i = at;
        if ((2 + cookieLen & 3) != 0) {                  // the length is even, so two NOPs or none
            buf.setShort(i, NOP << 8 | NOP);
            i += 2;
        }
        buf.setByte(i, FAST_OPEN);
        buf.setByte(i + 1, 2 + cookieLen);
        i += 2;
        for (int c = 0; c < cookieLen; c++) {
            long half = c < 8 ? cookieHi : cookieLo;
            buf.setByte(i + c, (int) (half >>> 56 - 8 * (c & 7)));
        }
        return i + cookieLen;
    }
}
