package org.splnet.kern;

import java.time.Instant;

enum SystemClock implements Clock {
    INSTANCE;

    private static final long SECOND_NS = 1_000_000_000L;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long wallNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * SECOND_NS + now.getNano();
    }
}
