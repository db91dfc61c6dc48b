package org.splnet.tcp;

import io.netty.buffer.ByteBufAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.inet.Path;
import org.splnet.kern.Callout;
import org.splnet.kern.Deferred;
import org.splnet.kern.RankedLock;
import org.splnet.kern.Round;
import org.splnet.pcb.Reservation;
import org.splnet.socket.ReceiveBuffer;
import org.splnet.socket.SendBuffer;
import org.splnet.socket.SockError;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Seq;

/// Connection control block (RFC 9293 §3.3.1): what is known of one connection, and nothing that is done with
/// it.
///
/// ```text
///   dataSeq == sndUna (once our SYN is acknowledged)        sndNxt        sndMax
///      |  sent, not acknowledged                              |  sent before a timeout  |  not sent …  FIN
/// ```
///
/// Lock key: (c) constant after construction, (t) this connection's `lock`, the socket's, rank `ENDPOINT`.
final class Tcb extends Callout implements TcpPcb {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.tcp");
    private static final boolean STATES = Boolean.getBoolean("splnet.trace.tcp");

    final Tcp tcp;                     // (c)
    final TcpSocket socket;            // (c)
    final RankedLock lock;             // (c)
    final long localHi;                // (c)
    final long localLo;                // (c)
    final long remoteHi;               // (c)
    final long remoteLo;               // (c)
    final int localPort;               // (c)
    final int remotePort;              // (c)
    final Reservation bound;           // (c) of its port
    final boolean passive;             // (c) MUST-11: remembers how it was opened
    CongestionControl cc;              // (t) which one, the user may change
    final RttEstimator rtt;            // (c) itself (t)
    final Pacer pacer;                 // (c) itself (t)
    LossRecovery loss;                 // (t) which one, the handshake settles
    final Path path;                   // (c) itself (t)
    Limits limits;                     // (t) null while the user was the only reason not to send more
    long openedNs;                     // (t) when the handshake was over
    Traffic traffic;                   // (t) null until there is something to count
    int segmentsIn;                    // (t) merged ones counted once
    int segmentsOut;                   // (t) those to be cut counted once
    private final Output output = new Output();     // (c)

    TcpState state = TcpState.CLOSED;  // (t)
    boolean detached;                  // (t) set once: out of the tables, all timers off
    boolean userClosed;                // (t) the user has closed; nobody reads, nobody is told
    boolean orphan;                    // (t) counted among those without a user
    boolean inputShut;                 // (t) the user reads no more
    SockError softError;               // (t) last ICMP error that does not end it (RFC 9293 §3.9.2.2)

    // sending (RFC 9293 §3.3.1, "Send Sequence Variables"), all (t)
    final int iss;                     // (c)
    final int tsOffset;                // (c) of our timestamp clock
    boolean synAcked;                  // once and for all: the numbers come round to `iss` again
    int sndUna;
    int sndNxt;                        // pulled back to SND.UNA by a timeout
    int sndMax;                        // SND.NXT of the RFC: behind all that was ever sent
    int sndWnd;
    int maxSndWnd;
    int sndWl1;
    int wholeSeq;                      // behind what the user had handed in when nothing was on its way
    int sndUp;                         // behind our urgent data; at or before SND.UNA if there is none
    int dataSeq;                       // number of the first octet in `snd`
    int sndScale;
    int peerMss;                       // as announced, or the default
    SizeSearch sizes;                  // null unless the path looked like a black hole
    int mss;                           // effective send MSS (RFC 9293 §3.7.1)
    boolean finQueued;                 // a FIN follows what is in `snd`
    int early;                         // octets that went with the SYN (RFC 7413)
    boolean askedEarly;                // the SYN had the option
    boolean pendingEarly;              // opened by a cookie, and the handshake is not complete
    boolean resendFront;               // the first segment is to be sent again
    SendBuffer snd;                    // null until the first octet
    int sndLimit;                      // what it holds at most
    int sentFlight;                    // octets on their way when the last output was done
    int backOffs;                      // timeouts in a row for the same octets
    int resent;                        // segments sent again, ever
    long stalledNs;                    // since when SND.UNA has been waited for
    long lastSendNs;

    // receiving (RFC 9293 §3.3.1, "Receive Sequence Variables"), all (t)
    int irs;
    int rcvNxt;
    int rcvAdv;                        // right edge of the window as last told
    int rcvMaxWnd;                     // largest window ever offered
    int rcvUp;                         // behind the peer's urgent data
    int offeredScale = -1;             // window scale of our SYN, negative for none
    int rcvScale;                      // as agreed
    Ecn ecn;                           // null unless agreed upon
    Timestamps timestamps;             // null unless both SYNs had them
    boolean sackAgreed;                // both SYNs said SACK-permitted: our ACKs may carry blocks
    SackReport sack;                   // null unless agreed and something has arrived out of order
    int rcvMss;                        // what "full-sized" means for delayed ACKs, by the segments that came
    int lastSegment;                   // octets of text of the newest
    int ackedSeq;                      // last ACK sent
    int quickAcks;                     // full segments still to be acknowledged at once
    int unanswered;                    // ACKs that waited in vain since we last had something to say
    boolean urgent;                    // rcvUp means something
    boolean ackNow;                    // an ACK is owed at the end of the batch
    boolean finReceived;               // the peer's FIN has been passed: nothing more comes in
    ReceiveBuffer rcv;                 // null until the first octet
    int rcvLimit;                      // what it holds at most
    ReceiveTuning tuning;              // null until it has grown, or could have
    ReassemblyQueue reassembly;        // null unless something arrived out of order
    long charged;                      // octets booked in ReceiveMemory
    long lastHeardNs;                  // last acceptable segment
    int probes;                        // window probes since the window closed
    int keepProbes;                    // keep-alive probes without an answer

    // timers, all (t)
    final long[] deadlineNs = new long[TcpTimer.COUNT];
    int armed;                         // bits of TcpTimer
    boolean onWheel;
    long wheelNs;

    // challenge ACKs (RFC 5961 §7), all (t)
    long challengeNs;
    int challenges;

    /// @param path the way to the peer; owned by the connection from now on
    /// @param bound of the local port; the connection holds one use of it
    Tcb(TcpSocket socket, Path path, Reservation bound, int remotePort, int iss, boolean passive) {
        this.tcp = socket.tcp;
        this.socket = socket;
        this.lock = socket.lock;
        this.path = path;
        this.localHi = path.localHi();
        this.localLo = path.localLo();
        this.remoteHi = path.remoteHi();
        this.remoteLo = path.remoteLo();
        this.localPort = bound.port();
        this.remotePort = remotePort;
        this.bound = bound;
        this.passive = passive;
        this.iss = iss;
        this.tsOffset = tcp.iss.timestampOffset(localHi, localLo, localPort, remoteHi, remoteLo, remotePort);
        this.sndUna = iss;
        this.sndNxt = iss;
        this.sndMax = iss;
        this.wholeSeq = iss;
        this.sndUp = iss;
        this.dataSeq = iss + 1;
        this.peerMss = Mss.defaultFor(remoteHi, remoteLo);
        this.mss = Mss.effective(this);
        this.quickAcks = AckPolicy.QUICK_ACKS;
        this.sndLimit = SendRoom.initial(tcp.cfg, socket.options);
        this.rcvLimit = ReceiveWindow.initial(tcp.cfg, socket.options);
        this.cc = CongestionControl.of(socket.options, tcp.cfg, mss);
        this.rtt = new RttEstimator(tcp);
        this.pacer = new Pacer();
        this.loss = new DupAckRecovery(iss);
    }

    /// The one place where the state changes.
    void become(TcpState next) {
        assert lock.held();
        assert state.canBecome(next) : state + " -> " + next;
        if (STATES) {
            LOG.trace("{} {} -> {}", tag(), state.label(), next.label());
        }
        state = next;
    }

    /// Octets in the send queue, sent or not.
    int queued() {
        return snd == null ? 0 : snd.used();
    }

    /// Octets of memory that received data keeps, in order or not.
    long received() {
        return (rcv == null ? 0 : rcv.pinned()) + (reassembly == null ? 0 : reassembly.pinned());
    }

    /// Octets that nobody has read yet.
    int unread() {
        return rcv == null ? 0 : rcv.used();
    }

    /// Octets that wait for others in front of them.
    int outOfOrder() {
        return reassembly == null ? 0 : reassembly.octets();
    }

    /// Octets that can still be received.
    int receiveSpace() {
        return rcv == null ? rcvLimit : rcv.space();
    }

    /// Octets on their way (FlightSize of RFC 5681).
    int flight() {
        return sndMax - sndUna;
    }

    /// The receive window as the peer knows it.
    int window() {
        return Math.max(rcvAdv - rcvNxt, 0);
    }

    /// Our SYN is to be sent, for the first time or again.
    boolean synDue() {
        return !synAcked && sndNxt == iss;
    }

    /// Number of our FIN, if there is one.
    int finSeq() {
        return dataSeq + queued();
    }

    /// Our FIN has been sent, be it acknowledged or not.
    boolean finSent() {
        return finQueued && Seq.gt(sndMax, finSeq());
    }

    /// Our FIN has been sent and acknowledged.
    boolean finAcked() {
        return finQueued && Seq.gt(sndUna, finSeq());
    }

    /// Something waits to be sent for the first time or, after a timeout, again.
    boolean hasUnsent() {
        return Seq.lt(sndNxt, finQueued ? finSeq() + 1 : finSeq());
    }

    SendBuffer sendBuffer() {
        if (snd == null) {
            snd = new SendBuffer(sndLimit, allocator());
        }
        return snd;
    }

    ReceiveBuffer receiveBuffer() {
        if (rcv == null) {
            rcv = new ReceiveBuffer(rcvLimit, allocator());
        }
        return rcv;
    }

    /// Our SYN asks for ECN. Not if it has to go again: somebody may throw such SYNs away (RFC 3168
    /// §6.1.1.1).
    boolean asksForEcn() {
        return tcp.cfg.ecn() == EcnMode.ON && backOffs == 0;
    }

    /// Both SYNs said SACK-permitted.
    void agreeOnSack() {
        assert lock.held();
        sackAgreed = true;
        loss = new RackRecovery(iss);
    }

    Limits limits() {
        if (limits == null) {
            limits = new Limits(openedNs);
        }
        return limits;
    }

    Traffic traffic() {
        if (traffic == null) {
            traffic = new Traffic();
        }
        return traffic;
    }

    SackReport sackReport() {
        if (sack == null) {
            sack = new SackReport();
        }
        return sack;
    }

    ReassemblyQueue reassembly() {
        if (reassembly == null) {
            int most = ReceiveWindow.most(tcp.cfg, socket.options);
            int pinned = (int) Math.min(2L * most + (1 << 17), Integer.MAX_VALUE);
            reassembly = new ReassemblyQueue(allocator(), tcp.cfg.reassemblySegments(), pinned);
        }
        return reassembly;
    }

    private ByteBufAllocator allocator() {
        return tcp.network.pool().allocator();
    }

    /// Output is owed once the batch is over.
    void outputLater() {
        assert lock.held();
        Deferred.later(output);
    }

    /// Output goes on in this thread's next round.
    void goOn() {
        assert lock.held();
        Round.goOn(output);
    }

    Endpoint local() {
        return new Endpoint(InetAddr.of(localHi, localLo), localPort);
    }

    Endpoint remote() {
        return new Endpoint(InetAddr.of(remoteHi, remoteLo), remotePort);
    }

    /// Names the connection in logs.
    String tag() {
        return "tcp " + local() + "-" + remote();
    }

    @Override
    protected void fire(long nowNs) {
        lock.lock();
        try {
            tcp.timers.expire(this, nowNs);
        } finally {
            lock.unlock();
        }
    }

    /// What a batch of input owes: data that may go now, and the one acknowledgement for all of it.
    private final class Output extends Deferred.Call {
        @Override
        protected void run() {
            lock.lock();
            try {
                tcp.output.output(Tcb.this, tcp.clock.nanoTime());
            } finally {
                lock.unlock();
            }
        }
    }
}
