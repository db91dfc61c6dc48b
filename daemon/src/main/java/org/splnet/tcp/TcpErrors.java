package org.splnet.tcp;

import org.splnet.inet.NetworkError;
import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;

/// ICMP errors about segments of ours (RFC 9293 §3.9.2.2), believed only if the quoted sequence number is on
/// its way (RFC 5927 §4.1). Source Quench never gets here (MUST-55).
final class TcpErrors {
    private static final int SRC_PORT = 0;
    private static final int DST_PORT = 2;
    private static final int SEQ = 4;
    private static final int NEEDED = 8;

    private final Tcp tcp;

    TcpErrors(Tcp tcp) {
        this.tcp = tcp;
    }

    /// Borrows the quotation.
    ///
    /// @return false if no connection can have sent it
    boolean arrives(NetworkError error, long nowNs) {
        if (error.len < NEEDED) {
            return false;
        }
        int localPort = error.buf.getUnsignedShort(error.at + SRC_PORT);
        int remotePort = error.buf.getUnsignedShort(error.at + DST_PORT);
        int seq = error.buf.getInt(error.at + SEQ);
        // half-open entries and TIME-WAIT have their timers and need no advice
        if (tcp.pcbs.lookup(error.localHi, error.localLo, localPort, error.remoteHi, error.remoteLo,
                remotePort) instanceof Tcb tcb) {
            tcb.lock.lock();
            try {
                return !tcb.detached && about(tcb, error, seq, nowNs);
            } finally {
                tcb.lock.unlock();
            }
        }
        return false;
    }

    private boolean about(Tcb tcb, NetworkError error, int seq, long nowNs) {
        if (!Seq.in(seq, tcb.sndUna, tcb.sndMax)) {
            tcp.stats.add(Counter.ERRORS_REFUSED);         // RFC 5927 §4.1
            return false;
        }
        tcp.stats.add(Counter.ERRORS_MATCHED);
        switch (error.kind) {
            case TOO_BIG -> {
                tcb.path.lowerMtu(error.mtu, nowNs);
                tcp.output.output(tcb, nowNs);             // again, in smaller segments (RFC 1191 §6.5)
            }
            case PROTOCOL_UNREACHABLE, PORT_UNREACHABLE -> hard(tcb, SockError.ECONNREFUSED);
            // RFC 1122 §2.4, RFC 5461 §3.2: who waits for a connect need not wait for R2, and nobody can
            // forge it
            case NEIGHBOR_SILENT -> hard(tcb, SockError.EHOSTUNREACH);
            // MUST-56: soft errors never abort; they explain a failure if there is one (SHLD-25)
            case UNREACHABLE, TIME_EXCEEDED -> tcb.softError = SockError.EHOSTUNREACH;
            case PROHIBITED -> tcb.softError = SockError.EACCES;
            case PARAMETER_PROBLEM -> tcb.softError = SockError.EPROTO;
        }
        return true;
    }

    /// Hard errors abort a connection that is being opened, and are soft for all others (RFC 5927 §5.2
    /// instead of SHLD-26): whoever can guess a sequence number must not be able to do more harm.
    private void hard(Tcb tcb, SockError why) {
        if (tcb.state == TcpState.SYN_SENT) {
            tcp.teardown.detach(tcb, why);
        } else {
            tcb.softError = why;
        }
    }
}
