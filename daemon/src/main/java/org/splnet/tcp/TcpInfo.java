package org.splnet.tcp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// What is known of one connection, listener or TIME-WAIT: STATUS of RFC 9293 §3.10.6, a snapshot for people.
///
/// @param local our end
/// @param remote the other, null for a listener
/// @param state in the RFC's words: `ESTABLISHED`, `FIN-WAIT-1`
/// @param receiveQueued octets received and not read; of a listener, connections not accepted
/// @param sendQueued octets not acknowledged or not sent; of a listener, its backlog
/// @param outOfOrder octets that wait for what is missing before them; of a listener, half-open connections
/// @param sendWindow what the peer can take, in octets
/// @param receiveWindow what we offer
/// @param cwnd congestion window in octets
/// @param ssthresh slow-start threshold in octets
/// @param srttNs smoothed round-trip time, 0 if not measured
/// @param rtoNs retransmission timeout
/// @param mss effective send MSS
/// @param resent segments sent again
/// @param closed true if its user has closed it
/// @param user what [TcpSocket#user(String)], or that of the listener, was told, null if nothing
/// @param report what else a connection tells, null for what is none yet or no longer
public record TcpInfo(Endpoint local, Endpoint remote, String state, int receiveQueued, int sendQueued,
        int outOfOrder, int sendWindow, int receiveWindow, int cwnd, int ssthresh, long srttNs, long rtoNs,
        int mss, int resent, boolean closed, String user, TcpReport report) {

    static TcpInfo of(TcpPcb pcb) {
        return switch (pcb) {
            case Tcb tcb -> of(tcb);
            case HalfOpen entry -> new TcpInfo(
                    endpoint(entry.path.localHi(), entry.path.localLo(), entry.localPort),
                    endpoint(entry.path.remoteHi(), entry.path.remoteLo(), entry.remotePort),
                    TcpState.SYN_RECEIVED.label(), 0, 0, 0, entry.peerWnd, entry.window, 0, 0, 0, 0,
                    entry.peerMss, 0, false, null, null);
            case TimeWait entry -> new TcpInfo(endpoint(entry.localHi, entry.localLo, entry.localPort),
                    endpoint(entry.remoteHi, entry.remoteLo, entry.remotePort), TcpState.TIME_WAIT.label(),
                    0, 0, 0, 0, entry.rcvWnd, 0, 0, 0, 0, 0, 0, false, null, null);
        };
    }

    static TcpInfo of(TcpListener listener) {
        return new TcpInfo(listener.local(), null, TcpState.LISTEN.label(), listener.queued(),
                listener.backlog(), listener.halfOpen(), 0, 0, 0, 0, 0, 0, 0, 0, false, listener.user(),
                        null);
    }

    static TcpInfo of(Tcb tcb) {
        tcb.lock.lock();
        try {
            return new TcpInfo(tcb.local(), tcb.remote(), tcb.state.label(),
                    tcb.rcv == null ? 0 : tcb.rcv.used(), tcb.queued(),
                    tcb.reassembly == null ? 0 : tcb.reassembly.octets(), tcb.sndWnd, tcb.window(),
                    tcb.cc.cwnd(), tcb.cc.ssthresh(), tcb.rtt.srttNs(), tcb.rtt.rtoNs(), tcb.mss, tcb.resent,
                    tcb.userClosed, tcb.socket.user, TcpReport.of(tcb, tcb.tcp.clock.nanoTime()));
        } finally {
            tcb.lock.unlock();
        }
    }

    /// What is not of every protocol, by name.
    public Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        if (remote == null) {
            details.put("halfOpen", outOfOrder);
        } else {
            details.put("outOfOrder", outOfOrder);
            details.put("sendWindow", sendWindow);
            details.put("receiveWindow", receiveWindow);
            details.put("cwnd", cwnd);
            details.put("ssthresh", ssthresh);
            details.put("srttMs", srttNs / 1e6);
            details.put("rtoMs", rtoNs / 1e6);
            details.put("mss", mss);
            details.put("resent", resent);
            details.put("closed", closed);
        }
        if (report != null) {
            report.tell(details);
        }
        return details;
    }

    private static Endpoint endpoint(long hi, long lo, int port) {
        return new Endpoint(InetAddr.of(hi, lo), port);
    }
}
