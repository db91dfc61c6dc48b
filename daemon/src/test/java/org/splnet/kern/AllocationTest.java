package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What happens per packet allocates nothing.
class AllocationTest {
    @RegisterExtension
    final Provoked provoked = new Provoked();

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "allocation test");
    private final CalloutWheel wheel = new CalloutWheel(0, () -> { });
    private final RateLimit limit = new RateLimit(1000, 10);
    private long nowNs;
    private long sum;
    private final Deferred.Call call = new Deferred.Call() {
        @Override
        protected void run() {
            sum++;
        }
    };
    private final Callout callout = new Callout() {
        @Override
        protected void fire(long nowNs) {
            sum++;
        }
    };

    private void once() {
        nowNs += 300_000;
        lock.lock();
        wheel.arm(callout, nowNs + 200_000_000);
        wheel.arm(callout, nowNs + 1_000_000);
        Deferred.later(call);
        lock.unlock();
        sum += SipHash.hash(1, 2, sum) + Entropy.system().nextInt(1000);
        sum += limit.allow(nowNs) ? 1 : 0;
        wheel.advance(nowNs);
        sum += wheel.nextNs();
        wheel.disarm(callout);
        Deferred.run();
    }

    private long allocated() {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            once();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /// The best of several: the key of the random numbers may be renewed in one of them.
    private long least() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            least = Math.min(least, allocated());
        }
        return least;
    }

    @Test
    void isNoneWithTheWitnessOff() {
        Witness.mode(Witness.Mode.OFF);
        assertThat(least()).isZero();
    }

    @Test
    void isNoneWithTheWitnessOn() {
        assertThat(least()).isZero();
    }
}
