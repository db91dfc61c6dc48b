package org.splnet.kern;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A keyed generator: SipHash of a counter under a secret 128-bit key. Who does not know the key cannot tell
/// the output from chance, which is what sequence numbers, ports and hash seeds need (it is not meant for
/// keys of a cipher). The key comes from the system's secure source and is replaced from there again and
/// again, so that one that leaked is worth little. That costs a system call, and a wait for whoever else
/// reads there; so who draws the last number of a key has it replaced when he holds nothing any more, and the
/// old one serves until then.
///
/// Lock-free: one atomic addition and a hash per draw, some ten nanoseconds.
final class SystemEntropy implements Entropy {
    static final SystemEntropy INSTANCE = new SystemEntropy(source()::nextLong);
    static final int DRAWS_PER_KEY = 1 << 16;

    private record Key(long k0, long k1) { }

    private final LongSupplier source;
    private final AtomicLong drawn = new AtomicLong();
    private volatile Key key;

    SystemEntropy(LongSupplier source) {
        this.source = source;
        key = newKey();
    }

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
        return new Key(source.getAsLong(), source.getAsLong());
    }

    private void renewWhenNothingIsHeld() {
        // a call of its own each time: were it one, a thread that ends before it runs would be the last
        Deferred.later(new Deferred.Call() {
            @Override
            protected void run() {
                key = newKey();     // draws that overlap with this may use either key: their number is theirs
            }
        });
    }

    @Override
    public long nextLong() {
        long n = drawn.getAndIncrement();
        if ((n & DRAWS_PER_KEY - 1) == DRAWS_PER_KEY - 1) {
            renewWhenNothingIsHeld();
        }
        Key now = key;
        return SipHash.hash(now.k0, now.k1, n);
    }
}
