package org.splnet.kern;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/// A keyed generator: SipHash of a counter under a secret 128-bit key. Who does not know the key cannot tell
/// the output from chance, which is what sequence numbers, ports and hash seeds need (it is not meant for
/// keys of a cipher). The key comes from the system's secure source and is replaced from there again and
/// again, so that one that leaked is worth little, and costs a system call only then.
///
/// Lock-free: one atomic addition and a hash per draw, some ten nanoseconds.
final class SystemEntropy implements Entropy {
    static final SystemEntropy INSTANCE = new SystemEntropy();

    private record Key(long k0, long k1) { }

    private static final int DRAWS_PER_KEY = 1 << 16;

    private final SecureRandom source = source();
    private final AtomicLong drawn = new AtomicLong();
    private volatile Key key = newKey();

    /// Reads `/dev/urandom`, which never waits for entropy once the machine is up; the platform's default
    /// might be configured to read `/dev/random`.
    private static SecureRandom source() {
        try {
            return SecureRandom.getInstance("NativePRNGNonBlocking");
        } catch (NoSuchAlgorithmException e) {
            return new SecureRandom();
        }
    }

    private Key newKey() {
        return new Key(source.nextLong(), source.nextLong());
    }

    @Override
    public long nextLong() {
        long n = drawn.getAndIncrement();
        if ((n & DRAWS_PER_KEY - 1) == DRAWS_PER_KEY - 1) {
            key = newKey();     // draws that overlap with this may use either key: `n` is theirs alone
        }
        Key now = key;
        return SipHash.hash(now.k0, now.k1, n);
    }
}
