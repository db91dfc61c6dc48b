package org.splnet.net;

import java.util.Arrays;
import java.util.List;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// The interfaces and their addresses. Readers use snapshots, and neither lock nor allocate; writers take the
/// `INTERFACES` lock and publish a new snapshot.
///
/// Every address belongs to one interface, and only that interface answers for it on its link (the strong
/// host model of RFC 1122 §3.3.4.2).
///
/// Lock key:  (i) `lock`, rank `INTERFACES`   (v) volatile, written under `lock`
public final class IfTable {
    private record Snapshot(NetIf[] all, AddressIndex addresses, AddressIndex broadcasts, int generation) {
    }

    private final RankedLock lock = new RankedLock(LockRank.INTERFACES, "interfaces");
    private volatile Snapshot now = new Snapshot(new NetIf[0], AddressIndex.EMPTY, AddressIndex.EMPTY,
            0);     // (v)
    private int lastIndex;                                                                  // (i)

    /// Every interface, in order of index. A snapshot that must not be changed.
    public NetIf[] all() {
        return now.all;
    }

    /// By index, or null.
    public NetIf byIndex(int index) {
        for (NetIf each : now.all) {
            if (each.index() == index) {
                return each;
            }
        }
        return null;
    }

    /// By name, or null.
    public NetIf byName(String name) {
        for (NetIf each : now.all) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        return null;
    }

    /// The interface that has this unicast address, or null. Lock-free, allocates nothing.
    public NetIf owner(long hi, long lo) {
        return now.addresses.owner(hi, lo);
    }

    /// True for the directed broadcast of any link's subnet. Lock-free, allocates nothing.
    public boolean isBroadcast(long hi, long lo) {
        return now.broadcasts.owner(hi, lo) != null;
    }

    /// Grows with every change of an interface, its state or addresses: whoever derives something from them
    /// compares it.
    public int generation() {
        return now.generation;
    }

    /// Every interface as people see it.
    public List<IfInfo> info() {
        return Arrays.stream(now.all).map(NetIf::info).toList();
    }

    /// Adds an address (first one becomes primary).
    ///
    /// @throws IllegalArgumentException if any interface has it already, or no interface may: it is
    ///     unspecified, a group, a broadcast or network address, or a loopback address elsewhere
    public void addAddress(NetIf netIf, Cidr address) {
        lock.lock();
        try {
            addLocked(netIf, address, netIf.addresses().length);
        } finally {
            lock.unlock();
        }
    }

    /// @param at its place among the interface's addresses; the first is the primary one
    void addLocked(NetIf netIf, Cidr address, int at) {
        assert lock.held();
        check(netIf, address);
        if (byIndex(netIf.index()) != netIf) {
            throw new IllegalArgumentException(netIf + ": no such interface any more");
        }
        Cidr[] before = netIf.addresses();
        Cidr[] after = Arrays.copyOf(before, before.length + 1);
        System.arraycopy(before, at, after, at + 1, before.length - at);
        after[at] = address;
        netIf.addresses(after);
        publish(now.all);
        tell(EventKind.ADDRESS_ADDED, netIf, address);
    }

    /// Removes an address that has no claim.
    ///
    /// @return false if it was not there
    boolean removeAddress(NetIf netIf, Cidr address) {
        lock.lock();
        try {
            return removeLocked(netIf, address);
        } finally {
            lock.unlock();
        }
    }

    boolean removeLocked(NetIf netIf, Cidr address) {
        assert lock.held();
        Cidr[] before = netIf.addresses();
        Cidr[] after = Arrays.stream(before).filter(each -> !each.equals(address)).toArray(Cidr[]::new);
        if (after.length == before.length) {
            return false;
        }
        netIf.addresses(after);
        publish(now.all);
        tell(EventKind.ADDRESS_REMOVED, netIf, address);
        return true;
    }

    /// Whether the address could be added now, said in words if not.
    ///
    /// @throws IllegalArgumentException as [#addAddress]
    void check(NetIf netIf, Cidr address) {
        InetAddr a = address.addr();
        String why = a.isUnspecified() ? "the unspecified address"
                : a.isMulticast() ? "a group address"
                : a.equals(Ip4Addr.BROADCAST) ? "the limited broadcast address"
                : address.isBroadcast(a.hi(), a.lo()) ? "its subnet's broadcast address"
                : address.isNetwork(a.hi(), a.lo()) ? "its subnet's network address"
                : a.isLoopback() && !netIf.loopback() ? "a loopback address, which must not leave the host"
                : null;
        if (why != null) {
            throw new IllegalArgumentException(netIf + ": " + address + " is " + why);
        }
        NetIf owner = owner(a.hi(), a.lo());
        if (owner != null) {
            throw new IllegalArgumentException(netIf + ": " + address + ": "
                    + (owner == netIf ? "it has that address already" : owner + " has that address"));
        }
    }

    /// A number no interface has had. Under the lock.
    int nextIndex() {
        assert lock.held();
        return ++lastIndex;
    }

    /// Adds an interface. Under the lock.
    ///
    /// @throws IllegalArgumentException if the name is taken
    void add(NetIf netIf) {
        assert lock.held();
        if (byName(netIf.name()) != null) {
            throw new IllegalArgumentException(netIf + ": there is an interface of that name");
        }
        NetIf[] next = Arrays.copyOf(now.all, now.all.length + 1);
        next[now.all.length] = netIf;
        publish(next);
        tell(EventKind.LINK_UP, netIf);
    }

    /// Removes an interface and with it its addresses.
    ///
    /// @return false if it was not there
    boolean remove(NetIf netIf) {
        lock.lock();
        try {
            NetIf[] next = Arrays.stream(now.all).filter(each -> each != netIf).toArray(NetIf[]::new);
            if (next.length == now.all.length) {
                return false;
            }
            publish(next);
            Cidr[] had = netIf.addresses();
            netIf.addresses(new Cidr[0]);
            for (Cidr each : had) {
                tell(EventKind.ADDRESS_REMOVED, netIf, each);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// An interface went up or down, or its carrier came or went.
    void changed(NetIf netIf) {
        assert lock.held();
        publish(now.all);
        tell(netIf.up() && netIf.carrier() ? EventKind.LINK_UP : EventKind.LINK_DOWN, netIf);
    }

    /// Something about an interface is different of which nobody is told: who keeps a way looks again.
    void renewed() {
        assert lock.held();
        publish(now.all);
    }

    private static void tell(EventKind kind, NetIf netIf) {
        if (Events.wanted(kind)) {
            Events.post(kind, "interface", netIf.name());
        }
    }

    private static void tell(EventKind kind, NetIf netIf, Cidr address) {
        if (Events.wanted(kind)) {
            Events.post(kind, "interface", netIf.name(), "address", address);
        }
    }

    /// The lock, for what changes together with addresses: claims.
    RankedLock lock() {
        return lock;
    }

    private void publish(NetIf[] all) {
        int count = 0;
        for (NetIf each : all) {
            count += each.addresses().length;
        }
        var addresses = new AddressIndex(count);
        var broadcasts = new AddressIndex(count);
        for (NetIf each : all) {
            for (Cidr address : each.addresses()) {
                addresses.put(address.addr().hi(), address.addr().lo(), each);
                if (address.hasBroadcast() && !each.loopback()) {
                    InetAddr last = address.broadcast();
                    broadcasts.put(last.hi(), last.lo(), each);
                }
            }
        }
        now = new Snapshot(all, addresses, broadcasts, now.generation + 1);
    }
}
