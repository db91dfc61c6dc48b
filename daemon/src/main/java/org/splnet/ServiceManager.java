package org.splnet;

import org.splnet.kern.Clock;

/// What the service manager is told of the daemon's life (sd_notify(3)). Any thread.
final class ServiceManager {
    private static final long NS_PER_US = 1000;

    private final Clock clock;

    /// @param clock the host's CLOCK_MONOTONIC
    ServiceManager(Clock clock) {
        this.clock = clock;
    }

    /// The configuration is being read again. The time is how the manager knows which request this answers.
    void reloading() {
        SdNotify.send("RELOADING=1\nMONOTONIC_USEC=" + clock.nanoTime() / NS_PER_US);
    }

    /// It runs, by the configuration as it was told last.
    void ready() {
        SdNotify.send("READY=1");
    }

    /// What it runs by.
    ///
    /// @param status one line for whoever asks
    void status(String status) {
        SdNotify.send("STATUS=" + status);
    }
}
