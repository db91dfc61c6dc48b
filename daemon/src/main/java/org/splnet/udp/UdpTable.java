package org.splnet.udp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.splnet.pcb.PcbTable;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// Which socket a datagram is for: sockets with a peer by four-tuple, others by bound address and port.
/// Look-ups take no lock.
///
/// Several sockets may be bound to one address and port (`SO_REUSEADDR`); they stand in an array that is
/// replaced as a whole, newest last. Changes are made with the socket's lock held, by whoever changes its
/// ends.
final class UdpTable {
    /// Values of `scope` below.
    static final int SCOPES = 3;

    private static final long ANY4 = 0xffff_0000_0000L;
    private static final UdpPcb[] NONE = {};

    private final PcbTable<UdpPcb> connected;
    private final PcbTable<UdpPcb[]> bound;

    /// @param seed secret of the hash
    UdpTable(long seed) {
        connected = new PcbTable<>(seed);
        bound = new PcbTable<>(~seed);
    }

    /// The socket with that peer, or null.
    UdpPcb connected(long hi, long lo, int port, long remoteHi, long remoteLo, int remotePort) {
        return connected.lookup(hi, lo, port, remoteHi, remoteLo, remotePort);
    }

    /// Sockets without a peer that datagrams to there may be for, oldest first; none is an empty array. Not
    /// to be changed.
    ///
    /// @param scope how closely they are bound, from 0: to that address, to any of its family, to any at all
    UdpPcb[] bound(int scope, long hi, long lo, int port) {
        if (scope == 1 && !InetAddr.isV4(hi, lo)) {
            return NONE;
        }
        UdpPcb[] there = switch (scope) {
            case 0 -> bound.lookup(hi, lo, port, 0, 0, 0);
            case 1 -> bound.lookup(0, ANY4, port, 0, 0, 0);
            default -> bound.lookup(0, 0, port, 0, 0, 0);
        };
        return there == null ? NONE : there;
    }

    /// Adds a socket without a peer.
    void bind(UdpPcb pcb) {
        long hi = pcb.bound.addr().hi();
        long lo = pcb.bound.addr().lo();
        int port = pcb.bound.port();
        while (true) {
            UdpPcb[] old = bound.lookup(hi, lo, port, 0, 0, 0);
            if (old == null) {
                if (bound.insert(hi, lo, port, 0, 0, 0, new UdpPcb[] {pcb}) == null) {
                    return;
                }
            } else {
                UdpPcb[] next = Arrays.copyOf(old, old.length + 1);
                next[old.length] = pcb;
                if (bound.replace(hi, lo, port, 0, 0, 0, old, next)) {
                    return;
                }
            }
        }
    }

    /// Takes a socket without a peer out.
    void unbind(UdpPcb pcb) {
        long hi = pcb.bound.addr().hi();
        long lo = pcb.bound.addr().lo();
        int port = pcb.bound.port();
        while (true) {
            UdpPcb[] old = bound.lookup(hi, lo, port, 0, 0, 0);
            UdpPcb[] next = Arrays.stream(old).filter(each -> each != pcb).toArray(UdpPcb[]::new);
            boolean done = next.length == 0 ? bound.remove(hi, lo, port, 0, 0, 0, old)
                    : bound.replace(hi, lo, port, 0, 0, 0, old, next);
            if (done) {
                return;
            }
        }
    }

    /// Adds a socket with a peer.
    ///
    /// @return false if there is one with these ends
    boolean connect(UdpPcb pcb, Endpoint local, Endpoint remote) {
        return connected.insert(local.addr().hi(), local.addr().lo(), local.port(), remote.addr().hi(),
                remote.addr().lo(), remote.port(), pcb) == null;
    }

    /// Takes a socket with a peer out.
    void disconnect(UdpPcb pcb, Endpoint local, Endpoint remote) {
        connected.remove(local.addr().hi(), local.addr().lo(), local.port(), remote.addr().hi(),
                remote.addr().lo(), remote.port(), pcb);
    }

    /// All sockets at this moment, for display.
    List<UdpInfo> infos() {
        List<UdpPcb> all = new ArrayList<>();
        connected.forEach(all::add);
        bound.forEach(group -> all.addAll(Arrays.asList(group)));
        return all.stream().distinct().map(UdpPcb::info)
                .sorted(Comparator.comparing((UdpInfo info) -> info.local().port())
                        .thenComparing(UdpInfo::local))
                .toList();
    }
}
