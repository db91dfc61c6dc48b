package org.splnet.tcp;

import org.splnet.kern.Witness;
import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;

/// How a connection ends: once, under its lock, whoever comes first; everybody who arrives later sees
/// `detached` and leaves.
final class Teardown {
    private final Tcp tcp;

    Teardown(Tcp tcp) {
        this.tcp = tcp;
    }

    /// The user wants to send no more (CLOSE of RFC 9293 §3.10.4, without the part about receiving). A FIN
    /// follows what is queued.
    void closeSending(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        if (tcb.finQueued || tcb.detached) {
            return;                                        // FIN-WAIT-*: never a second FIN
        }
        tcb.finQueued = true;
        switch (tcb.state) {
            case SYN_RECEIVED -> {
                if (tcb.queued() == 0) {
                    tcb.become(TcpState.FIN_WAIT_1);       // else "queue for processing after ESTABLISHED"
                }
            }
            case ESTABLISHED -> tcb.become(TcpState.FIN_WAIT_1);
            case CLOSE_WAIT -> tcb.become(TcpState.LAST_ACK);
            case SYN_SENT -> { }                           // half-closed as soon as it is open
            case CLOSED, LISTEN, FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK, TIME_WAIT ->
                    throw new IllegalStateException(tcb.state.label());
        }
        tcp.output.output(tcb, nowNs);
    }

    /// The user is gone (RFC 9293 §3.10.4). What is queued is still sent.
    void close(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        if (tcb.detached) {
            discardReceived(tcb);
            return;
        }
        boolean lost = tcb.rcv != null && tcb.rcv.used() > 0;
        boolean linger0 = tcb.socket.options.lingerNs() == 0;
        if (tcb.state == TcpState.SYN_SENT) {
            detach(tcb, null);                             // delete the TCB; no RST
        } else if (lost || linger0) {
            abort(tcb, null, lost, nowNs);                 // SHLD-3: RST to show that data was lost
        } else {
            closeSending(tcb, nowNs);
            if (!tcb.detached && tcb.state == TcpState.FIN_WAIT_2) {
                waitForFin(tcb, nowNs);
            }
            if (!tcb.detached) {
                tcb.orphan = true;
                tcp.orphans.add(tcb);
            }
        }
    }

    /// Nobody reads any more, so the peer's FIN is awaited only for a while.
    void waitForFin(Tcb tcb, long nowNs) {
        long asked = tcb.socket.options.finWait2Ns();
        tcp.timers.arm(tcb, TcpTimer.FIN_WAIT_2, nowNs, asked > 0 ? asked : tcp.cfg.finWait2Ns());
    }

    /// ABORT (RFC 9293 §3.10.5): RST where the state asks for one, then nothing is left.
    ///
    /// @param error what the user is told; null if it is the user's own doing
    void abort(Tcb tcb, SockError error, long nowNs) {
        abort(tcb, error, false, nowNs);
    }

    /// @param error as above
    /// @param lost what the peer has sent is thrown away unread: it is told also where both FINs are out
    void abort(Tcb tcb, SockError error, boolean lost, long nowNs) {
        assert tcb.lock.held();
        if (tcb.detached) {
            return;
        }
        // CLOSING and LAST-ACK of the RFC begin when the FIN has gone out, ours when it was queued
        if (lost || tcb.state.abortResets() || tcb.state.sends() && !tcb.finSent()) {
            tcp.writer.reset(tcb, nowNs);
        }
        detach(tcb, error);
        discardReceived(tcb);
    }

    /// Removes the connection. What was received in order and acknowledged the user may still read, whatever
    /// the reason: the peer takes it for delivered, and BSD and Linux give it.
    void detach(Tcb tcb, SockError error) {
        assert tcb.lock.held();
        if (tcb.detached) {
            return;
        }
        tcp.pcbs.remove(tcb.localHi, tcb.localLo, tcb.localPort, tcb.remoteHi, tcb.remoteLo, tcb.remotePort,
                tcb);
        tcp.ports.release(tcb.bound);
        if (!tcb.passive && !tcb.state.isSynchronized()) {
            tcp.stats.add(Counter.CONNECTS_FAILED);
        }
        TcpState before = tcb.state;
        tcb.become(TcpState.CLOSED);
        finish(tcb, before, error);
    }

    /// TIME-WAIT (RFC 9293 §3.10.7.4): a small object takes the connection's place, and with it the local
    /// port; the user keeps the socket with what can still be read.
    void timeWait(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        if (tcb.ackNow) {
            tcp.writer.ack(tcb, nowNs);                    // of the peer's FIN; there is no later for it
        }
        tcb.become(TcpState.TIME_WAIT);
        tcp.timeWaits.enter(tcb, nowNs);
        finish(tcb, TcpState.TIME_WAIT, null);
    }

    /// @param before the state it ended in
    private void finish(Tcb tcb, TcpState before, SockError error) {
        if (tcb.detached) {
            Witness.twice("end of a tcp connection");
        }
        tcb.detached = true;
        tcp.stats.add(Counter.CLOSED);
        TcpEvents.ended(tcb, before, error);
        if (tcb.pendingEarly) {
            tcp.fastOpen.end();
        }
        if (tcb.orphan) {
            tcp.orphans.remove(tcb);
        }
        tcp.timers.clear(tcb);
        if (tcb.snd != null) {
            tcb.snd.clear();
        }
        if (tcb.reassembly != null) {
            tcb.reassembly.clear();
        }
        if (tcb.userClosed) {
            discardReceived(tcb);
        }
        tcp.memory.settle(tcb);
        tcb.socket.readiness.ended(error);
    }

    private void discardReceived(Tcb tcb) {
        if (tcb.rcv != null) {
            tcb.rcv.clear();
        }
        tcp.memory.settle(tcb);
    }
}
