package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.splnet.kern.Deferred;
import org.splnet.socket.Readiness;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Seq;

/// One connection as its user sees it: the calls of RFC 9293 §3.9.1 in the shape of [StreamSocket].
///
/// Lock key: (c) constant, (s) the socket's lock, rank `ENDPOINT`, which the [Tcb] shares.
public final class TcpSocket extends StreamSocket {
    /// A ring of a mebibyte is passed on at more than 8 Gb/s with this.
    private static final long SOON_NS = 1_000_000;

    final Tcp tcp;                     // (c)
    final TcpReadiness readiness;      // (c) itself (s)
    Tcb tcb;                           // (c) set once, before anybody else sees the socket
    SocketOptions options;             // (s)
    String user;                       // (s) whose it is, for people

    TcpSocket(Tcp tcp, SocketOptions options) {
        this.tcp = tcp;
        this.options = tcp.granted(options);
        this.readiness = new TcpReadiness(this);
    }

    @Override
    public ByteBuf receive(int max) throws SocketException {
        lock.lock();
        try {
            return receiveLocked(max);
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    /// RECEIVE (RFC 9293 §3.10.3).
    private ByteBuf receiveLocked(int max) throws SocketException {
        usable("receive");
        deliverError("receive");
        ByteBuf data = tcb.rcv == null ? null : tcb.rcv.take(Math.max(max, 1));
        if (data == null) {
            if (readiness.atEnd()) {
                return Unpooled.EMPTY_BUFFER;
            }
            readiness.readLater();
            return null;
        }
        tcp.memory.settle(tcb);
        if (tcb.rcv.used() == 0) {
            readiness.readLater();
        }
        if (!tcb.detached && tcp.window.updateDue(tcb)) {
            long nowNs = tcp.clock.nanoTime();
            tcp.output.output(tcb, nowNs);
            tcp.window.reading(tcb, nowNs);
        }
        return data;
    }

    @Override
    public int send(ByteBuf data) throws SocketException {
        lock.lock();
        try {
            return sendLocked(data, false);
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    /// SEND (RFC 9293 §3.10.2).
    private int sendLocked(ByteBuf data, boolean urgent) throws SocketException {
        usable("send");
        deliverError("send");
        if (readiness.isEnded() || tcb.finQueued || !tcb.state.takesData()) {
            throw new SocketException(SockError.EPIPE, "send " + tcb.tag());
        }
        if (!data.isReadable()) {
            return 0;
        }
        int before = data.readerIndex();
        // again as long as what waited for its turn goes out at once, and makes room by that
        for (int room; !tcb.detached && data.isReadable() && (room = SendRoom.octets(tcb)) > 0; ) {
            if (urgent) {
                tcb.sndUp = tcb.finSeq() + Math.min(data.readableBytes(), room);
            }
            if (data.readableBytes() > tcb.sendBuffer().space()) {
                readiness.writeLater();                    // not all: that is what the output stops at
            }
            tcb.sendBuffer().append(data, room);
            if (tcb.state.isSynchronized()) {
                tcp.output.output(tcb, tcp.clock.nanoTime());
            }
        }
        if (data.isReadable()) {
            readiness.writeLater();
        }
        return data.readerIndex() - before;
    }

    @Override
    public boolean returnsSoon() {
        lock.lock();
        try {
            long srttNs = tcb.rtt.srttNs();
            return srttNs > 0 && srttNs < SOON_NS && !tcb.path.loopback();
        } finally {
            lock.unlock();
        }
    }

    /// SEND with the urgent mark behind its last octet (RFC 9293 MUST-30); new programs should not (SHLD-13).
    /// Borrows `data` as [#send] does.
    ///
    /// @return octets taken
    public int sendUrgent(ByteBuf data) throws SocketException {
        lock.lock();
        try {
            return sendLocked(data, true);
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    /// How many of the octets not yet read lie before the peer's urgent mark (RFC 9293 MUST-33); 0 if none
    /// is ahead. They are read in line with the others.
    public int urgentAhead() {
        lock.lock();
        try {
            if (!tcb.urgent) {
                return 0;
            }
            int unread = tcb.rcv == null ? 0 : tcb.rcv.used();
            int readSeq = tcb.rcvNxt - (tcb.finReceived ? 1 : 0) - unread;
            return Math.max(Seq.diff(tcb.rcvUp, readSeq), 0);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutdownOutput() throws SocketException {
        lock.lock();
        try {
            usable("shutdown");
            if (!readiness.isEnded()) {
                tcp.teardown.closeSending(tcb, tcp.clock.nanoTime());
            }
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    @Override
    public void shutdownInput() throws SocketException {
        lock.lock();
        try {
            usable("shutdown");
            tcb.inputShut = true;
            if (tcb.rcv != null) {
                tcb.rcv.clear();
            }
            tcp.memory.settle(tcb);
            if (!readiness.isEnded()) {
                tcp.output.output(tcb, tcp.clock.nanoTime());
            }
            readiness.readable();
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    @Override
    public void close() {
        long lingerNs;
        lock.lock();
        try {
            if (tcb.userClosed) {
                return;
            }
            tcb.userClosed = true;
            readiness.closed();
            readiness.takeError();
            tcp.teardown.close(tcb, tcp.clock.nanoTime());
            lingerNs = readiness.unacknowledged() ? options.lingerNs() : 0;
        } finally {
            lock.unlock();
            Deferred.run();
        }
        if (lingerNs > 0) {
            readiness.linger(lingerNs);
        }
    }

    @Override
    public void abort(boolean unread) {
        try {
            abort(null, unread, tcp.clock.nanoTime());
        } finally {
            Deferred.run();
        }
    }

    /// Resets the connection on behalf of somebody else. Nothing of the rank of this lock or above is held.
    ///
    /// @param why what the user is told, null if there is no user
    /// @param unread as in [#abort(boolean)]
    void abort(SockError why, boolean unread, long nowNs) {
        lock.lock();
        try {
            if (why == null) {
                tcb.userClosed = true;
            }
            if (tcb.detached) {
                tcp.teardown.close(tcb, nowNs);
            } else {
                tcp.teardown.abort(tcb, why, unread, nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    /// The connection is forgotten without a word to the peer.
    ///
    /// @param why what the user is told, null if there is no user
    void vanish(SockError why) {
        lock.lock();
        try {
            if (why == null) {
                tcb.userClosed = true;
            }
            tcp.teardown.detach(tcb, why);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int await(int events, long timeoutNs) throws InterruptedException {
        return readiness.waiters.await(events, timeoutNs);
    }

    @Override
    public int ready() {
        lock.lock();
        try {
            return readiness.now();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SockError failure() {
        lock.lock();
        try {
            return readiness.failure();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean ended() {
        lock.lock();
        try {
            return tcb.finReceived;
        } finally {
            lock.unlock();
        }
    }

    private void usable(String call) throws SocketException {
        if (tcb.userClosed) {
            throw new SocketException(SockError.ESHUTDOWN, call + " " + tcb.tag());
        }
    }

    private void deliverError(String call) throws SocketException {
        SockError why = readiness.takeError();
        if (why != null) {
            throw new SocketException(why, call + " " + tcb.tag());
        }
    }

    @Override
    public void listener(Readiness.Listener listener) {
        readiness.waiters.listener(listener);
    }

    @Override
    public void options(SocketOptions next) {
        lock.lock();
        try {
            options = tcp.granted(next);
            adopt(options);
            if (!tcb.detached) {
                long nowNs = tcp.clock.nanoTime();
                tcp.timers.keepAliveChanged(tcb, nowNs);
                tcp.output.output(tcb, nowNs);             // Nagle may be off now, the window larger
                tcp.window.reading(tcb, nowNs);
                readiness.writable();
            }
        } finally {
            lock.unlock();
            Deferred.run();
        }
    }

    /// What is the stack's affair goes on as it is.
    private void adopt(SocketOptions next) {
        if (next.congestion() != null) {
            tcb.cc = CongestionControl.of(next, tcp.cfg, tcb.mss).after(tcb.cc);
        }
        if (next.sendBuffer() != SocketOptions.AUTO) {
            SendRoom.limit(tcb, next.sendBuffer());
        }
        if (next.receiveBuffer() != SocketOptions.AUTO) {
            tcp.window.limit(tcb, next.receiveBuffer());
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

    @Override
    public void user(String name) {
        lock.lock();
        try {
            user = name;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Endpoint local() {
        return tcb.local();
    }

    @Override
    public Endpoint remote() {
        return tcb.remote();
    }

    @Override
    public String state() {
        lock.lock();
        try {
            return tcb.state.label();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Map<String, Object> details() {
        return TcpInfo.of(tcb).details();
    }

    @Override
    public int receiveQueued() {
        lock.lock();
        try {
            return tcb.rcv == null ? 0 : tcb.rcv.used();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int sendQueued() {
        lock.lock();
        try {
            return tcb.queued();
        } finally {
            lock.unlock();
        }
    }
}
