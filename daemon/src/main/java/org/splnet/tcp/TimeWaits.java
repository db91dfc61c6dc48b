package org.splnet.tcp;

import org.splnet.kern.Callout;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.kern.Witness;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Seq;
import org.splnet.wire.TcpHeader;

/// All connections in TIME-WAIT, the oldest first: since all wait equally long, a list and one callout for
/// its head are enough. Bounded; the oldest makes room.
///
/// Lock key: (w) `lock`. Its rank is that of the tables of which this is one, so entries leave [Tcp#pcbs] and
/// their port after it was given up.
final class TimeWaits extends Callout {
    /// What is to be done with a segment.
    enum Verdict {
        /// It is done with.
        DONE,
        /// It opens a new connection: the entry is gone, look for a listener.
        REOPEN,
        /// The entry was gone already: look again.
        GONE
    }

    private final Tcp tcp;
    private final RankedLock lock = new RankedLock(LockRank.PORTS, "time-wait");
    private TimeWait head;             // (w)
    private TimeWait tail;             // (w)
    private int size;                  // (w)

    TimeWaits(Tcp tcp) {
        this.tcp = tcp;
    }

    /// Puts a TIME-WAIT in the place of `tcb`, which keeps nothing: table entry and port are the new one's.
    void enter(Tcb tcb, long nowNs) {
        assert tcb.lock.held();
        TimeWait entry = new TimeWait(tcb);
        TimeWait recycled = null;
        tcp.pcbs.replace(tcb.localHi, tcb.localLo, tcb.localPort, tcb.remoteHi, tcb.remoteLo, tcb.remotePort,
                tcb, entry);
        lock.lock();
        try {
            link(entry, nowNs);                            // what finds it before this takes it for gone
            if (size > tcp.cfg.timeWaits()) {
                recycled = head;
                unlink(recycled);
            }
        } finally {
            lock.unlock();
        }
        if (recycled != null) {
            tcp.stats.add(Counter.TIME_WAIT_RECYCLED);
            forget(recycled);
        }
    }

    /// SEGMENT ARRIVES in TIME-WAIT (RFC 9293 §3.10.7.4). Borrows the segment's packet.
    Verdict segmentArrives(TimeWait entry, TcpSegment seg, boolean listening, long nowNs) {
        boolean again = seg.fin() && seg.finSeq() + 1 == entry.rcvNxt;
        boolean opened = false;
        lock.lock();
        try {
            if (entry.detached) {
                return Verdict.GONE;
            }
            if (opens(entry, seg) && listening) {
                opened = true;
                unlink(entry);
            } else if (again && seg.hasAck() && !seg.rst()) {
                unlink(entry);
                link(entry, nowNs);                        // the peer has not seen our ACK: 2 MSL from now
            }
        } finally {
            lock.unlock();
        }
        if (opened) {
            tcp.stats.add(Counter.TIME_WAIT_REOPENED);
            forget(entry);
            return Verdict.REOPEN;
        }
        answer(entry, seg, again, nowNs);
        return Verdict.DONE;
    }

    /// A SYN that no old duplicate can be: because its timestamp is later than all before (RFC 6191 §2), or,
    /// if timestamps do not say, because its number lies beyond all that were used (RFC 1122, 4.2.2.13;
    /// MAY-2).
    private static boolean opens(TimeWait entry, TcpSegment seg) {
        if (!seg.syn() || seg.rst() || seg.hasAck()) {
            return false;
        }
        boolean beyond = Seq.gt(seg.seq, entry.rcvNxt);
        if (entry.timestamps == null || !seg.options.hasTimestamps()) {
            return beyond;
        }
        int later = seg.options.tsVal() - entry.timestamps.echo();
        return later > 0 || later == 0 && beyond;
    }

    private void answer(TimeWait entry, TcpSegment seg, boolean again, long nowNs) {
        boolean repeated = again && seg.hasAck();
        int len = seg.len();
        boolean acceptable = len == 0
                ? Seq.in(seg.seq, entry.rcvNxt, entry.rcvNxt + Math.max(entry.rcvWnd, 1))
                : Seq.lt(seg.seq, entry.rcvNxt + entry.rcvWnd) && Seq.gt(seg.seq + len, entry.rcvNxt);
        boolean beyond = seg.hasAck() && Seq.gt(seg.ack, entry.sndNxt);
        boolean wrong = seg.syn() || !acceptable || beyond;
        if (seg.rst() || !repeated && (wrong || seg.textLen > 0)) {
            seg.unacceptable();
        }
        if (seg.rst()) {
            return;                                        // RFC 1337: no assassination
        }
        boolean owed = repeated || !acceptable && seg.textLen > 0;
        if (owed || wrong && tcp.challenge.allow(nowNs)) {
            tcp.reset.send(seg, entry.sndNxt, entry.rcvNxt, TcpHeader.ACK, entry.wndField,
                    entry.timestamps, entry.ttl, entry.tos, nowNs);
        }
    }

    /// TIME-WAIT TIMEOUT (RFC 9293 §3.10.8) for all that are due.
    @Override
    protected void fire(long nowNs) {
        for (TimeWait due; (due = nextDue(nowNs)) != null; ) {
            forget(due);
        }
    }

    private TimeWait nextDue(long nowNs) {
        lock.lock();
        try {
            TimeWait first = head;
            if (first == null) {
                return null;
            }
            if (first.deadlineNs - nowNs > 0) {
                tcp.wheel.arm(this, first.deadlineNs);
                return null;
            }
            unlink(first);
            return first;
        } finally {
            lock.unlock();
        }
    }

    /// Ends all of them: the daemon stops.
    void clear() {
        forgetAll();
        tcp.wheel.disarm(this);
    }

    /// Forgets all there are; others may come meanwhile, and keep their timer.
    void forgetAll() {
        for (TimeWait first; (first = first()) != null; ) {
            forget(first);
        }
    }

    private TimeWait first() {
        lock.lock();
        try {
            TimeWait first = head;
            if (first != null) {
                unlink(first);
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    /// How many there are.
    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    private void forget(TimeWait entry) {
        tcp.pcbs.remove(entry.localHi, entry.localLo, entry.localPort, entry.remoteHi, entry.remoteLo,
                entry.remotePort, entry);
        tcp.ports.release(entry.bound);
    }

    private void link(TimeWait entry, long nowNs) {
        assert lock.held();
        entry.deadlineNs = nowNs + 2 * tcp.cfg.mslNs();
        entry.prev = tail;
        entry.next = null;
        entry.detached = false;
        if (tail == null) {
            head = entry;
            tcp.wheel.arm(this, entry.deadlineNs);
        } else {
            tail.next = entry;
        }
        tail = entry;
        size++;
    }

    private void unlink(TimeWait entry) {
        assert lock.held();
        if (entry.detached) {
            Witness.twice("end of a TIME-WAIT");
        }
        if (entry.prev == null) {
            head = entry.next;
        } else {
            entry.prev.next = entry.next;
        }
        if (entry.next == null) {
            tail = entry.prev;
        } else {
            entry.next.prev = entry.prev;
        }
        entry.prev = null;
        entry.next = null;
        entry.detached = true;
        size--;
    }
}
