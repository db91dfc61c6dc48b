package org.splnet.udp;

import org.splnet.inet.NetworkError;
import org.splnet.inet.Path;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pcb.Reservation;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.socket.DatagramBudget;
import org.splnet.socket.DatagramInbox;
import org.splnet.socket.DatagramInfo;
import org.splnet.socket.DatagramQueue;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// Control block of one UDP socket: its ends, what has come in for it, its way out.
///
/// Lock key: (c) constant after construction, (u) this `lock`.
final class UdpPcb {
    final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "udp socket"); // (c)
    final Reservation reserved; // (c)
    /// The address and port as reserved: the local end while there is no peer.
    final Endpoint bound; // (c)
    final DatagramInbox inbox; // (c)

    /// Our end; if there is a peer, with the address its datagrams come to.
    Endpoint local; // (u)
    Endpoint remote; // (u) null if there is none
    /// The way to the peer, or to where was sent last.
    Path path; // (u)
    InetAddr pathFrom; // (u) source that was asked for when `path` was looked up
    int pathPort; // (u) port that was sent to along `path`
    boolean pathBroadcast; // (u) `path` leads to a broadcast address
    boolean unfragmented; // (u) has sent what routers must not fragment

    UdpPcb(Reservation reserved, SocketOptions options, String user, DatagramBudget budget,
            DatagramQueue queue) {
        this.reserved = reserved;
        this.bound = reserved.local();
        this.local = bound;
        this.inbox = new DatagramInbox(lock, queue, budget, DropReason.UDP_BUFFER_FULL, options, user);
    }

    /// True if a datagram from there is for this socket: asked again after finding it, under its lock.
    boolean accepts(long hi, long lo, int port) {
        assert lock.held();
        return !inbox.detached()
                && (remote == null || (!named() || remote.port() == port) && remote.addr().is(hi, lo));
    }

    /// True if it has a peer with a port. One without is any port of its address, as on Linux.
    private boolean named() {
        return remote != null && remote.port() != 0;
    }

    /// Queues a datagram whose payload is `len` octets at `at` of the packet's buffer. Borrows `packet`.
    /// Nothing held.
    ///
    /// @return null, or why it was not queued
    DropReason deliver(Packet packet, int at, int len, int fromPort, int toPort) {
        lock.lock();
        try {
            if (!accepts(packet.srcHi, packet.srcLo, fromPort)) {
                return DropReason.UDP_NO_PORT;
            }
            return inbox.add(packet.buf, at, len, packet.srcHi, packet.srcLo, fromPort, packet.dstHi,
                    packet.dstLo, toPort);
        } finally {
            lock.unlock();
        }
    }

    /// Throws away what came from others than the peer before there was one.
    void forgetStrangers() {
        assert lock.held() && remote != null;
        inbox.keepOnly(remote.addr().hi(), remote.addr().lo(), remote.port());
    }

    /// An ICMP error that quotes a datagram from here to there. Nothing held.
    ///
    /// A socket with a peer is told at once (RFC 1122 4.1.3.3). One without is not, as everywhere: nobody
    /// asks for it, and what it sends next must not be lost for what became of something before.
    ///
    /// @return false if this socket cannot have sent that
    boolean refused(NetworkError error, int remotePort, long nowNs) {
        lock.lock();
        try {
            // RFC 1191 §3: what is too large to be passed on in one must have been forbidden to be cut
            boolean tooBig = error.kind == NetworkError.Kind.TOO_BIG;
            if (inbox.detached() || tooBig && !unfragmented) {
                return false;
            }
            boolean onPath = path != null && path.remoteLo() == error.remoteLo
                    && path.remoteHi() == error.remoteHi;
            // RFC 5927: where the peer does not say the port, it is the one that was sent to last
            boolean ours = accepts(error.remoteHi, error.remoteLo, remotePort)
                    && (named() || onPath && pathPort == remotePort);
            if (ours && onPath && tooBig) {
                path.lowerMtu(error.mtu, nowNs);
            }
            if (ours && remote != null) {
                inbox.fail(error.kind, error.mtu);
            }
            return ours;
        } finally {
            lock.unlock();
        }
    }

    /// Ends it.
    ///
    /// @return false if it has ended already
    boolean detach() {
        assert lock.held();
        path = null;
        return inbox.detach();
    }

    DatagramInfo info() {
        lock.lock();
        try {
            return inbox.info(local, remote, path);
        } finally {
            lock.unlock();
        }
    }
}
