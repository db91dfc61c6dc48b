package org.splnet.tcp;

import java.util.ArrayDeque;
import java.util.Map;
import org.splnet.kern.Deferred;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.pcb.Reservation;
import org.splnet.pkt.DropReason;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.socket.Waiters;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Endpoint;

/// A passive open: LISTEN (RFC 9293 §3.10.1) as an object of its own, with the half-open connections and
/// those that wait to be accepted.
///
/// Lock key: (c) constant, (l) `lock`, rank `LISTENER`, below that of the connections.
final class TcpListener extends ListenSocket {
    final Tcp tcp;                     // (c)
    final RankedLock lock = new RankedLock(LockRank.LISTENER, "tcp listener");   // (c)
    final SynCache synCache;           // (c) itself (l)
    private final Reservation bound;   // (c)
    private final Endpoint local;      // (c)
    private final int backlog;         // (c)
    private final Waiters waiters;     // (c)
    private final ArrayDeque<TcpSocket> queue = new ArrayDeque<>();   // (l)
    private boolean closed;            // (l)
    private SocketOptions options;     // (l) inherited by what it accepts
    private String user;               // (l) whose it is, for people

    /// @param bound listening; the listener's to give back
    TcpListener(Tcp tcp, Reservation bound, int backlog, SocketOptions options) {
        this.tcp = tcp;
        this.bound = bound;
        this.local = bound.local();
        this.backlog = backlog;
        this.options = tcp.granted(options);
        this.synCache = new SynCache(this);
        this.waiters = new Waiters(lock, this::ready);
    }

    @Override
    public void user(String name) {
        lock.lock();
        try {
            user = name;
        } finally {
            lock.unlock();
        }
    }

    /// What [#user(String)] was told, null if nothing.
    String user() {
        lock.lock();
        try {
            return user;
        } finally {
            lock.unlock();
        }
    }

    /// What those who come have from now on. A connection under way keeps what its SYN,ACK has offered.
    @Override
    public void options(SocketOptions asked) {
        SocketOptions next = tcp.granted(asked);
        lock.lock();
        try {
            if (offeredScale(next) != offeredScale(options)) {
                synCache.forgetCookies();
            }
            options = next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SocketOptions options() {
        lock.lock();
        try {
            return options;
        } finally {
            lock.unlock();
        }
    }

    /// The options of a connection that begins now.
    SocketOptions inherited() {
        assert lock.held();
        return options;
    }

    /// The window that a SYN,ACK with these options offers.
    int window(SocketOptions offered) {
        return ReceiveWindow.unscaled(ReceiveWindow.initial(tcp.cfg, offered));
    }

    /// The window scale that a SYN,ACK with these options offers, negative for none.
    int offeredScale(SocketOptions offered) {
        return ReceiveWindow.offeredScale(tcp.cfg, offered);
    }

    /// SEGMENT ARRIVES in LISTEN (RFC 9293 §3.10.7.2). Borrows the segment's packet.
    ///
    /// @param floor a TIME-WAIT this segment has ended, or null
    /// @return false if the listener is closed, as if it were not there, or another thread has just opened
    ///     the connection that the segment belongs to
    boolean segmentArrives(TcpSegment seg, TimeWait floor, long nowNs) {
        Tcb child = null;
        lock.lock();
        try {
            if (closed || tcp.demux.lookup(seg) != null) {
                return false;
            }
            if (seg.rst()) {                               // first
                seg.unacceptable();
                return true;
            }
            if (seg.hasAck()) {                            // second
                child = ackArrives(seg, nowNs);
            } else if (seg.syn()) {                        // third
                child = synArrives(seg, floor, nowNs);
            } else {                                       // fourth: anything else is dropped
                seg.unacceptable();
            }
        } finally {
            lock.unlock();
        }
        handOver(child, seg, nowNs);
        return true;
    }

    /// @return the connection that a Fast Open cookie opens, its lock held; null if there is none
    private Tcb synArrives(TcpSegment seg, TimeWait floor, long nowNs) {
        if (tcp.memory.exhausted()) {
            tcp.stats.add(Counter.REFUSED_NO_MEMORY);
            seg.packet.blame(DropReason.TCP_NO_MEMORY);
            return null;
        }
        boolean early = floor == null && tcp.fastOpen.serves() && tcp.fastOpen.valid(seg, nowNs)
                && queue.size() < backlog && tcp.fastOpen.begin(nowNs);
        if (!early) {
            synCache.synArrives(seg, floor, nowNs);
            return null;
        }
        HalfOpen entry = synCache.early(seg, nowNs);
        Tcb child = entry == null ? null : complete(entry, seg, nowNs);
        if (child == null) {
            tcp.fastOpen.end();
            if (entry != null) {
                synCache.remove(entry);
            }
        }
        return child;
    }

    /// An acknowledgement of nothing that is known here: of a cookie, or answered with a RST.
    ///
    /// @return the connection that it opens, its lock held; null if there is none
    private Tcb ackArrives(TcpSegment seg, long nowNs) {
        HalfOpen entry = synCache.cookieArrives(seg, nowNs);
        if (entry == null) {
            seg.unacceptable();
            tcp.reset.answer(seg, nowNs);
            return null;
        }
        Tcb child = complete(entry, seg, nowNs);
        if (child == null) {
            synCache.remove(entry);                        // as if the acknowledgement had been lost
        } else {
            tcp.stats.add(Counter.COOKIES_ACCEPTED);
        }
        return child;
    }

    /// The segment that completed the handshake goes on to the connection.
    private void handOver(Tcb child, TcpSegment seg, long nowNs) {
        if (child != null) {
            try {
                if (seg.syn()) {
                    tcp.inputSyn.early(child, seg, nowNs);
                } else {
                    tcp.input.segmentArrives(child, seg, nowNs);
                }
            } finally {
                child.lock.unlock();
            }
        }
    }

    /// A segment for one of its half-open connections. Borrows the segment's packet.
    ///
    /// @return false if the entry is gone: look again
    boolean segmentArrives(HalfOpen entry, TcpSegment seg, long nowNs) {
        Tcb child = null;
        lock.lock();
        try {
            if (entry.detached) {
                return false;
            }
            if (synCache.segmentArrives(entry, seg, nowNs)) {
                child = complete(entry, seg, nowNs);
            }
        } finally {
            lock.unlock();
        }
        handOver(child, seg, nowNs);
        return true;
    }

    /// The handshake is complete: a connection takes the entry's place. If the accept queue is full, the
    /// acknowledgement is as good as lost: the peer, or our SYN,ACK, will try again.
    ///
    /// @return the connection, its lock held; null if there is none
    private Tcb complete(HalfOpen entry, TcpSegment seg, long nowNs) {
        if (queue.size() >= backlog) {
            tcp.stats.add(Counter.ACCEPT_QUEUE_FULL);
            seg.packet.blame(DropReason.TCP_BACKLOG_FULL);
            return null;
        }
        if (tcp.memory.exhausted()) {
            tcp.stats.add(Counter.REFUSED_NO_MEMORY);
            seg.packet.blame(DropReason.TCP_NO_MEMORY);
            return null;
        }
        TcpSocket socket = new TcpSocket(tcp, entry.options);
        Tcb tcb = new Tcb(socket, entry.path, bound, entry.remotePort, entry.iss, true);
        socket.tcb = tcb;
        tcb.lock.lock();                                   // a rank above this one
        tcp.ports.retain(bound);
        tcp.pcbs.replace(tcb.localHi, tcb.localLo, tcb.localPort, tcb.remoteHi, tcb.remoteLo, tcb.remotePort,
                entry, tcb);
        synCache.unlink(entry);
        inherit(tcb, entry, nowNs);
        tcp.stats.add(Counter.ACCEPTS);
        queue.add(socket);
        waiters.post(Readiness.ACCEPTABLE);
        return tcb;
    }

    /// SYN-RECEIVED, as the entry was.
    private void inherit(Tcb tcb, HalfOpen entry, long nowNs) {
        tcb.become(TcpState.SYN_RECEIVED);
        tcb.sndNxt = entry.iss + 1;
        tcb.sndMax = entry.iss + 1;
        tcb.irs = entry.irs;
        tcb.rcvNxt = entry.irs + 1;
        tcb.ackedSeq = tcb.rcvNxt;
        tcb.rcvAdv = tcb.rcvNxt + entry.window;
        tcb.rcvMaxWnd = entry.window;
        tcb.sndWnd = entry.peerWnd;
        tcb.maxSndWnd = entry.peerWnd;
        tcb.sndWl1 = entry.irs;
        tcb.offeredScale = offeredScale(entry.options);
        tcb.backOffs = entry.resent;
        tcb.lastHeardNs = nowNs;
        tcb.lastSendNs = nowNs;
        tcb.stalledNs = nowNs;
        tcb.timestamps = entry.timestamps;
        tcb.ecn = entry.ecn ? new Ecn(entry.iss) : null;
        tcp.inputSyn.agree(tcb, entry.peerMss, entry.peerScale, entry.sack);
        if (!entry.resentAny) {
            tcb.rtt.sent(entry.iss + 1, entry.sentNs);
        }
    }

    private int ready() {
        assert lock.held();
        return closed ? Readiness.HANGUP : queue.isEmpty() ? 0 : Readiness.ACCEPTABLE;
    }

    @Override
    public StreamSocket accept() throws SocketException {
        lock.lock();
        try {
            if (closed) {
                throw new SocketException(SockError.ESHUTDOWN, "accept " + local);
            }
            return queue.poll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int await(int events, long timeoutNs) throws InterruptedException {
        return waiters.await(events, timeoutNs);
    }

    @Override
    public void listener(Readiness.Listener listener) {
        waiters.listener(listener);
    }

    @Override
    public void close() {
        close(tcp.clock.nanoTime());
        Deferred.run();
    }

    /// As it was when it began: half-open connections and those nobody has accepted vanish without a word.
    void reset() {
        lock.lock();
        try {
            synCache.forgetAll();
            for (TcpSocket child; (child = queue.poll()) != null; ) {
                child.vanish(null);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends it. Half-open connections and those nobody has accepted are reset.
    void close(long nowNs) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            tcp.listeners.remove(local.addr().hi(), local.addr().lo(), local.port(), this);
            synCache.clear(nowNs);
            waiters.post(Readiness.HANGUP);
            for (TcpSocket child; (child = queue.poll()) != null; ) {
                child.abort(null, false, nowNs);
            }
        } finally {
            lock.unlock();
        }
        tcp.ports.endListening(bound);
        TcpEvents.listensNoMore(local);
    }

    @Override
    public Endpoint local() {
        return local;
    }

    @Override
    public int queued() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int backlog() {
        return backlog;
    }

    @Override
    public Map<String, Object> details() {
        return TcpInfo.of(this).details();
    }

    /// Half-open connections.
    int halfOpen() {
        lock.lock();
        try {
            return synCache.size();
        } finally {
            lock.unlock();
        }
    }
}
