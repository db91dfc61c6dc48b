package org.splnet.tcp;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;

/// Conversations of two stacks over a bad link: all octets arrive, everything ends, nothing is left.
@ExtendWith(NoLeaks.class)
class TwoStacksTest {
    private static final int RUNS = Integer.getInteger("splnet.tcp.soak", 250);

    @Test
    void carryEveryOctetOverABadLink() {
        long first = TestSeed.next();
        for (int i = 0; i < RUNS; i++) {
            TwoStacks two = new TwoStacks(first + i);
            try {
                two.run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + (first + i), e);
            } finally {
                two.close();
            }
        }
    }
}
