package org.splnet.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.splnet.inet.Network;
import org.splnet.inet.NetworkError;
import org.splnet.inet.Path;
import org.splnet.inet.Transport;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.pcb.GroupTable;
import org.splnet.pcb.PcbTable;
import org.splnet.pcb.PortTable;
import org.splnet.pcb.Reservation;
import org.splnet.pcb.Sharing;
import org.splnet.pkt.Packet;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.LocalEnd;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamProtocol;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.IpProto;

/// TCP: the façade over its collaborators, its tables, and the opening of connections.
///
/// Lock key: (v) volatile, written by whoever changes the configuration
public final class Tcp implements Transport, StreamProtocol {
    volatile TcpConfig cfg;             // (v)
    final Network network;
    final CalloutWheel wheel;
    final Clock clock;
    final TcpStats stats = new TcpStats();
    final PcbTable<TcpPcb> pcbs;
    final GroupTable<TcpListener> listeners;
    final PortTable ports;
    final IssGenerator iss;
    final SynCookie cookie;
    final FastOpen fastOpen;
    final ReceiveMemory memory;
    final Pruning pruning;
    final ReceiveWindow window;
    final SegmentWriter writer;
    final ChallengeAck challenge;
    final Reset reset;
    final TcpTimers timers;
    final TcpOutput output;
    final AckPolicy ackPolicy;
    final TcpAck ack;
    final TcpInputSyn inputSyn;
    final OutOfOrder outOfOrder;
    final TcpInput input;
    final Teardown teardown;
    final TimeWaits timeWaits;
    /// Connections that their users have closed.
    final Orphans orphans = new Orphans(this);
    final TcpDemux demux;
    private final TcpErrors errors;

    /// Registers itself with `network`.
    ///
    /// @param entropy for secrets and ports; used during construction and under the `PORTS` lock
    /// @param clock asked once by each call of a user; input and timers are told the time
    public Tcp(TcpConfig cfg, Network network, CalloutWheel wheel, Entropy entropy, Clock clock) {
        this.cfg = cfg;
        this.network = network;
        this.wheel = wheel;
        this.clock = clock;
        this.pcbs = new PcbTable<>(entropy.nextLong());
        this.listeners = new GroupTable<>(entropy.nextLong(), TcpListener[]::new);
        this.ports = new PortTable(cfg.ephemeralFirst(), cfg.ephemeralLast(), entropy);
        this.iss = new IssGenerator(entropy);
        this.memory = new ReceiveMemory(cfg.receiveMemory());
        this.pruning = new Pruning(this, clock.nanoTime());
        this.window = new ReceiveWindow(memory);
        this.writer = new SegmentWriter(cfg, network, window, stats);
        this.challenge = new ChallengeAck(cfg, writer, stats, entropy);
        this.reset = new Reset(cfg, network, writer, stats, entropy);
        this.timers = new TcpTimers(this);
        this.output = new TcpOutput(this, writer, timers);
        this.ackPolicy = new AckPolicy(timers);
        this.ack = new TcpAck(this);
        this.cookie = new SynCookie(entropy);
        this.fastOpen = new FastOpen(cfg.fastOpen(), entropy);
        this.inputSyn = new TcpInputSyn(this);
        this.outOfOrder = new OutOfOrder(this);
        this.input = new TcpInput(this);
        this.teardown = new Teardown(this);
        this.timeWaits = new TimeWaits(this);
        this.demux = new TcpDemux(this);
        this.errors = new TcpErrors(this);
        network.attach(this);
    }

    /// Goes by other knobs from now on. Any thread.
    ///
    /// @param next differs in [org.splnet.kern.Live] components only
    public void configure(TcpConfig next) {
        cfg = next;
    }

    @Override
    public int number() {
        return IpProto.TCP;
    }

    @Override
    public void input(Packet packet, long nowNs) {
        demux.input(packet, nowNs);
    }

    @Override
    public boolean error(NetworkError error, long nowNs) {
        return errors.arrives(error, nowNs);
    }

    @Override
    public boolean isLocal(InetAddr address) {
        return network.isLocal(address.hi(), address.lo());
    }

    /// Active OPEN (RFC 9293 §3.10.1).
    @Override
    public StreamSocket connect(Endpoint local, Endpoint remote, SocketOptions options)
            throws SocketException {
        return connect(local, remote, options, Unpooled.EMPTY_BUFFER);
    }

    /// As [#connect(Endpoint, Endpoint, SocketOptions)], with the first octets to be sent: with Fast Open,
    /// and a server that has agreed to it before, in the SYN itself (RFC 7413). The server may see them twice
    /// if the network doubles the SYN, so they must be such that this does no harm.
    ///
    /// @param first borrowed; its reader index moves over what was taken, references may be kept
    public StreamSocket connect(Endpoint local, Endpoint remote, SocketOptions options, ByteBuf first)
            throws SocketException {
        long nowNs = clock.nanoTime();
        Path path = path(local, remote, nowNs);
        Reservation port = localPort(local, path, remote, options);
        try {
            return open(path, port, remote, options, first, nowNs);
        } catch (SocketException e) {
            ports.release(port);
            throw e;
        }
    }

    @Override
    public StreamSocket connectFrom(LocalEnd from, Endpoint remote, SocketOptions options)
            throws SocketException {
        long nowNs = clock.nanoTime();
        Path path = path(from.local(), remote, nowNs);
        BoundPort bound = (BoundPort) from;
        bound.take("connect " + remote);
        try {
            return open(path, bound.reserved(), remote, options, Unpooled.EMPTY_BUFFER, nowNs);
        } catch (SocketException e) {
            bound.giveBack();
            throw e;
        }
    }

    private Path path(Endpoint local, Endpoint remote, long nowNs) throws SocketException {
        InetAddr to = remote.addr();
        // As Linux has it: programs take EADDRNOTAVAIL for something about their own end.
        if (!isUnicast(to.hi(), to.lo())) {                                // MUST-46
            throw new SocketException(SockError.ENETUNREACH, "connect " + remote);
        }
        if (remote.port() == 0) {                                          // on which nobody can listen
            throw new SocketException(SockError.ECONNREFUSED, "connect " + remote);
        }
        InetAddr from = local == null || local.addr().isUnspecified() ? null : local.addr();
        Path path = network.path(from, to, nowNs);                         // MUST-44: IP chooses the source
        if (path == null) {
            boolean ours = from == null || isLocal(from);
            throw new SocketException(ours ? SockError.ENETUNREACH : SockError.EADDRNOTAVAIL,
                    "connect " + remote);
        }
        return path;
    }

    private StreamSocket open(Path path, Reservation bound, Endpoint remote, SocketOptions options,
            ByteBuf first, long nowNs) throws SocketException {
        TcpSocket socket = new TcpSocket(this, options);
        InetAddr to = remote.addr();
        int isn = iss.next(path.localHi(), path.localLo(), bound.port(), to.hi(), to.lo(), remote.port(),
                nowNs);
        Tcb tcb = new Tcb(socket, path, bound, remote.port(), isn, false);
        socket.tcb = tcb;
        try {
            open(tcb, first, nowNs);
        } finally {
            Deferred.run();
        }
        return socket;
    }

    /// What a user gets of the buffers he asks for: no larger than those become that the stack adapts, which
    /// everybody may have. Silently, as Linux does by `net.core.rmem_max`.
    SocketOptions granted(SocketOptions asked) {
        TcpConfig now = cfg;
        int send = Math.min(asked.sendBuffer(), now.sendBufferMax());
        int receive = Math.min(asked.receiveBuffer(), now.receiveBufferMax());
        boolean all = send == asked.sendBuffer() && receive == asked.receiveBuffer();
        return all ? asked : asked.withBuffers(send, receive);
    }

    private Reservation localPort(Endpoint local, Path path, Endpoint remote, SocketOptions options)
            throws SocketException {
        InetAddr to = remote.addr();
        long hi = path.localHi();
        long lo = path.localLo();
        if (local != null && local.port() != 0) {
            Reservation bound = ports.reserve(hi, lo, local.port(), sharing(options));
            if (bound == null) {
                throw new SocketException(SockError.EADDRINUSE, "connect from " + local);
            }
            return bound;
        }
        Reservation bound = ports.outgoing(hi, lo, to.hi(), to.lo(), remote.port(),
                p -> pcbs.lookup(hi, lo, p, to.hi(), to.lo(), remote.port()) == null);
        if (bound == null) {
            throw new SocketException(SockError.EADDRNOTAVAIL, "connect " + remote + ", local ports");
        }
        return bound;
    }

    private void open(Tcb tcb, ByteBuf first, long nowNs) throws SocketException {
        tcb.lock.lock();
        try {
            if (pcbs.insert(tcb.localHi, tcb.localLo, tcb.localPort, tcb.remoteHi, tcb.remoteLo,
                    tcb.remotePort, tcb) != null) {        // "connection already exists"
                throw new SocketException(SockError.EADDRINUSE, "connect " + tcb.remote());
            }
            stats.add(Counter.CONNECTS);
            tcb.offeredScale = ReceiveWindow.offeredScale(cfg, tcb.socket.options);
            if (first.isReadable()) {
                tcb.sendBuffer().append(first);
            }
            tcb.become(TcpState.SYN_SENT);
            output.output(tcb, nowNs);
        } finally {
            tcb.lock.unlock();
        }
    }

    /// Passive OPEN (RFC 9293 §3.10.1).
    @Override
    public ListenSocket listen(Endpoint local, int backlog, SocketOptions options) throws SocketException {
        BoundPort bound = reserve("listen ", local, options);
        try {
            return listenAt(bound, backlog, options);
        } catch (SocketException e) {
            bound.close();
            throw e;
        }
    }

    @Override
    public LocalEnd bind(Endpoint local, SocketOptions options) throws SocketException {
        return reserve("bind ", local, options);
    }

    @Override
    public ListenSocket listenAt(LocalEnd end, int backlog, SocketOptions options) throws SocketException {
        Endpoint local = end.local();
        String call = "listen " + local;
        if (backlog < 1) {
            throw new SocketException(SockError.EINVAL, call + ", backlog " + backlog);
        }
        BoundPort bound = (BoundPort) end;
        bound.take(call);
        if (!ports.listen(bound.reserved())) {
            bound.giveBack();
            throw new SocketException(SockError.EADDRINUSE, call);
        }
        TcpListener listener = new TcpListener(this, bound.reserved(), backlog, options);
        listeners.add(local.addr().hi(), local.addr().lo(), local.port(), listener);
        TcpEvents.listening(listener.local());
        return listener;
    }

    private BoundPort reserve(String call, Endpoint local, SocketOptions options) throws SocketException {
        InetAddr at = local.addr();
        if (!at.isUnspecified() && !options.freeBind() && !isLocal(at)) {
            throw new SocketException(SockError.EADDRNOTAVAIL, call + local);
        }
        Reservation reserved = local.port() == 0 ? ports.choose(at.hi(), at.lo(), sharing(options))
                : ports.reserve(at.hi(), at.lo(), local.port(), sharing(options));
        if (reserved == null) {
            throw new SocketException(SockError.EADDRINUSE, call + local);
        }
        return new BoundPort(ports, reserved);
    }

    private static Sharing sharing(SocketOptions options) {
        return new Sharing(options.reuseAddress(), options.reusePort(), options.user());
    }

    /// True if the address can be that of one host.
    boolean isUnicast(long hi, long lo) {
        InetAddr address = InetAddr.of(hi, lo);
        return !address.isUnspecified() && !address.isMulticast() && !network.isBroadcast(hi, lo);
    }

    /// The counters.
    public TcpStats stats() {
        return stats;
    }

    /// Octets received and not read, of all connections together.
    public long receiveMemoryHeld() {
        return memory.held();
    }

    /// Connections in any state but LISTEN.
    public int connections() {
        return pcbs.size();
    }

    /// A snapshot of each listener and each connection; nothing may be held.
    public List<TcpInfo> infos() {
        List<TcpInfo> all = new ArrayList<>();
        listeners.forEach(listener -> all.add(TcpInfo.of(listener)));
        pcbs.forEach(pcb -> all.add(TcpInfo.of(pcb)));
        return all;
    }

    /// Returns it to its first moment, for tests: connections, half-open ones and TIME-WAITs are forgotten
    /// without a word, counters are zero. Listeners stay. Nothing may be held; what comes in meanwhile may be
    /// there afterwards.
    public void reset() {
        each(listeners::forEach, TcpListener::reset);
        each(pcbs::forEach, pcb -> {
            if (pcb instanceof Tcb tcb) {
                tcb.socket.vanish(SockError.ECONNABORTED);
            }
        });
        timeWaits.forgetAll();
        Deferred.run();
        reset.forget();
        challenge.forget();
        stats.reset();
    }

    /// Ends everything: listeners are closed, connections reset. Nothing may be held.
    public void shutdown(long nowNs) {
        each(listeners::forEach, listener -> listener.close(nowNs));
        each(pcbs::forEach, pcb -> {
            if (pcb instanceof Tcb tcb) {
                tcb.socket.abort(SockError.ECONNABORTED, false, nowNs);
            }
        });
        timeWaits.clear();
        Deferred.run();
    }

    /// What is done may change the table, so a copy is gone through.
    private static <T> void each(Consumer<Consumer<T>> table, Consumer<T> action) {
        List<T> all = new ArrayList<>();
        table.accept(all::add);
        all.forEach(action);
    }
}
