package org.splnet.net;

import org.splnet.kern.Deferred;
import org.splnet.pkt.DropReason;

/// What is known of the other end of an interface's cable: whether something is there, and what is to be done
/// when it is there again.
///
/// Lock key:  (c) constant   (i) volatile, written under the table's lock, rank `INTERFACES`
final class Cable {
    private final NetDevice device;                 // (c)
    private final EtherIf link;                     // (c)
    private volatile boolean carrier;               // (i) as it was when it was looked at last
    private volatile int flaps;                     // (i) as above
    private volatile Deferred.Call whenBack;        // (i)

    Cable(NetDevice device, EtherIf link) {
        this.device = device;
        this.link = link;
        carrier = device.carrier();
        flaps = device.flaps();
    }

    boolean plugged() {
        return carrier;
    }

    /// Looks whether the cable has been pulled or plugged in, or both. Holding nothing.
    void look(long nowNs) {
        if (device.carrier() == carrier && device.flaps() == flaps) {
            return;
        }
        IfTable interfaces = link.interfaces();
        interfaces.lock().lock();
        try {
            int seen = device.flaps();
            boolean now = device.carrier();
            if (now == carrier && seen == flaps) {
                return;                             // the thread of another queue was faster
            }
            boolean came = now && (!carrier || seen != flaps);
            carrier = now;
            flaps = seen;
            if (came && link.up()) {
                back(nowNs);
            }
            interfaces.changed(link);
        } finally {
            interfaces.lock().unlock();
        }
    }

    /// The link carries again. Whoever is there now has not heard of our addresses, and may have taken them:
    /// they are probed for and announced as if we had just come up (RFC 5227 §2.1), and those in use stay so
    /// meanwhile. And nobody need be where he was: a transfer that trusted the old station until that is
    /// doubted would stand still for as long.
    void back(long nowNs) {
        assert link.interfaces().lock().held();
        link.arpNeighbors().flush(false, DropReason.NEIGHBOR_UNREACHABLE);
        link.claims().restart(nowNs);
        if (whenBack != null) {
            Deferred.later(whenBack);
        }
    }

    void whenBack(Deferred.Call call) {
        link.interfaces().lock().lock();
        try {
            whenBack = call;
        } finally {
            link.interfaces().lock().unlock();
        }
    }
}
