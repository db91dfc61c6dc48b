package org.splnet.udp;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.splnet.inet.Network;
import org.splnet.inet.NetworkError;
import org.splnet.inet.Path;
import org.splnet.inet.Transport;
import org.splnet.kern.Clock;
import org.splnet.kern.Entropy;
import org.splnet.pcb.PortTable;
import org.splnet.pcb.Reservation;
import org.splnet.pcb.Sharing;
import org.splnet.pkt.Packet;
import org.splnet.socket.DatagramBudget;
import org.splnet.socket.DatagramInfo;
import org.splnet.socket.DatagramProtocol;
import org.splnet.socket.DatagramQueue;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.IpProto;

/// The protocol: what a network protocol hands datagrams to, and what makes sockets.
///
/// Lock key: (v) volatile, written by whoever changes the configuration
public final class Udp implements Transport, DatagramProtocol {
    private volatile UdpConfig config;  // (v)
    private final Network network;
    private final Clock clock;
    private final PortTable ports;
    private final UdpTable table;
    private final DatagramBudget budget;
    private final UdpStats stats = new UdpStats();
    private final UdpInput input;
    private final UdpOutput output;
    private final AtomicInteger sockets = new AtomicInteger();

    /// Attaches itself to `network`.
    ///
    /// @param clock asked at calls of sockets; input is told the time
    /// @param entropy for ports and the secrets of hashes
    public Udp(UdpConfig config, Network network, Clock clock, Entropy entropy) {
        this.config = config;
        this.network = network;
        this.clock = clock;
        this.ports = new PortTable(config.ephemeralFirst(), config.ephemeralLast(), entropy);
        this.table = new UdpTable(entropy.nextLong());
        this.budget = new DatagramBudget(config.memory());
        this.input = new UdpInput(network, table, stats);
        this.output = new UdpOutput(network, stats);
        network.attach(this);
    }

    /// Goes by other knobs from now on, for sockets to come. Any thread.
    ///
    /// @param next differs in [org.splnet.kern.Live] components only
    public void configure(UdpConfig next) {
        config = next;
    }

    @Override
    public int number() {
        return IpProto.UDP;
    }

    @Override
    public void input(Packet packet, long nowNs) {
        input.input(packet, nowNs);
    }

    @Override
    public boolean error(NetworkError error, long nowNs) {
        return input.error(error, nowNs);
    }

    @Override
    public UdpSocket bind(Endpoint local, SocketOptions options) throws SocketException {
        return bind(local, options, "");
    }

    /// As [#bind(Endpoint, SocketOptions)], with words that say whose socket it is.
    public UdpSocket bind(Endpoint local, SocketOptions options, String tag) throws SocketException {
        long hi = local.addr().hi();
        long lo = local.addr().lo();
        boolean possible = options.freeBind() || local.addr().isUnspecified() || local.addr().isMulticast()
                || network.isLocal(hi, lo) || network.isBroadcast(hi, lo);
        if (!possible) {
            throw new SocketException(SockError.EADDRNOTAVAIL, "bind " + local);
        }
        if (sockets.incrementAndGet() > config.maxSockets()) {
            sockets.decrementAndGet();
            throw new SocketException(SockError.ENOBUFS, "bind " + local + ": " + config.maxSockets()
                    + " sockets (udp.max-sockets) are open");
        }
        Sharing sharing = new Sharing(options.reuseAddress(), options.reusePort(), options.user());
        Reservation reserved = local.port() == 0 ? ports.choose(hi, lo, sharing)
                : ports.reserve(hi, lo, local.port(), sharing);
        if (reserved == null) {
            sockets.decrementAndGet();
            throw new SocketException(SockError.EADDRINUSE, "bind " + local);
        }
        UdpPcb pcb = new UdpPcb(reserved, options, tag, budget,
                new DatagramQueue(options.datagramBuffer(), config.queueDatagrams(),
                        network.pool().allocator()));
        table.bind(pcb);
        return new UdpSocket(this, pcb);
    }

    /// Gives a socket a peer, or another one. In the tables it enters at the new place before it leaves the
    /// old, so no datagram of the peer falls between. One without a port, to which nothing can be sent, tells
    /// the caller by which address it would be, and is whoever sends from its address: as on Linux, whose
    /// programs ask so.
    void connect(UdpPcb pcb, Endpoint remote, long nowNs) throws SocketException {
        assert pcb.lock.held();
        String call = "connect ";
        if (remote.addr().isUnspecified()) {
            throw new SocketException(SockError.EINVAL, call + remote);
        }
        boolean broadcast = network.isBroadcast(remote.addr().hi(), remote.addr().lo());
        if (broadcast && !pcb.inbox.options().broadcast()) {
            throw new SocketException(SockError.EACCES, call + remote);
        }
        InetAddr source = output.own(pcb.bound.addr());
        Path path = output.find(source, remote, call, nowNs);
        Endpoint local = new Endpoint(InetAddr.of(path.localHi(), path.localLo()), pcb.bound.port());
        boolean again = remote.equals(pcb.remote) && local.equals(pcb.local);
        if (!again) {
            table.connect(pcb, local, remote);
            leave(pcb);
        }
        pcb.local = local;
        pcb.remote = remote;
        pcb.path = path;
        pcb.pathFrom = local.addr();
        pcb.pathPort = remote.port();
        pcb.pathBroadcast = broadcast;
        pcb.forgetStrangers();
    }

    /// Takes a socket's peer away.
    void disconnect(UdpPcb pcb) {
        assert pcb.lock.held();
        if (pcb.remote == null) {
            return;
        }
        table.bind(pcb);
        leave(pcb);
        pcb.remote = null;
        pcb.local = pcb.bound;
        pcb.path = null;
    }

    /// Ends a socket. Holding nothing.
    void close(UdpPcb pcb) {
        pcb.lock.lock();
        try {
            if (!pcb.detach()) {
                return;
            }
            leave(pcb);
        } finally {
            pcb.lock.unlock();
        }
        ports.release(pcb.reserved);
        sockets.decrementAndGet();
    }

    /// Takes the socket out of the place that its ends, as they still are, give it in the tables.
    private void leave(UdpPcb pcb) {
        if (pcb.remote == null) {
            table.unbind(pcb);
        } else {
            table.disconnect(pcb, pcb.local, pcb.remote);
        }
    }

    /// Sockets that are open.
    public int sockets() {
        return sockets.get();
    }

    /// Octets that what waits in all of them takes.
    public long queued() {
        return budget.charged();
    }

    /// All sockets as they are shown to people, by port.
    public List<DatagramInfo> snapshot() {
        return table.infos();
    }

    /// The counters.
    public UdpStats stats() {
        return stats;
    }

    Clock clock() {
        return clock;
    }

    UdpOutput output() {
        return output;
    }
}
