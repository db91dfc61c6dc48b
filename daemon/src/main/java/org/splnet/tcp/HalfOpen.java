package org.splnet.tcp;

import org.splnet.inet.Path;
import org.splnet.kern.Callout;
import org.splnet.pkt.Packet;
import org.splnet.socket.SocketOptions;

/// A connection in SYN-RECEIVED that a listener is opening: what must be remembered of a SYN until the
/// handshake's last acknowledgement, and no more. It owns its path and one use of nothing: the port is the
/// listener's.
///
/// Lock key: (c) constant, (l) the listener's lock, rank `LISTENER`.
final class HalfOpen extends Callout implements TcpPcb {
    final TcpListener listener;        // (c)
    final SocketOptions options;       // (c) the listener's when the SYN came
    final Path path;                   // (c) itself (l)
    final int localPort;               // (c)
    final int remotePort;              // (c)
    final int iss;                     // (c)
    final int irs;                     // (c)
    final int peerMss;                 // (c) 0 if none was announced
    final int peerScale;               // (c) negative if none was offered
    final Timestamps timestamps;       // (c) itself (l); null unless both have them
    final boolean sack;                // (c) the peer said SACK-permitted, and so do we
    final boolean wantsCookie;         // (c) a Fast Open cookie goes into the SYN,ACK
    boolean ecn;                       // (l) asked for, by each SYN that came, and granted
    final int peerWnd;                 // (c) as in the SYN: unscaled
    final int window;                  // (c) what our SYN,ACK offers
    final long beganNs;                // (c)
    long sentNs;                       // (l) when the SYN,ACK went first, for the round-trip time
    int resent;                        // (l) SYN,ACKs sent again by the timer
    boolean resentAny;                 // (l) sent again for whatever reason: Karn
    boolean detached;                  // (l)
    HalfOpen prev;                     // (l)
    HalfOpen next;                     // (l)

    HalfOpen(TcpListener listener, Path path, TcpSegment syn, int iss, long nowNs) {
        this.listener = listener;
        this.options = listener.inherited();
        this.path = path;
        this.localPort = syn.dstPort;
        this.remotePort = syn.srcPort;
        this.iss = iss;
        this.irs = syn.seq;
        this.peerMss = syn.options.hasMss() ? syn.options.mss() : 0;
        this.peerScale = syn.options.hasWindowScale() ? syn.options.windowScale() : -1;
        this.sack = syn.options.hasSackPermitted() && listener.tcp.cfg.sack();
        this.timestamps = timestamps(listener.tcp, syn, nowNs);
        this.wantsCookie = syn.options.hasFastOpen() && listener.tcp.fastOpen.serves();
        this.ecn = Ecn.asked(syn) && listener.tcp.cfg.ecn() != EcnMode.OFF;
        this.peerWnd = syn.wnd;
        this.window = listener.window(options);
        this.beganNs = nowNs;
        this.sentNs = nowNs;
    }

    /// One that nobody remembered until its acknowledgement came with a cookie.
    ///
    /// @param said from [SynCookie#read]
    HalfOpen(TcpListener listener, Path path, TcpSegment ack, int said, Timestamps timestamps, long nowNs) {
        this.listener = listener;
        this.options = listener.inherited();
        this.path = path;
        this.localPort = ack.dstPort;
        this.remotePort = ack.srcPort;
        this.iss = ack.ack - 1;
        this.irs = ack.seq - 1;
        this.peerMss = SynCookie.mss(said);
        this.peerScale = SynCookie.scale(said);
        this.sack = SynCookie.sack(said);
        this.timestamps = timestamps;
        this.ecn = false;
        this.wantsCookie = false;
        this.peerWnd = ack.wnd;
        this.window = listener.window(options);
        this.beganNs = nowNs;
        // with timestamps the echo tells when the SYN,ACK went, unless that was after this batch began
        long ageNs = timestamps == null ? -1 : timestamps.ageNs(ack.options.tsEcr(), nowNs);
        this.resentAny = ageNs < 0;
        this.sentNs = nowNs - Math.max(ageNs, 0);
    }

    static Timestamps timestamps(Tcp tcp, TcpSegment syn, long nowNs) {
        if (!syn.options.hasTimestamps() || !tcp.cfg.timestamps()) {
            return null;
        }
        Packet p = syn.packet;
        int offset = tcp.iss.timestampOffset(p.dstHi, p.dstLo, syn.dstPort, p.srcHi, p.srcLo, syn.srcPort);
        return new Timestamps(offset, syn.options.tsVal(), nowNs);
    }

    @Override
    protected void fire(long nowNs) {
        listener.lock.lock();
        try {
            if (!detached) {
                listener.synCache.timeout(this, nowNs);
            }
        } finally {
            listener.lock.unlock();
        }
    }
}
