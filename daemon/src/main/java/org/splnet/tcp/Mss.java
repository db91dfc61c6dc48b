package org.splnet.tcp;

import org.splnet.inet.Path;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.InetAddr;
import org.splnet.wire.TcpHeader;

/// Segment sizes (RFC 9293 §3.7.1).
final class Mss {
    /// What every host takes (MUST-15).
    static final int LEAST = 536;
    private static final int DEFAULT_V4 = LEAST;
    private static final int DEFAULT_V6 = 1220;

    private Mss() {
    }

    /// What a peer takes that announced nothing (MUST-15).
    static int defaultFor(long hi, long lo) {
        return InetAddr.isV4(hi, lo) ? DEFAULT_V4 : DEFAULT_V6;
    }

    /// What we announce: the largest packet we take, less the fixed headers (MUST-67), also if less gets
    /// through to the peer (RFC 1191 §3.1). Options are not subtracted: that is the sender's business (RFC
    /// 6691).
    static int announced(Path path, SocketOptions options, TcpConfig cfg) {
        return within(path.linkMtu(), path, options, cfg);
    }

    private static int within(int mtu, Path path, SocketOptions options, TcpConfig cfg) {
        int fits = Math.clamp(mtu - path.headerLength() - TcpHeader.MIN_LEN, 1, 0xffff);
        return Math.min(fits, asked(options, cfg));
    }

    /// What user and configuration allow.
    private static int asked(SocketOptions options, TcpConfig cfg) {
        int socket = options.maxSegment() == 0 ? Integer.MAX_VALUE : options.maxSegment();
        return cfg.mss() == 0 ? socket : Math.min(socket, cfg.mss());
    }

    /// The effective send MSS (MUST-16): what the peer takes, if the path does, less the options that every
    /// segment has (RFC 6691 §2).
    static int effective(Tcb tcb) {
        int size = tcb.sizes == null ? byPath(tcb) : Math.min(byPath(tcb), tcb.sizes.size());
        return Math.max(size - SegmentWriter.optionsLen(tcb), 1);
    }

    /// What the path says, whoever the peer is.
    static int byPath(Path path, SocketOptions options, TcpConfig cfg) {
        return within(path.mtu(), path, options, cfg);
    }

    /// What the peer and the path say, options included.
    static int byPath(Tcb tcb) {
        TcpConfig cfg = tcb.tcp.cfg;
        return Math.min(Math.max(tcb.peerMss, cfg.minMss()), byPath(tcb.path, tcb.socket.options, cfg));
    }

    /// Follows the path's MTU (SHLD-6).
    ///
    /// @return true if segments became smaller
    static boolean refresh(Tcb tcb) {
        assert tcb.lock.held();
        int mss = effective(tcb);
        if (mss == tcb.mss) {
            return false;
        }
        boolean smaller = mss < tcb.mss;
        tcb.mss = mss;
        tcb.cc.mss(mss);
        if (smaller) {
            tcb.tcp.stats.add(Counter.MTU_LOWERED);
        }
        return smaller;
    }
}
