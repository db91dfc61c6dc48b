package org.splnet.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.splnet.kern.Entropy;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// The claims of one interface. ARP input asks without a lock; changes are made under the table's lock.
///
/// Lock key:  (c) constant   (v) volatile, written under the table's lock, rank `INTERFACES`
final class Claims {
    private static final AddressClaim[] NONE = {};

    private final EtherIf link;                     // (c)
    private final Entropy entropy;                  // (c)
    private volatile AddressClaim[] all = NONE;     // (v)

    Claims(EtherIf link, Entropy entropy) {
        this.link = link;
        this.entropy = entropy;
    }

    /// Begins a claim.
    ///
    /// @throws IllegalArgumentException if the address cannot be ours, or has a claim
    AddressClaim claim(Cidr address, boolean probe, AddressClaim.Listener listener, long nowNs) {
        if (!(address.addr() instanceof Ip4Addr(int bits))) {
            throw new IllegalArgumentException(link + ": " + address + " is no IPv4 address, and ARP knows"
                    + " no other");
        }
        link.interfaces().lock().lock();
        try {
            if (find(bits) != null) {
                throw new IllegalArgumentException(link + ": " + address + " is being claimed already");
            }
            link.interfaces().check(link, address);
            var claim = new AddressClaim(link, address, entropy, listener);
            add(claim);
            claim.start(probe, nowNs);
            return claim;
        } finally {
            link.interfaces().lock().unlock();
        }
    }

    /// Takes an address away, and ends its claim if it has one.
    ///
    /// @return false if it was neither there nor claimed
    boolean withdraw(Cidr address) {
        link.interfaces().lock().lock();
        try {
            AddressClaim claim = address.addr() instanceof Ip4Addr(int bits) ? find(bits) : null;
            if (claim == null || !claim.address().equals(address)) {
                return link.interfaces().removeLocked(link, address);
            }
            claim.end();
            return true;
        } finally {
            link.interfaces().lock().unlock();
        }
    }

    /// What is in use, in order, then what is not.
    List<AddressInfo> infos() {
        List<AddressInfo> infos = new ArrayList<>();
        link.interfaces().lock().lock();
        try {
            for (Cidr each : link.addresses()) {
                AddressClaim claim = each.addr() instanceof Ip4Addr(int bits) ? find(bits) : null;
                infos.add(new AddressInfo(each, claim == null ? AddressClaim.State.HELD : claim.state(),
                        infos.isEmpty()));
            }
            for (AddressClaim each : all) {
                if (each.state() == AddressClaim.State.PROBING
                        || each.state() == AddressClaim.State.CONFLICT) {
                    infos.add(new AddressInfo(each.address(), each.state(), false));
                }
            }
            return infos;
        } finally {
            link.interfaces().lock().unlock();
        }
    }

    /// True if it is ours, or may become ours.
    boolean claimed(int bits) {
        return link.owns(0, Ip4Addr.lo(bits)) || probing(bits);
    }

    /// True while we ask whether we may have it.
    boolean probing(int bits) {
        AddressClaim claim = find(bits);
        return claim != null && claim.state() == AddressClaim.State.PROBING;
    }

    /// Somebody else has it, or wants it.
    void conflict(int bits, long by, long nowNs) {
        link.interfaces().lock().lock();
        try {
            AddressClaim claim = find(bits);
            if (claim == null) {
                claim = adopt(bits);
            }
            if (claim != null) {
                claim.conflict(by, nowNs);
            }
        } finally {
            link.interfaces().lock().unlock();
        }
    }

    /// The link is up again.
    void restart(long nowNs) {
        assert link.interfaces().lock().held();
        for (AddressClaim each : all) {
            each.restart(nowNs);
        }
    }

    void withdrawAll() {
        for (AddressClaim each : all) {
            each.withdraw();
        }
    }

    /// Where its address belongs among those of the interface: in the order of the claims, whichever succeeds
    /// first, so that the primary address is not a matter of chance.
    int place(AddressClaim claim) {
        assert link.interfaces().lock().held();
        Cidr[] addresses = link.addresses();
        boolean later = false;
        int place = addresses.length;
        for (AddressClaim each : all) {
            for (int i = 0; later && i < place; i++) {
                if (addresses[i].equals(each.address())) {
                    place = i;
                }
            }
            later |= each == claim;
        }
        return place;
    }

    void remove(AddressClaim claim) {
        assert link.interfaces().lock().held();
        all = Arrays.stream(all).filter(each -> each != claim).toArray(AddressClaim[]::new);
    }

    private void add(AddressClaim claim) {
        AddressClaim[] next = Arrays.copyOf(all, all.length + 1);
        next[all.length] = claim;
        all = next;
    }

    private AddressClaim find(int bits) {
        for (AddressClaim each : all) {
            if (each.bits() == bits) {
                return each;
            }
        }
        return null;
    }

    /// Addresses may be given to the interface without a claim; they are defended all the same.
    private AddressClaim adopt(int bits) {
        InetAddr address = new Ip4Addr(bits);
        for (Cidr each : link.addresses()) {
            if (each.addr().equals(address)) {
                var claim = new AddressClaim(link, each, entropy, AddressClaim.Listener.NONE);
                add(claim);
                claim.adopt();
                return claim;
            }
        }
        return null;
    }
}
