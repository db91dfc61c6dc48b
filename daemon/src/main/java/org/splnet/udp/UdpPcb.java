package org.splnet.udp;

import org.splnet.inet.Path;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.socket.DatagramQueue;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.Waiters;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// Control block of one UDP socket: its ends, its queue, its error, who waits for it.
///
/// Lock key: (c) constant after construction, (u) this `lock`.
final class UdpPcb {
    final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "udp socket"); // (c)
    final Waiters waiters = new Waiters(lock, this::ready); // (c)
    /// The address and port as reserved: the local end while there is no peer.
    final Endpoint bound; // (c)
    final String tag; // (c)
    private final UdpBudget budget; // (c)
    private final DatagramQueue queue; // (u)

    SocketOptions options; // (u)
    /// Our end; if there is a peer, with the address its datagrams come to.
    Endpoint local; // (u)
    Endpoint remote; // (u) null if there is none
    /// The way to the peer, or to where was sent last.
    Path path; // (u)
    InetAddr pathFrom; // (u) source that was asked for when `path` was looked up
    int pathPort; // (u) port that was sent to along `path`
    boolean pathBroadcast; // (u) `path` leads to a broadcast address
    boolean detached; // (u) set once, by close
    private SockError error; // (u) not fetched yet
    private int errorMtu; // (u) of an EMSGSIZE
    private SockError sendError; // (u) without a peer: to be told when sending there again
    private long drops; // (u)

    UdpPcb(Endpoint bound, SocketOptions options, String tag, UdpBudget budget, DatagramQueue queue) {
        this.bound = bound;
        this.local = bound;
        this.options = options;
        this.tag = tag;
        this.budget = budget;
        this.queue = queue;
    }

    /// What the socket is ready for.
    int ready() {
        assert lock.held();
        if (detached) {
            return Readiness.READABLE | Readiness.WRITABLE | Readiness.HANGUP;
        }
        int ready = Readiness.WRITABLE;
        if (queue.count() > 0) {
            ready |= Readiness.READABLE;
        }
        if (error != null) {
            ready |= Readiness.READABLE | Readiness.ERROR;
        }
        return ready;
    }

    /// True if a datagram from there is for this socket: asked again after finding it, under its lock.
    boolean accepts(long hi, long lo, int port) {
        assert lock.held();
        return !detached && (remote == null || remote.port() == port && same(remote.addr(), hi, lo));
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
            boolean wasEmpty = queue.count() == 0;

            if (!budget.has(len)) {
                drops++;
                return DropReason.NO_BUFFERS;
            }
            int cost = queue.add(packet.buf, at, len, packet.srcHi, packet.srcLo, fromPort, packet.dstHi,
                    packet.dstLo, toPort);
            if (cost < 0) {
                drops++;
                return DropReason.UDP_BUFFER_FULL;
            }
            budget.charge(cost);
            if (wasEmpty) {
                waiters.post(Readiness.READABLE);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// The oldest datagram, null if none waits.
    Datagram take() {
        assert lock.held();
        int before = queue.charged();
        Datagram taken = queue.take();
        budget.charge(queue.charged() - before);
        return taken;
    }

    /// Throws away what came from others than the peer before there was one.
    void forgetStrangers() {
        assert lock.held() && remote != null;
        int before = queue.charged();
        queue.keepOnly(remote.addr().hi(), remote.addr().lo(), remote.port());
        budget.charge(queue.charged() - before);
    }

    /// An ICMP error that quotes a datagram from here to there. Nothing held.
    ///
    /// A socket with a peer is told at once (RFC 1122 4.1.3.3). One without is told only about where it
    /// sent last, and only when it sends there again: neither can a stranger's forgery disturb it, nor one
    /// receiver's absence the others.
    ///
    /// @return false if this socket cannot have sent that
    boolean refused(long remoteHi, long remoteLo, int remotePort, SockError why, int mtu) {
        lock.lock();
        try {
            if (detached) {
                return false;
            }
            if (remote != null) {
                if (!accepts(remoteHi, remoteLo, remotePort)) {
                    return false;
                }
                error = why;
                errorMtu = mtu;
                waiters.post(Readiness.READABLE | Readiness.ERROR);
                return true;
            }
            if (path == null || pathPort != remotePort || path.remoteLo() != remoteLo
                    || path.remoteHi() != remoteHi) {
                return false;
            }
            sendError = why;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Throws what has happened to the socket since the last call, and forgets it.
    void check(String call) throws SocketException {
        assert lock.held();
        if (detached) {
            throw new SocketException(SockError.ESHUTDOWN, call);
        }
        if (error != null) {
            SockError why = error;
            error = null;
            String detail = why == SockError.EMSGSIZE ? " (the path carries " + errorMtu + " octets)" : "";
            throw new SocketException(why, call + detail);
        }
    }

    /// The error of the datagram sent last, once, if the next goes the same way.
    SockError takeSendError() {
        assert lock.held();
        SockError why = sendError;
        sendError = null;
        return why;
    }

    /// Ends it.
    ///
    /// @return false if it has ended already
    boolean detach() {
        assert lock.held();
        if (detached) {
            return false;
        }
        detached = true;
        budget.charge(-queue.charged());
        queue.clear();
        path = null;
        error = null;
        waiters.post(Readiness.READABLE | Readiness.WRITABLE | Readiness.HANGUP);
        return true;
    }

    int queuedOctets() {
        assert lock.held();
        return queue.octets();
    }

    UdpInfo info() {
        lock.lock();
        try {
            return new UdpInfo(local, remote, queue.count(), queue.octets(), drops, tag);
        } finally {
            lock.unlock();
        }
    }

    static boolean same(InetAddr addr, long hi, long lo) {
        return addr.lo() == lo && addr.hi() == hi;
    }
}
