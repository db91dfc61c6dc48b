package org.splnet.net;

import static org.splnet.net.NeighborState.DELAY;
import static org.splnet.net.NeighborState.FAILED;
import static org.splnet.net.NeighborState.INCOMPLETE;
import static org.splnet.net.NeighborState.PROBE;
import static org.splnet.net.NeighborState.REACHABLE;
import static org.splnet.net.NeighborState.STALE;

import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Entropy;
import org.splnet.kern.RateLimit;

/// Neighbor unreachability detection: what the events of RFC 4861 §7.3.3 do to one neighbor. Family-neutral;
/// with ARP, the unicast probe is the unicast poll of RFC 1122 §2.3.2.1.
///
/// The only state here is common to the table; everything runs under its lock.
final class Reachability {
    private final NeighborTable table;
    private final NetConfig.Neighbors config;
    private final Resolver resolver;
    private final CalloutWheel wheel;
    private final RateLimit broadcasts;
    private final long reachableNs;

    Reachability(NeighborTable table, Resolver resolver, CalloutWheel wheel, Entropy entropy) {
        this.table = table;
        this.config = table.config();
        this.resolver = resolver;
        this.wheel = wheel;
        broadcasts = new RateLimit(config.broadcastsPerSecond(), config.broadcastsPerSecond());
        // RFC 4861 §6.3.2: between 0.5 and 1.5 times the configured time, so that hosts do not probe in step.
        reachableNs = config.reachableNs() / 2 + config.reachableNs() / 1024 * entropy.nextInt(1024);
    }

    long reachableNs() {
        return reachableNs;
    }

    /// A neighbor was created and nothing sent yet; if nothing ever is, it goes.
    void created(Neighbor n, long nowNs) {
        assert table.held();
        n.askedNs = nowNs - config.retransmitNs();
        arm(n, nowNs + config.retransmitNs());
    }

    /// The first packet for it: ask.
    void ask(Neighbor n, long nowNs) {
        assert table.held() && !n.state().resolved();
        n.become(INCOMPLETE);
        n.confirmedNs = nowNs;
        n.tries = 1;
        solicit(n, true, nowNs);
        arm(n, nowNs + config.retransmitNs());
    }

    /// A packet is about to be sent to an address not verified lately (§7.3.3).
    void used(Neighbor n, long nowNs) {
        assert table.held();
        if (n.state() == STALE || n.state() == REACHABLE && !n.fixed && nowNs - n.reachableUntilNs() >= 0) {
            n.become(DELAY);
            arm(n, nowNs + config.delayNs());
        }
    }

    /// Proof that what we send arrives: an answer to our question, or advice from above (§7.3.1).
    void confirmed(Neighbor n, long nowNs) {
        assert table.held();
        n.confirmedNs = nowNs;
        n.reachableUntilNs(nowNs + reachableNs);
        n.become(REACHABLE);
        arm(n, n.reachableUntilNs());
    }

    /// Its station address is known, but not whether it hears us (§7.2.3, §7.2.5 without "solicited").
    void heardOf(Neighbor n, long nowNs) {
        assert table.held();
        n.confirmedNs = nowNs;
        n.become(STALE);
        arm(n, nowNs + config.forgetNs());
    }

    /// Doubt from above: verify now.
    void suspected(Neighbor n, long nowNs) {
        assert table.held();
        // RFC 1122 §2.3.2.1: not more than one request per second to one destination.
        boolean mayAsk = nowNs - n.askedNs >= config.retransmitNs();
        if (n.state().resolved() && n.state() != PROBE && !n.fixed && mayAsk) {
            probe(n, nowNs);
        }
    }

    /// The timer fired: what the state was waiting for has not happened.
    void timeout(Neighbor n, long nowNs) {
        assert table.held();
        if (!n.live()) {
            return;
        }
        if (nowNs - n.deadlineNs < 0) {         // armed anew while it was firing
            wheel.arm(n.timer, n.deadlineNs);
            return;
        }
        switch (n.state()) {
            case INCOMPLETE, PROBE -> unanswered(n, nowNs);
            case REACHABLE -> reachableTimeOver(n, nowNs);
            case STALE -> forgetIfUnused(n, nowNs);
            case DELAY -> probe(n, nowNs);
            case FAILED -> table.remove(n, null);
        }
    }

    void stop(Neighbor n) {
        wheel.disarm(n.timer);
    }

    private void unanswered(Neighbor n, long nowNs) {
        if (n.tries == 0) {
            table.remove(n, null);
        } else if (n.tries >= config.tries()) {
            n.become(FAILED);
            arm(n, nowNs + config.failedNs());
            table.undeliverable(n, nowNs);
        } else {
            n.tries++;
            // The last try of a probe asks everybody: the neighbor may have got another station address
            // (RFC 7048 §3 gives the reason).
            solicit(n, n.state() == INCOMPLETE || n.tries == config.tries(), nowNs);
            arm(n, nowNs + config.retransmitNs());
        }
    }

    private void reachableTimeOver(Neighbor n, long nowNs) {
        if (nowNs - n.reachableUntilNs() < 0) {     // confirmed meanwhile, which does not touch the timer
            arm(n, n.reachableUntilNs());
        } else {
            n.confirmedNs = n.reachableSinceNs();
            n.become(STALE);
            arm(n, nowNs + config.forgetNs());
        }
    }

    private void forgetIfUnused(Neighbor n, long nowNs) {
        if (nowNs - n.usedNs() >= config.forgetNs()) {
            table.remove(n, null);
        } else {
            arm(n, n.usedNs() + config.forgetNs());
        }
    }

    private void probe(Neighbor n, long nowNs) {
        n.become(PROBE);
        n.tries = 1;
        solicit(n, false, nowNs);
        arm(n, nowNs + config.retransmitNs());
    }

    /// Over the limit a try passes unasked: the neighbor has two more.
    private void solicit(Neighbor n, boolean everybody, long nowNs) {
        if (!everybody || broadcasts.allow(nowNs)) {
            n.askedNs = nowNs;
            resolver.solicit(n, everybody, nowNs);
        }
    }

    private void arm(Neighbor n, long deadlineNs) {
        if (!n.fixed) {
            n.deadlineNs = deadlineNs;
            wheel.arm(n.timer, deadlineNs);
        }
    }
}
