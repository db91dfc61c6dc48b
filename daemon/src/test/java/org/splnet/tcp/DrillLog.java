package org.splnet.tcp;

import org.splnet.kern.Clock;

/// The conversation so far, in lines like tcpdump's.
final class DrillLog {
    private final StringBuilder lines = new StringBuilder();
    private final Clock clock;
    private final long startNs;

    DrillLog(Clock clock) {
        this.clock = clock;
        this.startNs = clock.nanoTime();
    }

    void segment(String direction, Seg seg) {
        lines.append(time()).append(' ').append(direction).append(' ').append(seg).append('\n');
    }

    void user(String what) {
        lines.append(time()).append(" # ").append(what).append('\n');
    }

    AssertionError failure(String what, Throwable cause) {
        return new AssertionError(what + "\n" + lines, cause);
    }

    private String time() {
        return String.format("%10.3f ms", (clock.nanoTime() - startNs) / 1e6);
    }

    @Override
    public String toString() {
        return lines.toString();
    }
}
