package org.splnet.dhcp;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Entropy;
import org.splnet.net.AddressClaim;
import org.splnet.net.EtherIf;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

/// An address of one's own making (RFC 3927 §2): chosen by the station address, so that it is the same each
/// time; probed for; another one if somebody has it.
///
/// Covered by its client's lock.
final class LinkLocal {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.dhcp");
    /// 169.254.1.0 to 169.254.254.255 (§2.1).
    private static final int FIRST = 0xa9fe_0100;
    private static final int COUNT = 0xfe00;
    /// §2.2.1, MAX_CONFLICTS: whoever has met so many asks for one address a minute, not one after another.
    private static final int MOST_CONFLICTS = 10;

    private final EtherIf link;
    private final AddressClaim.Listener listener;
    private final Notices notices;
    private Entropy choice;
    private AddressClaim claim;
    private int conflicts;

    LinkLocal(EtherIf link, AddressClaim.Listener listener, Notices notices) {
        this.link = link;
        this.listener = listener;
        this.notices = notices;
    }

    /// Takes one, unless it has one.
    void begin(long nowNs) {
        if (claim == null) {
            // §2.1: a sequence of its own for each station
            choice = Entropy.seeded(link.mac().bits());
            conflicts = 0;
            next(nowNs);
        }
    }

    /// Gives it up (§1.9: once there is a better one). Idempotent.
    void end() {
        if (claim != null) {
            claim.withdraw();
            claim = null;
        }
    }

    /// The address, in use or being asked for; null if there is none.
    Cidr address() {
        return claim == null ? null : claim.address();
    }

    boolean is(AddressClaim which) {
        return which == claim;
    }

    /// Somebody else has it. The claim itself asks again a minute later, which is what those do that met too
    /// many.
    void taken(long nowNs) {
        if (claim.state().inUse()) {
            conflicts = 0;                          // of those met while looking for one, in a row
        }
        if (++conflicts < MOST_CONFLICTS) {
            claim.withdraw();
            next(nowNs);
        }
    }

    private void next(long nowNs) {
        var address = new Cidr(new Ip4Addr(FIRST + choice.nextInt(COUNT)), 16);
        try {
            claim = link.claim(address, true, listener, nowNs);
            notices.add(() -> LOG.info("no address from a server, taking a link-local one interface={}"
                    + " address={}", link, address));
        } catch (IllegalArgumentException e) {
            claim = null;                           // an administrator has given it to us already
            notices.add(() -> LOG.warn("no link-local address interface={} cause={}", link,
                    e.getMessage()));
        }
    }
}
