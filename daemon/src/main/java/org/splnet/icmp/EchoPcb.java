package org.splnet.icmp;

import org.splnet.inet.NetworkError;
import org.splnet.inet.Path;
import org.splnet.ip.Pings;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.socket.DatagramBudget;
import org.splnet.socket.DatagramInbox;
import org.splnet.socket.DatagramInfo;
import org.splnet.socket.DatagramQueue;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// Control block of one socket for echo: its ends, what has come in for it, its way out.
///
/// Lock key: (c) constant after construction, (e) this `lock`.
final class EchoPcb implements Pings.Holder {
    final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "echo socket"); // (c)
    /// The address it was bound to and the identifier it holds.
    final Endpoint bound; // (c)
    final DatagramInbox inbox; // (c)

    /// Our end; if there is a peer, with the address its replies come to.
    Endpoint local; // (e)
    Endpoint remote; // (e) null if there is none
    /// The way to the peer, or to where was sent last.
    Path path; // (e)
    InetAddr pathFrom; // (e) source that was asked for when `path` was looked up
    boolean pathBroadcast; // (e) `path` leads to a broadcast address
    boolean unfragmented; // (e) has sent what routers must not fragment

    EchoPcb(Endpoint bound, SocketOptions options, DatagramBudget budget, DatagramQueue queue) {
        this.bound = bound;
        this.local = bound;
        this.inbox = new DatagramInbox(lock, queue, budget, DropReason.ICMP_BUFFER_FULL, options, "");
    }

    int id() {
        return bound.port();
    }

    @Override
    public DropReason reply(Packet packet, long nowNs) {
        lock.lock();
        try {
            boolean mine = !inbox.detached() && (local.addr().isUnspecified()
                    || local.addr().is(packet.dstHi, packet.dstLo))
                    && (remote == null || remote.addr().is(packet.srcHi, packet.srcLo));
            if (!mine) {
                return DropReason.ICMP_IGNORED;
            }
            DropReason failure = inbox.add(packet.buf, packet.l4, packet.end - packet.l4, packet.srcHi,
                    packet.srcLo, 0, packet.dstHi, packet.dstLo, id());
            return failure == null ? DropReason.ICMP_CONSUMED : failure;
        } finally {
            lock.unlock();
        }
    }

    /// A socket without a peer is told nothing: which of its requests it was would be lost on the way. What
    /// gets through there it learns all the same.
    @Override
    public DropReason error(NetworkError error, Ip4Addr from, long nowNs) {
        lock.lock();
        try {
            // RFC 1191 §3: what is too large to be passed on in one must have been forbidden to be cut
            boolean tooBig = error.kind == NetworkError.Kind.TOO_BIG;
            if (inbox.detached() || tooBig && !unfragmented) {
                return DropReason.ICMP_NO_ENDPOINT;
            }
            boolean lowers = tooBig && path != null
                    && path.remoteHi() == error.remoteHi && path.remoteLo() == error.remoteLo
                    && path.localHi() == error.localHi && path.localLo() == error.localLo;
            if (lowers) {
                path.lowerMtu(error.mtu, nowNs);
            }
            boolean told = remote != null && remote.addr().is(error.remoteHi, error.remoteLo)
                    && local.addr().is(error.localHi, error.localLo);
            if (told) {
                inbox.fail(error.kind, error.mtu);
            }
            return told || lowers ? DropReason.ICMP_CONSUMED : DropReason.ICMP_NO_ENDPOINT;
        } finally {
            lock.unlock();
        }
    }

    /// Gives it a peer, or another one.
    ///
    /// @param to with port 0
    void connected(Endpoint to, Path way, boolean broadcast) {
        assert lock.held();
        local = new Endpoint(InetAddr.of(way.localHi(), way.localLo()), id());
        remote = to;
        path = way;
        pathFrom = local.addr();
        pathBroadcast = broadcast;
        inbox.keepOnly(to.addr().hi(), to.addr().lo(), 0);
    }

    /// Takes its peer away.
    void disconnected() {
        assert lock.held();
        local = bound;
        remote = null;
        path = null;
    }

    /// Ends it.
    ///
    /// @return false if it has ended already
    boolean detach() {
        lock.lock();
        try {
            path = null;
            return inbox.detach();
        } finally {
            lock.unlock();
        }
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
