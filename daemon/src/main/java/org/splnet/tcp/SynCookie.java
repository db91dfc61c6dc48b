package org.splnet.tcp;

import org.splnet.kern.Entropy;
import org.splnet.kern.SipHash;

/// Initial sequence numbers that remember a SYN in its sender's stead (RFC 4987 §3.6, appendix A):
///
/// ```text
///  31                            8 7      6  4 3  1  0
/// +-------------------------------+--------+-----+----+------+
/// |  24 bits of a keyed hash      | parity | MSS | WS | SACK |   the low octet masked by further 8 of them
/// +-------------------------------+--------+-----+----+------+
/// ```
///
/// The hash is over both ends, the peer's number and the low octet, under a secret that changes every 64
/// seconds; the parity says which of the last two. Whoever guesses is right once in 16 million segments, and
/// less often with timestamps, whose echo must be of the last two minutes as well. These come back with the
/// acknowledgement and need no bits; ECN is lost.
///
/// Numbers in, numbers out. Any thread.
final class SynCookie {
    /// No cookie.
    static final int NONE = -1;
    /// How long a secret is used; a cookie is good for one to two of these.
    static final long PERIOD_NS = 64_000_000_000L;

    /// Segment sizes that are remembered, the next lower one for all others.
    private static final int[] MSS = {64, 536, 1200, 1360, 1400, 1440, 1460, 8960};
    /// Window scales, the first being none, likewise.
    private static final int[] SCALES = {-1, 0, 2, 4, 6, 7, 8, 9};

    private final long key0;
    private final long key1;

    /// @param entropy gives the secret, once
    SynCookie(Entropy entropy) {
        key0 = entropy.nextLong();
        key1 = entropy.nextLong();
    }

    /// The number to answer a SYN with.
    ///
    /// @param mss announced, or the default
    /// @param scale offered, negative for none
    int make(long localHi, long localLo, long remoteHi, long remoteLo, int ports, int irs, int mss, int scale,
            boolean sack, long nowNs) {
        long period = Math.floorDiv(nowNs, PERIOD_NS);
        int said = (int) (period & 1) << 7 | index(MSS, mss) << 4 | index(SCALES, scale) << 1
                | (sack ? 1 : 0);
        long hash = hash(localHi, localLo, remoteHi, remoteLo, ports, irs, period);
        return mac(hash, said) << 8 | said ^ (int) (hash & 0xff);
    }

    /// What the SYN had said to which `iss` was the answer.
    ///
    /// @return for [#mss], [#scale] and [#sack]; [#NONE] if it is none of ours, or too old
    int read(long localHi, long localLo, long remoteHi, long remoteLo, int ports, int irs, int iss,
            long nowNs) {
        long period = Math.floorDiv(nowNs, PERIOD_NS);
        for (long each = period; each >= period - 1; each--) {
            long hash = hash(localHi, localLo, remoteHi, remoteLo, ports, irs, each);
            int said = iss & 0xff ^ (int) (hash & 0xff);
            if (said >>> 7 == (each & 1) && mac(hash, said) == iss >>> 8) {
                return said;
            }
        }
        return NONE;
    }

    static int mss(int said) {
        return MSS[said >>> 4 & 7];
    }

    /// Negative for none.
    static int scale(int said) {
        return SCALES[said >>> 1 & 7];
    }

    static boolean sack(int said) {
        return (said & 1) != 0;
    }

    private long hash(long localHi, long localLo, long remoteHi, long remoteLo, int ports, int irs,
            long period) {
        return SipHash.hash(key0, key1, localHi, localLo, remoteHi, remoteLo,
                (long) ports << 32 | irs & 0xffff_ffffL, period);
    }

    /// 24 bits over what the hash is over, and what was said.
    private int mac(long hash, int said) {
        return (int) (SipHash.hash(key1, key0, hash, said) >>> 40);
    }

    /// The last that is not greater than `value`; the first if all are.
    private static int index(int[] table, int value) {
        int i = table.length - 1;
        while (i > 0 && table[i] > value) {
            i--;
        }
        return i;
    }
}
