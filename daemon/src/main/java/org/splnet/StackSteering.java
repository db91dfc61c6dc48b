package org.splnet;

import org.splnet.control.Steering;
import org.splnet.kern.Witness;

/// What may be changed of a running stack. Any thread, holding nothing.
final class StackSteering implements Steering {
    private final Splnetd daemon;

    StackSteering(Splnetd daemon) {
        this.daemon = daemon;
    }

    @Override
    public void witness(String mode) {
        Witness.mode(Witness.Mode.asked(mode));
    }

    @Override
    public void forgetLocks() {
        Witness.reset();
    }

    @Override
    public ClockReading clock() {
        return new ClockReading(daemon.manualNowNs(), daemon.nextDueNs());
    }

    @Override
    public int advance(long ns) {
        return daemon.advance(ns);
    }

    @Override
    public void reset() {
        daemon.reset();
    }
}
