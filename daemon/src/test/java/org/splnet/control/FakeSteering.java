package org.splnet.control;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Remembers what it was asked for. Its clock is at 100, and nothing is due.
final class FakeSteering implements Steering {
    final List<String> done = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch advancing = new CountDownLatch(1);
    volatile CountDownLatch goOn = new CountDownLatch(0);
    volatile boolean manual = true;
    volatile Error fault;
    volatile long nextDueNs = Long.MAX_VALUE;

    @Override
    public void witness(String mode) {
        if (!List.of("off", "order").contains(mode)) {
            throw new IllegalArgumentException("\"" + mode + "\" is not one of off, order");
        }
        done.add("witness " + mode);
    }

    @Override
    public void forgetLocks() {
        done.add("forget");
    }

    @Override
    public ClockReading clock() {
        if (!manual) {
            throw new IllegalStateException("the clock is the system's");
        }
        return new ClockReading(100, nextDueNs);
    }

    @Override
    public int advance(long ns) {
        clock();
        advancing.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        done.add("advance " + ns);
        return 3;
    }

    @Override
    public void reset() {
        if (fault != null) {
            throw fault;
        }
        done.add("reset");
    }
}
