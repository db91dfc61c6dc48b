package org.splnet.netif.tap;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.driver.DescriptorUse;
import org.splnet.driver.InterfaceIoctl;
import org.splnet.kern.Clock;
import org.splnet.net.DeviceException;

/// Follows a TAP that somebody takes down and up or gives another MTU, for which it looks once a second, or
/// deletes: has it made again, or waits for whoever made it to do so. One line of the log when it goes, one
/// if it cannot be had, one when it is back. Shared by the device's queues; any thread, except [#look].
///
/// Lock key:  (c) constant   (v) volatile, written by whoever has `looking`   (a) atomic
///            (l) of whoever has `looking`
final class TapWatch {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.tap");
    /// Time for him who deleted it to make another one.
    private static final long FIRST_NS = 250_000_000L;
    private static final long MOST_NS = 16 * FIRST_NS;
    private static final long LOOK_NS = 1_000_000_000L;

    private final String name;                                          // (c)
    private final TapSetup setup;                                       // (l)
    private final Negotiation terms;                                    // (c)
    private final Clock clock;                                          // (c)
    private final AtomicBoolean there = new AtomicBoolean(true);        // (a)
    private final AtomicBoolean looking = new AtomicBoolean();          // (a)
    private final InterfaceIoctl host;                                  // (l)
    private final DescriptorUse use;                                    // (c)
    private int number;                                                 // (l)
    private volatile boolean up = true;                                 // (v)
    private volatile boolean doubted;                                   // (v), and by whoever doubts it
    private volatile boolean sure;                                      // (v) doubted, and was up
    private volatile int mtu;                                           // (v)
    private volatile long lookAtNs;                                     // (v), and by whoever takes `there`
    private volatile long pauseNs = FIRST_NS;                           // (v), and by whoever takes `there`
    private long backAtNs;                                              // (l), and by whoever takes `there`
    private boolean refused;                                            // (l)

    /// @param first what opening the device has come to
    TapWatch(String name, TapSetup setup, TapSetup.Result first, Clock clock) {
        this.name = name;
        this.setup = setup;
        this.terms = first.terms();
        this.mtu = first.mtu();
        this.number = first.link().index();
        this.clock = clock;
        this.backAtNs = clock.nanoTime() - MOST_NS;
        lookAtNs = clock.nanoTime() + LOOK_NS;
        host = new InterfaceIoctl(name);
        use = new DescriptorUse(host::close);         // the queues close their descriptors
        up(first.link().up());
    }

    /// True unless somebody has deleted it and it is not back yet.
    boolean there() {
        return there.get();
    }

    /// True if it is there and, when it was looked at last, was up: else nobody hears us.
    boolean carrier() {
        return there.get() && up;
    }

    /// A frame was refused as if it were down: it is looked at, once in a second.
    ///
    /// @return false if that has been done and does not explain it
    boolean doubt() {
        boolean explained = !sure;
        doubted = up && explained;
        return explained;
    }

    /// The largest IP packet, now.
    int mtu() {
        return mtu;
    }

    /// A descriptor is said to have no device any more.
    void lost() {
        if (!there.compareAndSet(true, false)) {
            return;
        }
        long nowNs = clock.nanoTime();
        // one that is deleted again and again is not made as often
        pauseNs = nowNs - backAtNs < MOST_NS ? Math.min(2 * pauseNs, MOST_NS) : FIRST_NS;
        lookAtNs = nowNs + pauseNs;
        LOG.warn("tap was deleted device={}: {}", name, setup.ours() ? "it is made anew"
                : "waiting for it to be made anew, as it was made by others");
    }

    /// Nanoseconds until [#look] does anything.
    long dueNs() {
        return doubted && there.get() ? 0 : Math.max(0, lookAtNs - clock.nanoTime());
    }

    /// Looks whether it is up, or tries to have it again, if it is time to. By a thread that holds nothing:
    /// the kernel may make it wait.
    void look() {
        if (dueNs() > 0 || !use.enter()) {
            return;
        }
        try {
            lookAlone();
        } finally {
            use.leave();
        }
    }

    /// From now on no descriptor is used here, so that they can be closed. Waits until it is so.
    void end() {
        if (!use.end()) {
            LOG.warn("tap still being made anew device={}", name);
        }
    }

    private void lookAlone() {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        try {
            if (there.get()) {
                boolean inDoubt = doubted;
                doubted = false;
                lookAtNs = clock.nanoTime() + LOOK_NS;
                boolean seen = seen();
                up(!seen || hostUp());
                if (seen) {
                    size();
                }
                sure = inDoubt && up;
            } else if (!back()) {
                pauseNs = Math.min(2 * pauseNs, MOST_NS);
                lookAtNs = clock.nanoTime() + pauseNs;
            }
        } finally {
            looking.set(false);
        }
    }

    /// False if nothing has its name, or something else has. It may be up then: in another network namespace
    /// or under another name, where it goes on working.
    private boolean seen() {
        return host.ask(InterfaceIoctl.SIOCGIFINDEX) && host.number() == number;
    }

    /// False if the host has its end down.
    private boolean hostUp() {
        return !host.ask(InterfaceIoctl.SIOCGIFFLAGS) || (host.flags() & InterfaceIoctl.IFF_UP) != 0;
    }

    private void up(boolean now) {
        if (now == up) {
            return;
        }
        up = now;
        if (now) {
            LOG.info("tap is up device={}", name);
        } else {
            LOG.warn("tap is down device={}: nothing passes until it is brought up with: ip link set {} up",
                    name, name);
        }
    }

    private void size() {
        if (!host.ask(InterfaceIoctl.SIOCGIFMTU)) {
            return;
        }
        int now = setup.usable(host.number());
        if (now != mtu) {
            LOG.info("tap has another mtu device={} mtu={} before={}", name, now, mtu);
            mtu = now;
        }
    }

    private boolean back() {
        try {
            TapSetup.Result now = setup.again();
            if (now == null) {
                return false;
            }
            if (!now.terms().equals(terms)) {
                throw new DeviceException("it takes offloads " + now.terms().names() + " and took "
                        + terms.names() + ": start again");
            }
            mtu = now.mtu();
            number = now.link().index();
            refused = false;
            sure = false;
            backAtNs = clock.nanoTime();
            LOG.info("tap is back device={} {} mtu={}", name, now.created() ? "created" : "attached", mtu);
            up(now.link().up());
            lookAtNs = backAtNs + LOOK_NS;
            there.set(true);
            return true;
        } catch (DeviceException e) {
            if (!refused) {
                refused = true;
                LOG.warn("tap cannot be had again device={} cause={}; trying again", name, e.getMessage());
            }
            return false;
        }
    }
}
