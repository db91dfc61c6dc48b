package org.splnet.net;

import java.util.concurrent.TimeUnit;

/// Two stations claim one address. ARP believes whoever spoke last, so that one forged packet would divert
/// what we send. Here both are asked, each at its own station: the one that we know keeps the address if it
/// answers, and the other gets it if only that one does. If neither answers everybody is asked; and if nobody
/// does, we know nothing and the next packet waits for an answer.
///
/// The state is in the [Neighbor], which is in PROBE and whose `tries` say how far it has come; meanwhile
/// packets go to the station that we know. Everything runs under the table's lock.
final class Contest {
    /// On any link an answer takes less.
    private static final long ANSWER_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int ASKED_BOTH = 1;
    private static final int NO_ANSWER = 2;
    private static final int ASKED_ALL = 3;

    private final NeighborTable table;
    private final Reachability reachability;

    Contest(NeighborTable table, Reachability reachability) {
        this.table = table;
        this.reachability = reachability;
    }

    /// True if none is under way.
    static boolean over(Neighbor n) {
        return n.rival == Neighbor.NONE;
    }

    /// Another station claims the address of `n`, which is resolved. If there is a contest already, it has to
    /// wait until one of the two might have answered.
    void begin(Neighbor n, long rival, long nowNs) {
        assert table.held() && n.state().resolved();
        if (!over(n) && n.tries < NO_ANSWER) {
            return;
        }
        n.rival = rival;
        n.become(NeighborState.PROBE);
        // More than one request a second (RFC 1122 §2.3.2.1), but to one station each, and not without cause.
        long nextNs = n.askedNs + ANSWER_NS;
        if (nowNs - nextNs >= 0) {
            askBoth(n, nowNs);
        } else {
            n.tries = 0;
            reachability.arm(n, nextNs);
        }
    }

    private void askBoth(Neighbor n, long nowNs) {
        n.tries = ASKED_BOTH;
        n.rivalAnswered = false;
        reachability.arm(n, nowNs + ANSWER_NS);
        reachability.solicit(n, n.station(), nowNs);
        reachability.solicit(n, n.rival, nowNs);
    }

    /// The rival answered.
    void answered(Neighbor n, long nowNs) {
        assert table.held() && !over(n);
        if (n.tries >= NO_ANSWER) {
            table.moved(n, n.rival, nowNs);
        } else if (n.tries == ASKED_BOTH) {
            n.rivalAnswered = true;             // the one we know may take a moment longer
        }
    }

    /// The one we know has not answered in time.
    void timeout(Neighbor n, long nowNs) {
        assert table.held() && !over(n);
        switch (n.tries) {
            case ASKED_BOTH -> {
                if (n.rivalAnswered) {
                    table.moved(n, n.rival, nowNs);
                    return;
                }
                n.tries = NO_ANSWER;
                reachability.armForNextTry(n, n.askedNs);
            }
            case NO_ANSWER -> {
                n.tries = ASKED_ALL;
                reachability.armForNextTry(n, nowNs);
                reachability.solicit(n, Neighbor.NONE, nowNs);
            }
            case ASKED_ALL -> reachability.undecided(n, nowNs);
            default -> askBoth(n, nowNs);
        }
    }
}
