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
        arm(n, nowNs + config.retransmitNs());
        solicit(n, Neighbor.NONE, nowNs);
    }

    /// A packet is about to be sent to an address not verified lately (§7.3.3). If it was never verified,
    /// everybody is asked meanwhile: whoever spoke may not have told the truth.
    void used(Neighbor n, long nowNs) {
        assert table.held();
        if (n.state() == STALE || n.state() == REACHABLE && !n.fixed && nowNs - n.reachableUntilNs() >= 0) {
            n.become(DELAY);
            arm(n, nowNs + config.delayNs());
            if (n.hearsay && mayAsk(n, nowNs)) {
                solicit(n, Neighbor.NONE, nowNs);
            }
        }
    }

    /// Proof that what we send arrives: an answer to our question, or advice from above (§7.3.1).
    void confirmed(Neighbor n, long nowNs) {
        assert table.held();
        if (!Contest.over(n)) {
            n.believe(nowNs);
            n.rival = Neighbor.NONE;
        }
        n.confirmedNs = nowNs;
        n.askedAll = false;
        n.hearsay = false;
        n.reachableUntilNs(nowNs + reachableNs);
        n.become(REACHABLE);
        arm(n, n.reachableUntilNs());
    }

    /// Its station address is known, but not whether it hears us (§7.2.3, §7.2.5 without "solicited").
    void heardOf(Neighbor n, long nowNs) {
        assert table.held();
        n.confirmedNs = nowNs;
        n.rival = Neighbor.NONE;
        n.hearsay = true;
        n.become(STALE);
        arm(n, nowNs + config.forgetNs());
    }

    /// Of two stations neither answers: the next packet asks everybody and waits.
    void undecided(Neighbor n, long nowNs) {
        assert table.held();
        n.become(INCOMPLETE);
        n.tries = 0;
        arm(n, nowNs + config.tries() * config.retransmitNs());
    }

    private boolean mayAsk(Neighbor n, long nowNs) {
        // RFC 1122 §2.3.2.1: not more than one request per second to one destination.
        return nowNs - n.askedNs >= config.retransmitNs();
    }

    /// True if packets for a failed neighbor are refused for now.
    boolean refused(Neighbor n, long nowNs) {
        return n.state() == FAILED && nowNs - n.failedNs < config.failedNs();
    }

    /// Doubt from above: verify now.
    void suspected(Neighbor n, long nowNs) {
        assert table.held();
        if (n.state().resolved() && n.state() != PROBE && !n.fixed && mayAsk(n, nowNs)) {
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
        if (n.state() == INCOMPLETE && n.tries == 0) {
            table.remove(n, null);
        } else if (n.state() == INCOMPLETE && !Contest.over(n)) {
            table.adopt(n, n.rival, nowNs);             // it may be one that speaks and does not listen
        } else if (!Contest.over(n)) {
            table.contest().timeout(n, nowNs);
        } else if (n.tries >= config.tries()) {
            n.failedNs = nowNs;
            n.become(FAILED);
            // what is left of it is for people to look at
            arm(n, nowNs + Math.max(config.failedNs(), config.tries() * config.retransmitNs()));
            table.undeliverable(n, nowNs);
        } else {
            n.tries++;
            // The last try of a probe asks everybody: the neighbor may have got another station address
            // (RFC 7048 §3 gives the reason).
            boolean everybody = n.state() == INCOMPLETE || n.tries == config.tries();
            arm(n, nowNs + config.retransmitNs());
            solicit(n, everybody ? Neighbor.NONE : n.station(), nowNs);
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
        arm(n, nowNs + config.retransmitNs());
        solicit(n, n.station(), nowNs);
    }

    /// Over the limit a try passes unasked: the neighbor has two more.
    void solicit(Neighbor n, long station, long nowNs) {
        boolean everybody = station == Neighbor.NONE;
        if (!everybody || broadcasts.allow(nowNs)) {
            n.askedNs = nowNs;
            n.askedAll = everybody;
            resolver.solicit(n, station, nowNs);
        }
    }

    /// Waits a retransmit time from `sinceNs` on.
    void armForNextTry(Neighbor n, long sinceNs) {
        arm(n, sinceNs + config.retransmitNs());
    }

    void arm(Neighbor n, long deadlineNs) {
        if (!n.fixed) {
            n.deadlineNs = deadlineNs;
            wheel.arm(n.timer, deadlineNs);
        }
    }
}
