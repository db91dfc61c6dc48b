package org.splnet.tcp;

import org.splnet.kern.Entropy;
import org.splnet.kern.SipHash;

/// Initial sequence numbers (RFC 9293 §3.4.1, RFC 6528 §3): `ISS = M + F(four-tuple, secret)`, where M is a
/// clock of 4 µs and F is SipHash-2-4. Any thread.
final class IssGenerator {
    private static final int TICK_NS = 4000;

    private final long key0;
    private final long key1;
    private final long offsetKey;

    /// @param entropy gives the secret, once
    IssGenerator(Entropy entropy) {
        key0 = entropy.nextLong();
        key1 = entropy.nextLong();
        offsetKey = SipHash.hash(key0, key1, 0);           // another secret out of the same
    }

    /// The number for a connection that begins now.
    int next(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort,
            long nowNs) {
        long f = SipHash.hash(key0, key1, localHi, localLo, remoteHi, remoteLo,
                (long) localPort << 16 | remotePort);
        return (int) (nowNs / TICK_NS) + (int) f;
    }

    /// What the timestamp clock of such a connection is ahead (RFC 7323 §5.4): the same each time, so that a
    /// later connection between the same ends has later timestamps (RFC 6191).
    int timestampOffset(long localHi, long localLo, int localPort, long remoteHi, long remoteLo,
            int remotePort) {
        return (int) SipHash.hash(key1, offsetKey, localHi, localLo, remoteHi, remoteLo,
                (long) localPort << 16 | remotePort);
    }
}
