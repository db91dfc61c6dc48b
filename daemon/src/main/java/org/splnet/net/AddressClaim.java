package org.splnet.net;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Callout;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// The claim of one interface to one IPv4 address, by RFC 5227: probed before use or not, announced, and
/// defended ever after. Its timers and ARP input drive it.
///
/// ```text
///  probe asked for ▶ PROBING ─── nobody has it ───▶ ANNOUNCING ─── announced twice ───▶ HELD
///                     │   ▲                             ▲                              │
///          somebody   ▼   │ a minute later      without probing        the link was away ▼
///                   CONFLICT                            └────── nobody has it ── VERIFYING
/// ```
///
/// Lock key:  (c) constant   (i) the table's lock, rank `INTERFACES`, because claiming changes addresses
///            (v) volatile, written under (i)
public final class AddressClaim {
    // RFC 5227 §1.1, in nanoseconds
    static final long PROBE_WAIT = 1_000_000_000L;
    static final int PROBE_NUM = 3;
    static final long PROBE_MIN = 1_000_000_000L;
    static final long PROBE_MAX = 2_000_000_000L;
    static final long ANNOUNCE_WAIT = 2_000_000_000L;
    static final int ANNOUNCE_NUM = 2;
    static final long ANNOUNCE_INTERVAL = 2_000_000_000L;
    static final long RATE_LIMIT_INTERVAL = 60_000_000_000L;
    /// Two conflicts within so many nanoseconds: the other station has not heeded our defence (§2.4).
    static final long DEFEND_INTERVAL = 10_000_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger("splnet.arp");

    /// How far it has come.
    public enum State {
        /// Asking whether anybody has the address; not used yet.
        PROBING,
        /// In use, and being made known.
        ANNOUNCING,
        /// In use, and defended.
        HELD,
        /// In use, and asking whether anybody has taken it while the link was away.
        VERIFYING,
        /// Somebody else has it; probed again after RATE_LIMIT_INTERVAL.
        CONFLICT,
        /// Given up.
        WITHDRAWN;

        /// True if it is ours to send from and to answer for.
        public boolean inUse() {
            return this == ANNOUNCING || this == HELD || this == VERIFYING;
        }
    }

    /// Who wants to know. Called as deferred work, holding nothing.
    public interface Listener {
        /// Cares for nothing.
        Listener NONE = new Listener() {
        };

        /// The address is in use from now on.
        default void claimed(AddressClaim claim) {
        }

        /// Another station uses the address. Called also when it is defended and kept.
        ///
        /// @param persists true if it came back in spite of our defence: a host that is not meant to keep its
        ///     address gives it up now (§2.4 (b))
        default void conflict(AddressClaim claim, MacAddr by, boolean persists) {
        }

        /// The address was given to another interface while it was being probed for; the claim is withdrawn.
        default void refused(AddressClaim claim, String why) {
        }
    }

    private final EtherIf link;                     // (c)
    private final Cidr address;                     // (c)
    private final int bits;                         // (c)
    private final Entropy entropy;                  // (c)
    private final Listener listener;                // (c)
    private volatile State state;                   // (v)
    private int sent;                               // (i) probes or announcements in this state
    private long deadlineNs;                        // (i)
    private boolean defended;                       // (i) at least once,
    private long defendedNs;                        // (i) the last time then
    private boolean toldClaimed;                    // (i) events not yet told
    private long rival = Neighbor.NONE;             // (i)
    private boolean rivalPersists;                  // (i) it came back in spite of our defence
    private String failure;                         // (i)
    private final Callout timer = new Callout() {
        @Override
        protected void fire(long nowNs) {
            timeout(nowNs);
        }
    };
    private final Deferred.Call events = new Deferred.Call() {
        @Override
        protected void run() {
            tell();
        }
    };

    AddressClaim(EtherIf link, Cidr address, Entropy entropy, Listener listener) {
        this.link = link;
        this.address = address;
        this.bits = ((Ip4Addr) address.addr()).bits();
        this.entropy = entropy;
        this.listener = listener;
    }

    /// The address claimed.
    public Cidr address() {
        return address;
    }

    /// How far it has come.
    public State state() {
        return state;
    }

    /// Gives the address up. Idempotent.
    public void withdraw() {
        link.interfaces().lock().lock();
        try {
            end();
        } finally {
            link.interfaces().lock().unlock();
        }
    }

    /// As [#withdraw], under the lock.
    void end() {
        assert link.interfaces().lock().held();
        if (state.inUse()) {
            link.interfaces().removeLocked(link, address);
        }
        become(State.WITHDRAWN);
        link.wheel().disarm(timer);
        link.claims().remove(this);
    }

    int bits() {
        return bits;
    }

    /// From the beginning.
    void start(boolean probe, long nowNs) {
        assert link.interfaces().lock().held();
        if (probe) {
            become(State.PROBING);
            arm(nowNs + random(0, PROBE_WAIT));
        } else {
            use(nowNs);
        }
    }

    /// The link is up again, where others may have come meanwhile (§2.1): what is in use is announced when
    /// nobody else says that he has it, for an announcement would divert what is sent to him; what is not in
    /// use starts over. Connections do not wait for that.
    void restart(long nowNs) {
        assert link.interfaces().lock().held();
        if (state == State.PROBING || state == State.CONFLICT) {
            start(true, nowNs);
        } else if (state.inUse()) {
            become(State.VERIFYING);
            arm(nowNs + random(0, PROBE_WAIT));
        }
    }

    /// The address was given to the interface without a claim; from now on it has one.
    void adopt() {
        assert link.interfaces().lock().held();
        become(State.HELD);
    }

    /// Another station uses the address, or probes for it while we do.
    void conflict(long by, long nowNs) {
        assert link.interfaces().lock().held();
        if (state == State.PROBING) {
            become(State.CONFLICT);
            // §2.1.1 limits probing after MAX_CONFLICTS of 10 to one attempt per RATE_LIMIT_INTERVAL. We ask
            // for one certain address again and again, so for us every conflict counts as the tenth.
            arm(nowNs + RATE_LIMIT_INTERVAL);
        } else if (state.inUse()) {
            if (state == State.VERIFYING) {
                become(State.HELD);                 // what was asked is answered
            }
            // §2.4 (c): a host meant to keep its address defends it, once per DEFEND_INTERVAL, lest two that
            // do shout at each other without end.
            if (defended && nowNs - defendedNs < DEFEND_INTERVAL) {
                if (rivalPersists) {
                    return;
                }
                rivalPersists = true;
            } else {
                rivalPersists = false;
                defended = true;
                defendedNs = nowNs;
                link.arp().announce(bits);
            }
        } else {
            return;
        }
        rival = by;
        Deferred.later(events);
    }

    private void timeout(long nowNs) {
        link.interfaces().lock().lock();
        try {
            if (nowNs - deadlineNs < 0) {
                link.wheel().arm(timer, deadlineNs);
                return;
            }
            switch (state) {
                case PROBING, VERIFYING -> probe(nowNs);
                case ANNOUNCING -> announce(nowNs);
                case CONFLICT -> start(true, nowNs);
                case HELD, WITHDRAWN -> { /* late */ }
            }
        } finally {
            link.interfaces().lock().unlock();
        }
    }

    /// §2.1.1: PROBE_NUM probes at random distances, then ANNOUNCE_WAIT of silence.
    private void probe(long nowNs) {
        if (!link.up() || !link.plugged()) {
            return;                                 // nobody would hear it; [#restart] goes on
        }
        if (sent == PROBE_NUM) {
            if (state == State.VERIFYING) {
                become(State.ANNOUNCING);
                announce(nowNs);
            } else {
                use(nowNs);
            }
            return;
        }
        sent++;
        arm(nowNs + (sent == PROBE_NUM ? ANNOUNCE_WAIT : random(PROBE_MIN, PROBE_MAX)));
        link.arp().probe(bits);
    }

    private void use(long nowNs) {
        try {
            link.interfaces().addLocked(link, address, link.claims().place(this));
        } catch (IllegalArgumentException e) {      // given to another interface while we were probing
            failure = e.getMessage();
            become(State.WITHDRAWN);
            link.claims().remove(this);
            Deferred.later(events);
            return;
        }
        become(State.ANNOUNCING);
        toldClaimed = true;
        Deferred.later(events);
        announce(nowNs);
    }

    /// §2.3: ANNOUNCE_NUM announcements, ANNOUNCE_INTERVAL apart.
    private void announce(long nowNs) {
        sent++;
        if (sent == ANNOUNCE_NUM) {
            become(State.HELD);
        } else {
            arm(nowNs + ANNOUNCE_INTERVAL);
        }
        link.arp().announce(bits);
    }

    private void become(State next) {
        assert link.interfaces().lock().held();
        state = next;
        sent = 0;
    }

    private void arm(long atNs) {
        deadlineNs = atNs;
        link.wheel().arm(timer, atNs);
    }

    private long random(long low, long high) {
        return low + (high - low) / 1024 * entropy.nextInt(1025);
    }

    /// Logs and tells what has happened, after the last unlock.
    private void tell() {
        boolean claimed;
        boolean persists;
        long by;
        String failed;
        State at;
        link.interfaces().lock().lock();
        try {
            claimed = toldClaimed;
            persists = rivalPersists;
            by = rival;
            failed = failure;
            at = state;
            toldClaimed = false;
            rival = Neighbor.NONE;
            failure = null;
        } finally {
            link.interfaces().lock().unlock();
        }
        if (failed != null) {
            LOG.error("address not taken: {}", failed);
            listener.refused(this, failed);
        }
        if (claimed) {
            LOG.info("address claimed interface={} address={}", link, address);
            listener.claimed(this);
        }
        if (by != Neighbor.NONE) {
            if (Events.wanted(EventKind.ADDRESS_CONFLICT)) {
                Events.post(EventKind.ADDRESS_CONFLICT, "interface", link.name(), "address", address.addr(),
                        "station", new MacAddr(by), "state", at.name().toLowerCase(Locale.ROOT));
            }
            listener.conflict(this, new MacAddr(by), persists);
            logConflict(at, persists, new MacAddr(by));
        }
    }

    private void logConflict(State at, boolean persists, MacAddr by) {
        boolean taken = at == State.CONFLICT || at == State.PROBING;
        if (taken && state == State.WITHDRAWN) {    // by the listener, who looks for another one
            LOG.warn("address in use by another station, not taken interface={} address={} station={}", link,
                    address.addr(), by);
        } else if (taken) {
            LOG.error("address in use by another station, not taken: give one of the two another address;"
                    + " probing again in a minute interface={} address={} station={}", link, address.addr(),
                    by);
        } else if (persists) {
            LOG.error("another station keeps using our address interface={} address={} station={}", link,
                    address.addr(), by);
        } else {
            LOG.warn("another station uses our address, defended interface={} address={} station={}", link,
                    address.addr(), by);
        }
    }
}
