package org.splnet.net;

/// How sure we are of a neighbor, in the words of RFC 4861 §7.3.2. ARP has no such states of its own;
/// RFC 1122 §2.3.2.1 only asks that stale entries be found out, and names the unicast poll that PROBE is.
///
/// ```text
///           asked, no answer             reachable time over          a packet is sent
/// INCOMPLETE ─── answer ───▶ REACHABLE ───────────────────▶ STALE ─────────────────▶ DELAY
///     │                          ▲                            ▲                        │ delay over
///     │ tries used up            │ answer, or advice from above (any state)            ▼
///     ▼                          └──────────────────────────────────────────────── PROBE
///  FAILED ◀──────────────────────────── tries used up ─────────────────────────────────┘
/// ```
public enum NeighborState {
    /// Being asked for; packets wait. To REACHABLE by an answer, STALE by other news of it, FAILED when the
    /// tries are used up.
    INCOMPLETE,
    /// Answered, or known from above to receive, within the reachable time. To STALE when that is over, PROBE
    /// on advice that packets seem to be lost.
    REACHABLE,
    /// Station address known, not verified lately or ever, used as it is. To DELAY with the next packet;
    /// removed when unused for long.
    STALE,
    /// Used, and left a moment for advice from above. To PROBE when the moment is over.
    DELAY,
    /// Being asked for again at its known station address, while packets go on using it; also because another
    /// station claims the address. When the tries are used up, to INCOMPLETE if there is that other, else to
    /// FAILED.
    PROBE,
    /// Did not answer. The next packet asks anew, unless it is configured to be refused for a while.
    FAILED;

    /// True if there is a station address to send to.
    public boolean resolved() {
        return this != INCOMPLETE && this != FAILED;
    }
}
