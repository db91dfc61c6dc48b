package org.splnet.tcp;

import org.splnet.kern.CalloutWheel;
import org.splnet.pkt.Output;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;

/// A connection's timers: deadlines in the [Tcb] behind its one callout. Arming for later and disarming leave
/// the callout where it is; it then fires early, finds nothing due, and is armed anew. So a transfer that
/// restarts its retransmission timer with each acknowledgement touches the wheel once per timeout. Only if it
/// is about to fire is it put off with what is armed, because it would come to wait for the lock of a
/// connection that has much to do.
final class TcpTimers {
    private static final int MAX_PERSIST_SHIFT = 16;
    private static final int PROBES_IN_PATIENCE = 4;
    private static final long SOON_NS = CalloutWheel.TICK_NS;
    private static final TcpTimer[] TIMERS = TcpTimer.values();

    private final Tcp tcp;

    TcpTimers(Tcp tcp) {
        this.tcp = tcp;
    }

    void arm(Tcb tcb, TcpTimer which, long nowNs, long delayNs) {
        assert tcb.lock.held();
        assert !tcb.detached;
        long deadline = nowNs + delayNs;
        tcb.deadlineNs[which.ordinal()] = deadline;
        tcb.armed |= which.bit();
        if (!tcb.onWheel || deadline - tcb.wheelNs < 0) {
            schedule(tcb, deadline);
        } else if (tcb.wheelNs - nowNs < SOON_NS) {
            putOff(tcb);
        }
    }

    private void putOff(Tcb tcb) {
        long first = earliest(tcb);
        if (first - tcb.wheelNs > 0) {
            schedule(tcb, first);
        }
    }

    static void disarm(Tcb tcb, TcpTimer which) {
        assert tcb.lock.held();
        tcb.armed &= ~which.bit();
    }

    boolean isArmed(Tcb tcb, TcpTimer which) {
        return (tcb.armed & which.bit()) != 0;
    }

    /// Ends all of them, for good.
    void clear(Tcb tcb) {
        assert tcb.lock.held();
        tcb.armed = 0;
        tcb.onWheel = false;
        tcp.wheel.disarm(tcb);
    }

    /// The callout fired. Early and late calls are fine: what counts are the deadlines.
    void expire(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        tcb.onWheel = false;
        for (TcpTimer timer : TIMERS) {
            if (!tcb.detached && isArmed(tcb, timer) && tcb.deadlineNs[timer.ordinal()] - nowNs <= 0) {
                disarm(tcb, timer);
                expire(tcb, timer, nowNs);
            }
        }
        if (!tcb.detached && tcb.armed != 0 && !tcb.onWheel) {
            schedule(tcb, earliest(tcb));
        }
    }

    private void schedule(Tcb tcb, long deadline) {
        tcb.onWheel = true;
        tcb.wheelNs = deadline;
        tcp.wheel.arm(tcb, deadline);
    }

    private static long earliest(Tcb tcb) {
        long found = 0;
        boolean any = false;
        for (TcpTimer timer : TIMERS) {
            long deadline = tcb.deadlineNs[timer.ordinal()];
            if ((tcb.armed & timer.bit()) != 0 && (!any || deadline - found < 0)) {
                found = deadline;
                any = true;
            }
        }
        return found;
    }

    private void expire(Tcb tcb, TcpTimer timer, long nowNs) {
        switch (timer) {
            case REORDER -> {
                if (tcb.loss instanceof RackRecovery rack) {
                    rack.overdue(tcb, nowNs);
                    tcp.output.output(tcb, nowNs);
                }
            }
            case PACE -> tcp.output.output(tcb, nowNs);
            case PROBE -> {
                if (tcb.loss instanceof RackRecovery rack) {
                    tcp.output.probeTail(tcb, rack, nowNs);
                }
            }
            case REXMT -> retransmit(tcb, nowNs);
            case PERSIST -> probe(tcb, nowNs);
            case KEEP -> keepAlive(tcb, nowNs);
            case DELACK -> {
                tcb.ackNow = true;
                tcb.unanswered = Math.min(tcb.unanswered + 1, AckPolicy.HOPES);
                tcp.stats.add(Counter.DELAYED_ACKS);
                tcp.output.output(tcb, nowNs);
            }
            case FIN_WAIT_2 -> tcp.teardown.detach(tcb, null);    // nobody is there to miss it
        }
    }

    /// Whether the interface's full queue, or want of memory, refused what was to be sent; then it is tried
    /// again soon, and at the same interval for as long as that lasts. Nothing was lost, so there is nothing
    /// to back off from: of many connections at a short queue the unlucky would double their timeouts until
    /// their peers give them up.
    boolean refused(Tcb tcb, Output result, long nowNs) {
        if (result != Output.QUEUE_FULL) {
            return false;
        }
        long soonNs = tcp.cfg.minRtoNs();
        long paceNs = tcb.deadlineNs[TcpTimer.PACE.ordinal()];
        if (!isArmed(tcb, TcpTimer.PACE) || paceNs - nowNs > soonNs) {        // else sooner still
            arm(tcb, TcpTimer.PACE, nowNs, soonNs);
        }
        return true;
    }

    /// Starts the retransmission timer, not beyond the time when the connection is to be given up.
    void armRetransmit(Tcb tcb, long nowNs) {
        arm(tcb, TcpTimer.REXMT, nowNs, Math.min(tcb.rtt.rtoNs(), leftNs(tcb, nowNs)));
    }

    /// Starts the retransmission timer if it does not run.
    ///
    /// @return false if it does
    boolean ensureRetransmit(Tcb tcb, long nowNs) {
        boolean idle = !isArmed(tcb, TcpTimer.REXMT);
        if (idle) {
            armRetransmit(tcb, nowNs);
        }
        return idle;
    }

    /// Starts the timer of the tail loss probe, not beyond the retransmission timer (RFC 8985 §7.2).
    void armProbe(Tcb tcb, boolean single, long nowNs) {
        long rtoNs = tcb.deadlineNs[TcpTimer.REXMT.ordinal()] - nowNs;
        arm(tcb, TcpTimer.PROBE, nowNs, Math.min(TailProbe.timeoutNs(tcb.rtt.srttNs(), single), rtoNs));
    }

    /// Starts the persist timer. RFC 9293 §3.8.6.1: first after a retransmission timeout (SHLD-29), then with
    /// exponentially growing intervals (SHLD-30).
    void armPersist(Tcb tcb, long nowNs) {
        long delay = tcb.rtt.rtoNs() << Math.min(tcb.probes, MAX_PERSIST_SHIFT);
        // so that it is the peer's silence which ends the patience, and not our own between two questions
        long often = Math.max(tcb.rtt.rtoNs(), patienceNs(tcb) / PROBES_IN_PATIENCE);
        long most = Math.min(tcp.cfg.maxRtoNs(), often);
        long left = heldUp(tcb) ? closedLeftNs(tcb, nowNs) : most;
        arm(tcb, TcpTimer.PERSIST, nowNs, Math.min(delay, Math.min(most, left)));
    }

    private long leftNs(Tcb tcb, long nowNs) {
        return leftNs(tcb, patienceNs(tcb), nowNs);
    }

    /// The same at a closed window. The patience of a user who is gone counts only if it was the shorter one.
    private long closedLeftNs(Tcb tcb, long nowNs) {
        long patienceNs = patienceNs(tcb);
        return leftNs(tcb, tcb.userClosed ? Math.min(patienceNs, tcp.cfg.retransmitTimeoutNs()) : patienceNs,
                nowNs);
    }

    private static long leftNs(Tcb tcb, long patienceNs, long nowNs) {
        return Math.max(patienceNs - (nowNs - tcb.stalledNs), 0);
    }

    /// R2 of RFC 9293 §3.8.3, which the application may set (MUST-21).
    private long patienceNs(Tcb tcb) {
        SocketOptions options = tcb.socket.options;
        boolean open = tcb.state.isSynchronized();
        if (!open && options.connectTimeoutNs() > 0) {
            return options.connectTimeoutNs();
        }
        if (options.userTimeoutNs() > 0) {
            return options.userTimeoutNs();
        }
        return open ? tcp.cfg.retransmitTimeoutNs() : tcp.cfg.synTimeoutNs();
    }

    /// R2 as a number of retransmissions, for who wants it so.
    private boolean triedEnough(Tcb tcb) {
        int most = tcb.state.isSynchronized() ? tcp.cfg.dataRetries() : tcp.cfg.synRetries();
        return most > 0 && tcb.backOffs >= most;
    }

    /// RETRANSMISSION TIMEOUT (RFC 9293 §3.10.8, RFC 6298 (5.4) to (5.6)).
    private void retransmit(Tcb tcb, long nowNs) {
        if (nowNs - tcb.stalledNs >= patienceNs(tcb) || triedEnough(tcb)) {           // R2, USER TIMEOUT
            timedOut(tcb, nowNs);
            return;
        }
        if (tcb.flight() == 0) {                                  // a SYN that no queue has taken yet
            armRetransmit(tcb, nowNs);
            tcp.output.output(tcb, nowNs);
            return;
        }
        tcp.stats.add(Counter.RETRANSMIT_TIMEOUTS);
        tcb.backOffs++;
        tcb.traffic().timeouts++;
        if (tcb.backOffs >= tcp.cfg.r1()) {                       // MUST-20: advice to the IP layer
            tcb.path.suspect(nowNs);
        }
        SizeSearch.suspect(tcb);
        tcb.rtt.backOff();
        if (tcb.synAcked) {                                       // else established() takes account of it
            tcb.cc.onTimeout(tcb.flight(), tcb.backOffs > 1);
        }
        if (tcb.askedEarly && tcb.state == TcpState.SYN_SENT) {
            tcp.fastOpen.unanswered(tcb.remote().addr(), nowNs);  // RFC 7413 §4.1.3.1
        }
        tcb.loss.timeout(tcb, nowNs);
        tcp.output.output(tcb, nowNs);
    }

    /// Zero-window probe, or the override of silly-window avoidance.
    private void probe(Tcb tcb, long nowNs) {
        long heardNs = tcb.lastHeardNs - tcb.stalledNs > 0 ? tcb.lastHeardNs : tcb.stalledNs;
        boolean silent = nowNs - heardNs >= patienceNs(tcb) && tcb.probes > 1;
        boolean over = heldUp(tcb) && closedLeftNs(tcb, nowNs) == 0;
        if (silent || over) {
            timedOut(tcb, nowNs);
            return;
        }
        if (tcb.probes++ == 0) {
            tcb.stalledNs = nowNs;             // only now there is something to answer
        }
        tcp.output.probe(tcb, nowNs);
    }

    /// Whether probes go into a window that may not stay closed. It may for ever as long as the peer answers
    /// (MUST-37), but not on behalf of nobody, nor for longer than the user has said (tcp(7),
    /// `TCP_USER_TIMEOUT`). What waits at an open one waits for our own queue, or for it to be no silly one.
    private static boolean heldUp(Tcb tcb) {
        boolean bounded = tcb.userClosed || tcb.socket.options.userTimeoutNs() > 0;
        return bounded && tcb.probes > 0 && tcb.sndWnd == 0;
    }

    /// Starts or stops keep-alive as the options say (RFC 9293 §3.8.4: off unless asked for); what has begun
    /// goes on, whatever else is changed.
    void keepAliveChanged(Tcb tcb, long nowNs) {
        SocketOptions options = tcb.socket.options;
        if (!options.keepAlive() || !tcb.state.isSynchronized()) {
            disarm(tcb, TcpTimer.KEEP);
            tcb.keepProbes = 0;
        } else if (tcb.keepProbes == 0) {
            arm(tcb, TcpTimer.KEEP, nowNs, Math.max(options.keepIdleNs() - (nowNs - tcb.lastHeardNs), 0));
        }
    }

    /// RFC 9293 §3.8.4. MUST-26: only while nothing is outstanding and nothing was heard for the interval. A
    /// user timeout takes the place of the number of probes (tcp(7)).
    private void keepAlive(Tcb tcb, long nowNs) {
        SocketOptions options = tcb.socket.options;
        long quietNs = nowNs - tcb.lastHeardNs;
        long userNs = options.userTimeoutNs();
        boolean enough = userNs > 0 ? quietNs >= userNs && tcb.keepProbes > 0
                : tcb.keepProbes >= options.keepCount();          // MUST-29: not for one lost answer
        if (tcb.flight() > 0 || isArmed(tcb, TcpTimer.PERSIST)) {
            arm(tcb, TcpTimer.KEEP, nowNs, options.keepIdleNs());  // these have their own timers
        } else if (quietNs < options.keepIdleNs()) {
            arm(tcb, TcpTimer.KEEP, nowNs, options.keepIdleNs() - quietNs);
        } else if (enough) {
            timedOut(tcb, nowNs);
        } else if (tcp.writer.keepAlive(tcb, nowNs) == Output.QUEUE_FULL) {
            arm(tcb, TcpTimer.KEEP, nowNs, tcp.cfg.minRtoNs());    // nobody was asked
        } else {
            tcb.keepProbes++;
            tcp.stats.add(Counter.KEEPALIVE_PROBES);
            arm(tcb, TcpTimer.KEEP, nowNs, options.keepIntervalNs());
        }
    }

    /// USER TIMEOUT (RFC 9293 §3.10.8). An error that routers reported meanwhile tells the user more than the
    /// bare fact.
    private void timedOut(Tcb tcb, long nowNs) {
        tcp.stats.add(Counter.TIMEOUTS);
        SockError why = tcb.softError != null ? tcb.softError : SockError.ETIMEDOUT;
        tcp.teardown.abort(tcb, why, nowNs);
    }
}
