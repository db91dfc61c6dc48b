package org.splnet.udp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.splnet.pcb.GroupTable;
import org.splnet.socket.DatagramInfo;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// Which socket a datagram is for: sockets with a peer by four-tuple, others by bound address and port.
/// Look-ups take no lock.
///
/// Several sockets may be bound to one address and port (`SO_REUSEADDR`, `SO_REUSEPORT`), and then have the
/// same peer. Changes are made with the socket's lock held, by whoever changes its ends.
final class UdpTable {
    /// Values of `scope` below, and the first of those without a peer.
    static final int SCOPES = 5;
    static final int PEERLESS = 2;

    private static final long ANY4 = Ip4Addr.ANY.lo();
    private static final UdpPcb[] NONE = {};

    private final GroupTable<UdpPcb> connected;
    private final GroupTable<UdpPcb> bound;
    private final AtomicInteger moves = new AtomicInteger();
    /// Of those with a peer, how many have one without a port.
    private final AtomicInteger portless = new AtomicInteger();

    /// @param seed secret of the hash
    UdpTable(long seed) {
        connected = new GroupTable<>(seed, UdpPcb[]::new);
        bound = new GroupTable<>(~seed, UdpPcb[]::new);
    }

    /// How often a socket has found a new place. One that moves is in its new place before it leaves the old
    /// one, but whoever looks in the new place too early and in the old one too late does not meet it: if
    /// this has changed since he began, he looks again.
    int moves() {
        return moves.get();
    }

    /// Sockets that datagrams from there to here may be for, oldest first; none is an empty array. Not to be
    /// changed.
    ///
    /// @param scope how closely, from 0: with that peer, with one of that address that has no port; without a
    /// peer, and bound to that address, to any of its family, to any at all
    UdpPcb[] sockets(int scope, long hi, long lo, int port, long remoteHi, long remoteLo, int remotePort) {
        UdpPcb[] there = switch (scope) {
            case 0 -> connected.lookup(hi, lo, port, remoteHi, remoteLo, remotePort);
            case 1 -> portless.get() == 0 ? NONE : connected.lookup(hi, lo, port, remoteHi, remoteLo, 0);
            case 2 -> bound.lookup(hi, lo, port);
            case 3 -> InetAddr.isV4(hi, lo) ? bound.lookup(0, ANY4, port) : NONE;
            default -> bound.lookup(0, 0, port);
        };
        return there == null ? NONE : there;
    }

    /// Which of sockets bound to one address and port a datagram is for: the one that its four-tuple falls
    /// to, if that shares the port with the newest as `SO_REUSEPORT` says, else the newest.
    ///
    /// @param group not empty
    UdpPcb chosen(UdpPcb[] group, long hi, long lo, int port, long remoteHi, long remoteLo, int remotePort) {
        UdpPcb newest = group[group.length - 1];
        UdpPcb fallen = group[bound.pick(group.length, hi, lo, port, remoteHi, remoteLo, remotePort)];
        return fallen.reserved.sharedByPort(newest.reserved) ? fallen : newest;
    }

    /// Adds a socket without a peer.
    void bind(UdpPcb pcb) {
        bound.add(pcb.bound.addr().hi(), pcb.bound.addr().lo(), pcb.bound.port(), pcb);
        moves.incrementAndGet();
    }

    /// Takes a socket without a peer out.
    void unbind(UdpPcb pcb) {
        bound.remove(pcb.bound.addr().hi(), pcb.bound.addr().lo(), pcb.bound.port(), pcb);
    }

    /// Adds a socket with a peer.
    void connect(UdpPcb pcb, Endpoint local, Endpoint remote) {
        portless.addAndGet(remote.port() == 0 ? 1 : 0);     // first: whoever sees none does not look for one
        connected.add(local.addr().hi(), local.addr().lo(), local.port(), remote.addr().hi(),
                remote.addr().lo(), remote.port(), pcb);
        moves.incrementAndGet();
    }

    /// Takes a socket with a peer out.
    void disconnect(UdpPcb pcb, Endpoint local, Endpoint remote) {
        connected.remove(local.addr().hi(), local.addr().lo(), local.port(), remote.addr().hi(),
                remote.addr().lo(), remote.port(), pcb);
        portless.addAndGet(remote.port() == 0 ? -1 : 0);
    }

    /// All sockets at this moment, for display.
    List<DatagramInfo> infos() {
        List<UdpPcb> all = new ArrayList<>();
        connected.forEach(all::add);
        bound.forEach(all::add);
        return all.stream().distinct().map(UdpPcb::info)
                .sorted(Comparator.comparing((DatagramInfo info) -> info.local().port())
                        .thenComparing(DatagramInfo::local))
                .toList();
    }
}
