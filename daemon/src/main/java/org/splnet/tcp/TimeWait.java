package org.splnet.tcp;

import org.splnet.pcb.Reservation;

/// What is left of a connection in TIME-WAIT: enough to acknowledge the peer's FIN once more and to tell old
/// segments from a new connection's.
///
/// Lock key: (c) constant, (w) the lock of [TimeWaits], rank `PORTS`.
final class TimeWait implements TcpPcb {
    final long localHi;                // (c)
    final long localLo;                // (c)
    final long remoteHi;               // (c)
    final long remoteLo;               // (c)
    final int localPort;               // (c)
    final int remotePort;              // (c)
    final Reservation bound;           // (c)
    final int sndNxt;                  // (c)
    final int rcvNxt;                  // (c)
    final int rcvWnd;                  // (c) octets
    final Timestamps timestamps;       // (c) itself (w); null if there are none
    final int wndField;                // (c) as it was sent
    final short ttl;                   // (c) as the connection's segments had it
    final short tos;                   // (c) the same
    long deadlineNs;                   // (w)
    boolean detached = true;           // (w) true before it is in the list, and after
    TimeWait prev;                     // (w)
    TimeWait next;                     // (w)

    TimeWait(Tcb tcb) {
        localHi = tcb.localHi;
        localLo = tcb.localLo;
        remoteHi = tcb.remoteHi;
        remoteLo = tcb.remoteLo;
        localPort = tcb.localPort;
        remotePort = tcb.remotePort;
        bound = tcb.bound;
        sndNxt = tcb.sndMax;
        timestamps = tcb.timestamps;
        rcvNxt = tcb.rcvNxt;
        rcvWnd = tcb.window();
        wndField = rcvWnd >>> tcb.rcvScale;
        ttl = (short) tcb.socket.options.ttl();
        tos = (short) tcb.socket.options.tos();
    }
}
