package org.splnet.tcp;

import org.splnet.inet.Path;
import org.splnet.kern.Witness;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Seq;
import org.splnet.wire.TcpHeader;
import org.splnet.wire.TcpOptions;

/// The half-open connections of one listener (`tcp_syncache`): small, bounded, the oldest makes room for the
/// newest, so that a flood costs the honest a retransmission and not the service.
///
/// Each entry is in [Tcp#pcbs] under its four-tuple, so that its segments find it.
///
/// Lock key: (l) the listener's lock, rank `LISTENER`, which every method needs.
final class SynCache {
    private static final int MAX_SHIFT = 16;
    /// So much of the limit must be free before SYNs are remembered again.
    private static final int CALM_PART = 8;
    /// So many make room for one at most: where the limit has been lowered, those beyond it go by and by.
    private static final int ROOM_FOR_ONE = 2;

    private final Tcp tcp;
    private final TcpListener listener;
    private boolean pressure;          // (l) at the limit, and not far below it since
    private boolean baked;             // (l) a cookie was ever sent
    private long bakedNs;              // (l) when the last one was
    private HalfOpen oldest;           // (l)
    private HalfOpen newest;           // (l)
    private int size;                  // (l)

    SynCache(TcpListener listener) {
        this.tcp = listener.tcp;
        this.listener = listener;
    }

    int size() {
        return size;
    }

    /// A SYN for the listener (RFC 9293 §3.10.7.2, third): remembers it and answers SYN,ACK. Text that came
    /// with it is not taken; the peer sends it again.
    ///
    /// @param floor a TIME-WAIT this SYN has ended, whose numbers must lie behind ours; or null
    void synArrives(TcpSegment seg, TimeWait floor, long nowNs) {
        assert listener.lock.held();
        var from = seg.packet;
        Path path = back(from, nowNs);
        if (path == null) {
            from.blame(DropReason.IP_NO_ROUTE);
            return;
        }
        int iss = tcp.iss.next(from.dstHi, from.dstLo, seg.dstPort, from.srcHi, from.srcLo, seg.srcPort,
                nowNs);
        if (floor != null && Seq.leq(iss, floor.sndNxt)) {
            iss = floor.sndNxt + (1 << 16);                // RFC 1122, 4.2.2.13 (a)
        }
        if (floor == null && bakes()) {
            answerWithCookie(seg, path, nowNs);
            return;
        }
        HalfOpen entry = enter(new HalfOpen(listener, path, seg, iss, nowNs));
        if (entry == null) {
            return;                                        // another thread had the same SYN
        }
        for (int i = 0; i < ROOM_FOR_ONE && size > tcp.cfg.halfOpen(); i++) {
            tcp.stats.add(Counter.HALF_OPEN_DROPPED);
            remove(oldest);
        }
        boolean refused = answer(entry, nowNs) == Output.QUEUE_FULL;
        tcp.wheel.arm(entry, nowNs + (refused ? tcp.cfg.minRtoNs() : tcp.cfg.initialRtoNs()));
    }

    /// Whether SYNs are answered without being remembered now. What began at the limit ends a part below it,
    /// so that it does not change with every SYN.
    private boolean bakes() {
        int limit = tcp.cfg.halfOpen();
        pressure = size >= limit || pressure && size > limit - limit / CALM_PART - 1;
        return switch (tcp.cfg.synCookies()) {
            case AUTO -> pressure;
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }

    private void answerWithCookie(TcpSegment seg, Path path, long nowNs) {
        TcpOptions asked = seg.options;
        Packet p = seg.packet;
        int mss = asked.hasMss() ? asked.mss() : Mss.defaultFor(p.srcHi, p.srcLo);
        int scale = asked.hasWindowScale() ? asked.windowScale() : -1;
        boolean sack = asked.hasSackPermitted() && tcp.cfg.sack();
        Timestamps timestamps = HalfOpen.timestamps(tcp, seg, nowNs);
        int iss = tcp.cookie.make(p.dstHi, p.dstLo, p.srcHi, p.srcLo, ports(seg), seg.seq, mss, scale, sack,
                nowNs);
        bakedNs = later(nowNs);
        baked = true;
        tcp.stats.add(Counter.COOKIES_SENT);
        answer(path, seg.dstPort, seg.srcPort, iss, seg.seq + 1, scale, sack, timestamps, false, false,
                listener.inherited(), nowNs);
    }

    private static int ports(TcpSegment seg) {
        return seg.dstPort << 16 | seg.srcPort;
    }

    /// An acknowledgement that belongs to nothing: perhaps it completes a handshake that was answered with a
    /// cookie. RFC 4987 §3.6: nothing but an ACK does, and only if one was sent not long ago.
    ///
    /// @return the half-open connection, as if it had been remembered; null if it is no such thing
    HalfOpen cookieArrives(TcpSegment seg, long nowNs) {
        assert listener.lock.held();
        if (!baked || nowNs - bakedNs > 2 * SynCookie.PERIOD_NS || seg.syn()) {
            return null;
        }
        Packet p = seg.packet;
        // a segment has the time of the batch it came in, which may have begun before another's cookie was
        // sent
        long atNs = later(nowNs);
        int said = tcp.cookie.read(p.dstHi, p.dstLo, p.srcHi, p.srcLo, ports(seg), seg.seq - 1, seg.ack - 1,
                atNs);
        Timestamps timestamps = HalfOpen.timestamps(tcp, seg, nowNs);
        if (said == SynCookie.NONE || timestamps != null && !recent(timestamps.ageNs(seg.options.tsEcr(),
                atNs))) {
            tcp.stats.add(Counter.COOKIES_REFUSED);
            return null;
        }
        Path path = back(p, nowNs);
        return path == null ? null : enter(new HalfOpen(listener, path, seg, said, timestamps, nowNs));
    }

    /// A SYN with a Fast Open cookie (RFC 7413 §4.2.2): what is opened at once.
    ///
    /// @return a half-open connection without an answer, to be completed or removed; null if there is no way
    HalfOpen early(TcpSegment seg, long nowNs) {
        Packet p = seg.packet;
        Path path = back(p, nowNs);
        if (path == null) {
            p.blame(DropReason.IP_NO_ROUTE);
            return null;
        }
        int iss = tcp.iss.next(p.dstHi, p.dstLo, seg.dstPort, p.srcHi, p.srcLo, seg.srcPort, nowNs);
        return enter(new HalfOpen(listener, path, seg, iss, nowNs));
    }

    /// The way back to who sent that; null if there is none.
    private Path back(Packet from, long nowNs) {
        return tcp.network.path(InetAddr.of(from.dstHi, from.dstLo), InetAddr.of(from.srcHi, from.srcLo),
                nowNs);
    }

    /// Puts it into the table and the list.
    ///
    /// @return null if the table has something in its place
    private HalfOpen enter(HalfOpen entry) {
        Path path = entry.path;
        if (tcp.pcbs.insert(path.localHi(), path.localLo(), entry.localPort, path.remoteHi(), path.remoteLo(),
                entry.remotePort, entry) != null) {
            return null;
        }
        link(entry);
        return entry;
    }

    /// Now, but not before the last cookie was sent.
    private long later(long nowNs) {
        return baked && nowNs - bakedNs < 0 ? bakedNs : nowNs;
    }

    private static boolean recent(long ageNs) {
        return ageNs >= 0 && ageNs <= 2 * SynCookie.PERIOD_NS;
    }

    /// A segment for a half-open connection (RFC 9293 §3.10.7.4 for SYN-RECEIVED after a passive open).
    ///
    /// @return true if it completes the handshake: the acknowledgement is good
    boolean segmentArrives(HalfOpen entry, TcpSegment seg, long nowNs) {
        assert listener.lock.held() && !entry.detached;
        int rcvNxt = entry.irs + 1;
        if (seg.syn() && !seg.hasAck() && !seg.rst() && seg.seq == entry.irs) {
            again(entry, seg, nowNs);
            return false;
        }
        if (entry.timestamps != null && seg.options.hasTimestamps() && !seg.rst()) {
            if (entry.timestamps.old(seg.options.tsVal(), nowNs)) {
                tcp.stats.add(Counter.PAWS_DROPPED);       // RFC 7323 §5.3, R1
                seg.unacceptable();
                challenge(entry, nowNs);                   // who knows nothing of it answers with a RST
                return false;
            }
            if (Seq.leq(seg.seq, rcvNxt)) {
                entry.timestamps.note(seg.options.tsVal(), nowNs);
            }
        }
        int len = seg.len();
        boolean acceptable = len == 0 ? Seq.in(seg.seq, rcvNxt, rcvNxt + entry.window)
                : Seq.lt(seg.seq, rcvNxt + entry.window) && Seq.gt(seg.seq + len, rcvNxt);
        if (!acceptable || seg.syn() && seg.seq == entry.irs) {             // first; its SYN is old
            seg.unacceptable();
            if (!seg.rst()) {
                challenge(entry, nowNs);
            }
            return false;
        }
        if (seg.rst()) {                                   // second: back to LISTEN; the user is not told
            if (seg.seq == rcvNxt || !tcp.cfg.challengeAcks()) {
                tcp.stats.add(Counter.RESETS_IN);
                remove(entry);
                return false;
            }
            seg.unacceptable();
            challenge(entry, nowNs);                       // RFC 5961 §3.2
            return false;
        }
        if (seg.syn()) {                                   // fourth: passive open, so back to LISTEN
            remove(entry);
            return false;
        }
        if (seg.hasAck() && seg.ack == entry.iss + 1) {    // fifth: the one SND.UNA < SEG.ACK =< SND.NXT
            return true;
        }
        seg.unacceptable();
        if (seg.hasAck()) {
            tcp.reset.answer(seg, nowNs);
        }
        return false;
    }

    /// The SYN came again: our SYN,ACK was lost, or the peer tries it with less (RFC 3168 §6.1.1.1).
    private void again(HalfOpen entry, TcpSegment syn, long nowNs) {
        entry.resentAny = true;
        entry.ecn &= Ecn.asked(syn);
        if (entry.timestamps != null && syn.options.hasTimestamps()
                && !entry.timestamps.old(syn.options.tsVal(), nowNs)) {
            entry.timestamps.note(syn.options.tsVal(), nowNs);
        }
        answer(entry, nowNs);
    }

    /// The SYN,ACK is not answered: again, with exponential back-off, until R2 for SYN (MUST-23).
    void timeout(HalfOpen entry, long nowNs) {
        assert listener.lock.held();
        long elapsed = nowNs - entry.beganNs;
        int most = tcp.cfg.synRetries();
        if (elapsed >= tcp.cfg.synTimeoutNs() || most > 0 && entry.resent >= most) {
            tcp.stats.add(Counter.HALF_OPEN_TIMEOUTS);
            remove(entry);
            return;
        }
        long left = tcp.cfg.synTimeoutNs() - elapsed;
        entry.resentAny = true;
        if (answer(entry, nowNs) == Output.QUEUE_FULL) {   // as TcpTimers: nothing to back off from
            tcp.wheel.arm(entry, nowNs + Math.min(tcp.cfg.minRtoNs(), left));
            return;
        }
        entry.resent++;
        if (entry.resent == tcp.cfg.r1()) {
            entry.path.suspect(nowNs);                     // MUST-20 for SYN
        }
        tcp.stats.add(Counter.RETRANSMITS);
        long rto = tcp.cfg.initialRtoNs() << Math.min(entry.resent, MAX_SHIFT);
        tcp.wheel.arm(entry, nowNs + Math.min(Math.min(rto, tcp.cfg.maxRtoNs()), left));
    }

    /// Takes the entry out of the list and stops its timer; the table is the caller's.
    void unlink(HalfOpen entry) {
        assert listener.lock.held();
        if (entry.detached) {
            Witness.twice("end of a half-open connection");
        }
        entry.detached = true;
        tcp.wheel.disarm(entry);
        if (entry.prev == null) {
            oldest = entry.next;
        } else {
            entry.prev.next = entry.next;
        }
        if (entry.next == null) {
            newest = entry.prev;
        } else {
            entry.next.prev = entry.prev;
        }
        entry.prev = null;
        entry.next = null;
        size--;
    }

    /// Forgets all of them without a word.
    void forgetAll() {
        assert listener.lock.held();
        while (oldest != null) {
            remove(oldest);
        }
        forgetCookies();
    }

    /// Those that are under way promise what holds no longer: our window scale is not in them.
    void forgetCookies() {
        assert listener.lock.held();
        baked = false;
    }

    /// Resets all of them: the listener closes (RFC 9293 §3.10.4).
    void clear(long nowNs) {
        assert listener.lock.held();
        while (oldest != null) {
            HalfOpen entry = oldest;
            send(entry, entry.iss + 1, 0, TcpHeader.RST, 0, nowNs);
            remove(entry);
        }
    }

    void remove(HalfOpen entry) {
        unlink(entry);
        Path path = entry.path;
        tcp.pcbs.remove(path.localHi(), path.localLo(), entry.localPort, path.remoteHi(), path.remoteLo(),
                entry.remotePort, entry);
    }

    private void link(HalfOpen entry) {
        entry.prev = newest;
        if (newest == null) {
            oldest = entry;
        } else {
            newest.next = entry;
        }
        newest = entry;
        size++;
    }

    private Output answer(HalfOpen entry, long nowNs) {
        return answer(entry.path, entry.localPort, entry.remotePort, entry.iss, entry.irs + 1,
                entry.peerScale, entry.sack, entry.timestamps, entry.ecn, entry.wantsCookie, entry.options,
                nowNs);
    }

    private Output answer(Path path, int localPort, int remotePort, int iss, int ack, int peerScale,
            boolean sack, Timestamps timestamps, boolean ecn, boolean cookie, SocketOptions options,
            long nowNs) {
        TcpOptions offer = SegmentWriter.synOptions();
        if (peerScale >= 0 && listener.offeredScale(options) >= 0) {
            offer.windowScale(listener.offeredScale(options));
        }
        if (sack) {
            offer.sackPermitted();
        }
        if (timestamps != null) {
            offer.timestamps(timestamps.value(nowNs), timestamps.echo());
        }
        if (cookie) {
            long early = tcp.fastOpen.cookie(path.remoteHi(), path.remoteLo(), nowNs);
            offer.fastOpen(early, 0, FastOpen.COOKIE_LEN);
        }
        int flags = TcpHeader.SYN | TcpHeader.ACK | (ecn ? TcpHeader.ECE : 0);
        return tcp.writer.syn(path, localPort, remotePort, iss, ack, flags,
                listener.window(options), offer, options, nowNs);
    }

    /// Acknowledges what there is, if so many are not sent already (RFC 5961 §7).
    private void challenge(HalfOpen entry, long nowNs) {
        if (!tcp.challenge.allow(nowNs)) {
            return;
        }
        int scale = entry.peerScale < 0 ? 0 : Math.max(listener.offeredScale(entry.options), 0);
        send(entry, entry.iss + 1, entry.irs + 1, TcpHeader.ACK, entry.window >>> scale, nowNs);
    }

    private void send(HalfOpen entry, int seq, int ack, int flags, int wnd, long nowNs) {
        tcp.writer.bare(entry.path, entry.localPort, entry.remotePort, seq, ack, flags, wnd,
                entry.timestamps, entry.options.ttl(), entry.options.tos(), nowNs);
    }
}
