package org.splnet.dhcp;

import org.splnet.kern.Entropy;
import org.splnet.wire.Ip4Addr;

/// The client's side of RFC 2131 §4.4: decides what is sent, kept and given up, and when. Knows neither
/// sockets nor clocks nor files; time and chance are given to it, and what it does it does to an [Outside].
///
/// Covered by its client's lock.
final class DhcpMachine {
    static final long SECOND = 1_000_000_000L;
    /// §4.4.1 has a host wait one to ten seconds, lest all of a building begin at once when power comes back.
    /// A second spreads the hosts of one machine, and an administrator need not wait.
    private static final int START_MS = 1000;
    /// §4.1: 4 s, doubled each time up to 64 s, give or take one.
    private static final long FIRST_WAIT_S = 4;
    private static final long MOST_WAIT_S = 64;
    private static final int JITTER_MS = 1000;
    private static final int REQUESTS = 4;
    private static final int REBOOTS = 3;
    /// §3.1 (5): at least ten seconds before another try after a DECLINE.
    private static final long DECLINED_S = 10;
    private static final int MOST_TROUBLES = 8;
    /// Probing takes seven seconds at most; longer if the link is down, and then everything begins anew.
    private static final long CHECK_NS = 60 * SECOND;
    /// §4.4.5: a minute at least between two tries to renew. Leases of minutes, which RFC 2131 did not think
    /// of, would be lost with two datagrams: there it is less.
    private static final long RENEW_LEAST_NS = 60 * SECOND;
    private static final long RENEW_FLOOR_NS = 4 * SECOND;
    /// Half of what is left of a lease that never ends is no time to wait for an answer.
    private static final long RENEW_MOST_NS = 3600 * SECOND;

    private final Outside outside;
    private final Entropy entropy;
    private final Patience patience = new Patience();
    private DhcpState state = DhcpState.OFF;
    private int xid;
    private int tries;
    private int troubles;                   // refusals and conflicts since an address was in use
    private long beganNs;                   // this search or renewal
    private int discoverSecs;               // of the DISCOVER sent last
    private long sentNs;                    // the request that an acknowledgment will answer
    private long deadlineNs;
    private long renewNs;                   // T1, less something by chance
    private Reply offer;
    private Lease lease;                    // in CHECKING, BOUND, RENEWING, REBINDING
    private boolean inUse;
    private Lease remembered;               // to be asked for

    DhcpMachine(Outside outside, Entropy entropy) {
        this.outside = outside;
        this.entropy = entropy;
    }

    DhcpState state() {
        return state;
    }

    /// What is in use, or null.
    Lease lease() {
        return inUse ? lease : null;
    }

    /// When it is going to do something.
    long deadlineNs() {
        return deadlineNs;
    }

    /// Begins.
    ///
    /// @param before what it had before, to be asked for again, or null
    void start(Lease before, long nowNs) {
        remembered = before;
        begin(START_MS, nowNs);
    }

    /// Ends without a word, to go on with the same address when it is started again.
    void stop() {
        state = DhcpState.OFF;
        outside.sleep();
    }

    /// Ends, and gives the address back (§4.4.6).
    void release(long nowNs) {
        if (inUse) {
            outside.send(new Request(MessageType.RELEASE, newXid(), 0, false, lease.address(), null,
                    lease.server(), lease.server()), nowNs);
        }
        drop("released", nowNs);
        remembered = null;
        outside.forget();
        stop();
    }

    /// Asks now for what it would ask for later.
    void renew(long nowNs) {
        if (inUse) {
            beganNs = nowNs;
            renewNs = nowNs;
            follow(nowNs);
        } else if (state != DhcpState.CHECKING) {
            begin(1, nowNs);
        }
    }

    /// The link is back, perhaps to another network (§3.7): asks whether the address still is its own, and
    /// uses it meanwhile, if it was in use. What was to be waited for after a refusal or conflict still is.
    void linkUp(long nowNs) {
        if (inUse) {
            remembered = lease;
        } else if (state == DhcpState.CHECKING) {
            remembered = lease;
            drop(null, nowNs);
        }
        boolean backingOff = state == DhcpState.INIT && troubles > 0;
        if (state != DhcpState.OFF && !backingOff) {
            begin(START_MS, nowNs);
        }
    }

    /// The time asked for has come; does nothing if it has not.
    void timeout(long nowNs) {
        if (state == DhcpState.OFF) {
            return;
        }
        if (nowNs - deadlineNs < 0) {
            outside.wakeAt(deadlineNs);
            return;
        }
        if (inUse && lease.over(nowNs)) {
            follow(nowNs);
            return;
        }
        switch (state) {
            case INIT -> {
                search(DhcpState.SELECTING, nowNs);
                discover(nowNs);
            }
            case SELECTING -> discover(nowNs);
            case REQUESTING -> {
                if (tries < REQUESTS) {
                    request(nowNs);
                } else {
                    init(0, nowNs);
                }
            }
            case CHECKING -> {
                drop(null, nowNs);
                begin(START_MS, nowNs);
            }
            case BOUND, RENEWING, REBINDING -> follow(nowNs);
            case INIT_REBOOT -> {
                search(DhcpState.REBOOTING, nowNs);
                sentNs = nowNs;
                reboot(nowNs);
            }
            case REBOOTING -> reboot(nowNs);
            case OFF -> { /* asked above */ }
        }
    }

    /// True if an answer of this number would be one to what was asked last.
    boolean awaits(int number) {
        return number == xid && switch (state) {
            case SELECTING, REQUESTING, REBOOTING, RENEWING, REBINDING -> true;
            case OFF, INIT, CHECKING, BOUND, INIT_REBOOT -> false;
        };
    }

    /// A server has answered. What does not answer what was asked last is passed over: late, twice, or false.
    void reply(Reply reply, long nowNs) {
        if (!awaits(reply.xid()) || reply.server() == null) {
            return;
        }
        switch (state) {
            case SELECTING -> {
                if (reply.type() == MessageType.OFFER) {
                    offer = reply;
                    state = DhcpState.REQUESTING;
                    tries = 0;
                    sentNs = nowNs;
                    request(nowNs);
                }
            }
            case REQUESTING -> {
                if (reply.server().equals(offer.server())) {
                    decided(reply, offer.address(), nowNs);
                }
            }
            case REBOOTING -> decided(reply, remembered.address(), nowNs);
            case RENEWING, REBINDING -> decided(reply, lease.address(), nowNs);
            case OFF, INIT, CHECKING, BOUND, INIT_REBOOT -> { /* asked above */ }
        }
    }

    /// Nobody else has the address that was checked.
    void free(long nowNs) {
        if (state != DhcpState.CHECKING) {
            return;
        }
        troubles = 0;
        inUse = true;
        outside.use(lease, null, nowNs);
        bound(nowNs);
    }

    /// Somebody else has the address that is being checked, or keeps using ours (§3.1 (5), RFC 5227 §2.4).
    void taken(long nowNs) {
        if (state != DhcpState.CHECKING && !inUse) {
            return;
        }
        Lease lost = lease;
        drop("address in use by another station", nowNs);
        remembered = null;
        outside.forget();
        troubles++;
        init(Math.max(DECLINED_S, backoff()), nowNs);
        outside.send(new Request(MessageType.DECLINE, newXid(), 0, false, Ip4Addr.ANY, lost.address(),
                lost.server(), null), nowNs);
    }

    // ---- asking

    private void begin(int spreadMs, long nowNs) {
        patience.begin(nowNs);
        boolean again = remembered != null && !remembered.over(nowNs);
        state = again ? DhcpState.INIT_REBOOT : DhcpState.INIT;
        arm(nowNs + millis(entropy.nextInt(spreadMs)));
    }

    private void init(long waitS, long nowNs) {
        state = DhcpState.INIT;
        arm(nowNs + waitS * SECOND + millis(entropy.nextInt(START_MS)));
    }

    private void search(DhcpState next, long nowNs) {
        state = next;
        xid = newXid();
        tries = 0;
        beganNs = nowNs;
    }

    private void discover(long nowNs) {
        tellIfUnanswered(nowNs);
        discoverSecs = secs(nowNs);
        ask(MessageType.DISCOVER, remembered == null ? null : remembered.address(), null, discoverSecs,
                nowNs);
    }

    /// §3.1 (3): with the same seconds as the DISCOVER.
    private void request(long nowNs) {
        tellIfUnanswered(nowNs);
        ask(MessageType.REQUEST, offer.address(), offer.server(), discoverSecs, nowNs);
    }

    private void tellIfUnanswered(long nowNs) {
        if (patience.runsOut(nowNs)) {
            outside.unanswered(nowNs);
        }
    }

    /// §4.3.2: without a server's identifier and, as long as it is only asked, without an address.
    private void reboot(long nowNs) {
        if (tries < REBOOTS) {
            ask(MessageType.REQUEST, remembered.address(), null, secs(nowNs), nowNs);
        } else if (inUse) {
            bound(nowNs);
        } else if (!remembered.over(nowNs)) {
            // §3.2 (4): nobody answers, and it is ours for as long as the lease lasts.
            check(remembered, nowNs);
        } else {
            init(0, nowNs);
        }
    }

    /// Every other message asks for answers to everybody, for servers that cannot speak to an address that
    /// nobody answers for yet.
    private void ask(MessageType type, Ip4Addr requested, Ip4Addr server, int secs, long nowNs) {
        boolean toAll = (tries & 1) != 0;
        long waitS = Math.min(MOST_WAIT_S, FIRST_WAIT_S << Math.min(tries, 8));
        tries++;
        arm(nowNs + waitS * SECOND + millis(entropy.nextInt(2 * JITTER_MS + 1) - JITTER_MS));
        // last, for it may fail, for want of memory
        outside.send(new Request(type, xid, secs, toAll, Ip4Addr.ANY, requested, server, null), nowNs);
    }

    // ---- answers

    private void decided(Reply reply, Ip4Addr wanted, long nowNs) {
        if (reply.type() == MessageType.NAK) {
            String why = "refused by " + reply.server()
                    + (reply.message() == null ? "" : ": " + reply.message());
            if (inUse) {
                drop(why, nowNs);
            } else {
                outside.refused(why);
            }
            remembered = null;
            outside.forget();
            init(backoff(), nowNs);
            troubles++;
        } else if (reply.type() == MessageType.ACK && reply.address().equals(wanted)) {
            var given = new Lease(reply, sentNs);
            if (!inUse) {
                check(given, nowNs);
                return;
            }
            Lease before = lease;
            lease = given;
            outside.use(lease, before, nowNs);
            bound(nowNs);
        }
    }

    private void check(Lease given, long nowNs) {
        state = DhcpState.CHECKING;
        lease = given;
        arm(nowNs + CHECK_NS);
        outside.check(given, nowNs);
    }

    // ---- having

    private void bound(long nowNs) {
        state = DhcpState.BOUND;
        remembered = lease;
        long before = lease.renewNs() - lease.sinceNs();
        renewNs = lease.renewNs() - before / 16 / 1024 * entropy.nextInt(1025);
        beganNs = nowNs;
        follow(nowNs);
    }

    /// §4.4.5: what is to be done about a lease at this time of its life.
    private void follow(long nowNs) {
        if (lease.over(nowNs)) {
            drop("expired", nowNs);
            init(0, nowNs);
        } else if (lease.forever() && nowNs - renewNs < 0) {
            state = DhcpState.BOUND;
            arm(renewNs);
        } else if (nowNs - lease.rebindNs() >= 0) {
            state = DhcpState.REBINDING;
            again(null, lease.endNs(), nowNs);
        } else if (nowNs - renewNs >= 0) {
            state = DhcpState.RENEWING;
            again(lease.server(), lease.rebindNs(), nowNs);
        } else {
            state = DhcpState.BOUND;
            arm(renewNs);
            beganNs = renewNs;
        }
    }

    /// Each try is a conversation of its own, so that an answer says which request it answers, and with it
    /// from when the lease counts.
    private void again(Ip4Addr server, long untilNs, long nowNs) {
        xid = newXid();
        sentNs = nowNs;
        long length = lease.endNs() - lease.sinceNs();
        long least = Math.min(RENEW_LEAST_NS, Math.max(RENEW_FLOOR_NS, length / 32));
        long waitNs = Math.min(untilNs - nowNs, Math.max(least, (untilNs - nowNs) / 2));
        arm(nowNs + (lease.forever() ? Math.clamp(waitNs, RENEW_FLOOR_NS, RENEW_MOST_NS) : waitNs));
        outside.send(new Request(MessageType.REQUEST, xid, secs(nowNs), false, lease.address(), null, null,
                server), nowNs);
    }

    private void drop(String why, long nowNs) {
        if (inUse || state == DhcpState.CHECKING) {
            outside.drop(lease, inUse ? why : null, nowNs);
        }
        if (inUse) {
            patience.begin(nowNs);
        }
        inUse = false;
        lease = null;
    }

    /// Whatever it waits for, the end of the lease is not to be missed.
    private void arm(long atNs) {
        deadlineNs = inUse && !lease.forever() && lease.endNs() - atNs < 0 ? lease.endNs() : atNs;
        outside.wakeAt(deadlineNs);
    }

    private long backoff() {
        return troubles == 0 ? 0 : 1L << Math.min(troubles, MOST_TROUBLES);
    }

    private int newXid() {
        return (int) entropy.nextLong();
    }

    private int secs(long nowNs) {
        return (int) Math.min(0xffff, Math.max(0, (nowNs - beganNs) / SECOND));
    }

    private static long millis(int ms) {
        return ms * 1_000_000L;
    }
}
