package org.splnet.tcp;

import org.splnet.kern.Entropy;

/// Initial sequence numbers (RFC 9293 §3.4.1, RFC 6528 §3): `ISS = M + F(four-tuple, secret)`, where M is a
/// clock of 4 µs and F is SipHash-2-4, a function made for keyed hashes of short inputs. Any thread.
final class IssGenerator {
    private static final int TICK_NS = 4000;

    private final long key0;
    private final long key1;

    /// @param entropy gives the secret, once
    IssGenerator(Entropy entropy) {
        key0 = entropy.nextLong();
        key1 = entropy.nextLong();
    }

    /// The number for a connection that begins now.
    int next(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort,
            long nowNs) {
        long f = hash(localHi, localLo, remoteHi, remoteLo, (long) localPort << 16 | remotePort);
        return (int) (nowNs / TICK_NS) + (int) f;
    }

    /// SipHash-2-4 of five words of eight octets.
    long hash(long w0, long w1, long w2, long w3, long w4) {
        var sip = new Sip(key0, key1);
        sip.word(w0);
        sip.word(w1);
        sip.word(w2);
        sip.word(w3);
        sip.word(w4);
        return sip.finish(40);
    }

    /// State of one computation: four words that the JIT keeps in registers.
    private static final class Sip {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        Sip(long k0, long k1) {
            v0 = k0 ^ 0x736f6d6570736575L;
            v1 = k1 ^ 0x646f72616e646f6dL;
            v2 = k0 ^ 0x6c7967656e657261L;
            v3 = k1 ^ 0x7465646279746573L;
        }

        void word(long m) {
            v3 ^= m;
            round();
            round();
            v0 ^= m;
        }

        long finish(int octets) {
            word((long) octets << 56);
            v2 ^= 0xff;
            round();
            round();
            round();
            round();
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
