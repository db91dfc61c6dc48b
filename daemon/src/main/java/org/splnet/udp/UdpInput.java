package org.splnet.udp;

import io.netty.util.concurrent.FastThreadLocal;
import org.splnet.inet.Network;
import org.splnet.inet.NetworkError;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.UdpHeader;

/// Datagrams and errors on their way up (`udp_input`, `udp_ctlinput`). Stateless; any number of threads.
final class UdpInput {
    /// Looks for a socket that moves again and again.
    private static final int MOST_TRIES = 16;

    private static final FastThreadLocal<UdpHeader> HEADERS = new FastThreadLocal<>() {
        @Override
        protected UdpHeader initialValue() {
            return new UdpHeader();
        }
    };
    private final Network network;
    private final UdpTable table;
    private final UdpStats stats;

    UdpInput(Network network, UdpTable table, UdpStats stats) {
        this.network = network;
        this.table = table;
        this.stats = stats;
    }

    /// A datagram for us. Consumes `packet`. Holding nothing.
    void input(Packet packet, long nowNs) {
        UdpHeader header = HEADERS.get().wrap(packet.buf, packet.l4);
        // RFC 768: the length says where the datagram ends; IP may have delivered more, never less.
        if (!header.fits(packet.end - packet.l4)) {
            packet.drop(DropReason.UDP_TRUNCATED);
            return;
        }
        // RFC 1122 4.1.3.6: a source address that is no one host's is dropped by IP or here.
        if (!unicast(packet.srcHi, packet.srcLo)) {
            packet.drop(DropReason.UDP_BAD_ADDRESS);
            return;
        }
        if (!checksumGood(packet, header)) {
            packet.drop(DropReason.UDP_BAD_CHECKSUM);
            return;
        }
        int octets = header.payloadLen();
        DropReason failure = packet.toIpGroup() ? toAll(packet, header) : toOne(packet, header);
        if (failure == null) {
            stats.datagramsIn.increment();
            stats.octetsIn.add(octets);
            packet.free();
            return;
        }
        // RFC 1122 4.1.3.1; never in answer to what was sent to many (3.2.2).
        if (failure == DropReason.UDP_NO_PORT && !packet.toMany()) {
            network.portUnreachable(packet, nowNs);
        }
        packet.drop(failure);
    }

    /// The error that a datagram of ours met. Borrows what it quotes. Holding nothing.
    ///
    /// @return false if no socket can have sent it
    boolean error(NetworkError error, long nowNs) {
        if (error.len < UdpHeader.LEN) {
            stats.strayErrors.increment();
            return false;
        }
        UdpHeader header = HEADERS.get().wrap(error.buf, error.at);
        int port = header.srcPort();
        int remotePort = header.dstPort();
        boolean known = false;
        for (int scope = 0; !known && scope < UdpTable.SCOPES; scope++) {
            // Which of several sent it cannot be told.
            for (UdpPcb each : table.sockets(scope, error.localHi, error.localLo, port, error.remoteHi,
                    error.remoteLo, remotePort)) {
                known |= each.refused(error, remotePort, nowNs);
            }
        }
        (known ? stats.errors : stats.strayErrors).increment();
        return known;
    }

    /// To the socket whose peer sent it, of several to the newest, as on Linux; else to the most closely
    /// bound one, of several to one.
    ///
    /// @return null, or why nobody has it
    private DropReason toOne(Packet packet, UdpHeader header) {
        DropReason failure;
        int moves;
        int tries = 0;
        do {
            moves = table.moves();
            failure = lookUp(packet, header);
        } while (failure == DropReason.UDP_NO_PORT && moves != table.moves() && ++tries < MOST_TRIES);
        return failure;
    }

    private DropReason lookUp(Packet packet, UdpHeader header) {
        int from = header.srcPort();
        int to = header.dstPort();
        DropReason failure = DropReason.UDP_NO_PORT;
        for (int scope = 0; failure == DropReason.UDP_NO_PORT && scope < UdpTable.SCOPES; scope++) {
            UdpPcb[] group = table.sockets(scope, packet.dstHi, packet.dstLo, to, packet.srcHi, packet.srcLo,
                    from);
            if (scope >= UdpTable.PEERLESS && group.length > 1) {
                UdpPcb chosen = table.chosen(group, packet.dstHi, packet.dstLo, to, packet.srcHi,
                        packet.srcLo, from);
                failure = chosen.deliver(packet, header.payload(), header.payloadLen(), from, to);
            }
            // A socket that was closed or connected since it was found says UDP_NO_PORT: try the next.
            for (int i = group.length - 1; failure == DropReason.UDP_NO_PORT && i >= 0; i--) {
                failure = group[i].deliver(packet, header.payload(), header.payloadLen(), from, to);
            }
        }
        return failure;
    }

    /// A broadcast or multicast goes to every socket without a peer that it matches.
    ///
    /// @return null if somebody has it, or why nobody has
    private DropReason toAll(Packet packet, UdpHeader header) {
        int from = header.srcPort();
        int to = header.dstPort();
        DropReason failure = DropReason.UDP_NO_PORT;
        boolean delivered = false;
        for (int scope = UdpTable.PEERLESS; scope < UdpTable.SCOPES; scope++) {
            UdpPcb[] group = table.sockets(scope, packet.dstHi, packet.dstLo, to, packet.srcHi, packet.srcLo,
                    from);
            for (int i = 0; i < group.length; i++) {
                DropReason each = group[i].deliver(packet, header.payload(), header.payloadLen(), from, to);
                delivered |= each == null;
                failure = each == null || each == DropReason.UDP_NO_PORT ? failure : each;
            }
        }
        return delivered ? null : failure;
    }

    private boolean unicast(long hi, long lo) {
        boolean usable = InetAddr.isV4(hi, lo) ? (int) lo != 0 && !Ip4Addr.isMulticast((int) lo)
                : (hi | lo) != 0 && hi >>> 56 != 0xff;
        return usable && !network.isBroadcast(hi, lo);
    }

    private static boolean checksumGood(Packet packet, UdpHeader header) {
        return (packet.flags & (Packet.CHECKSUM_GOOD | Packet.CHECKSUM_PARTIAL)) != 0
                || header.checksumOk(packet.srcHi, packet.srcLo, packet.dstHi, packet.dstLo);
    }
}
