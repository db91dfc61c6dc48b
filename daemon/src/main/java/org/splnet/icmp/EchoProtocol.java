package org.splnet.icmp;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.splnet.inet.Path;
import org.splnet.ip.Ip;
import org.splnet.kern.Clock;
import org.splnet.socket.DatagramBudget;
import org.splnet.socket.DatagramInfo;
import org.splnet.socket.DatagramProtocol;
import org.splnet.socket.DatagramQueue;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// What makes sockets for echo, and knows those there are. Any thread.
public final class EchoProtocol implements DatagramProtocol {
    private final EchoLimits limits;
    private final Ip ip;
    private final Clock clock;
    private final EchoOutput output;
    private final DatagramBudget budget;
    private final Set<EchoPcb> all = ConcurrentHashMap.newKeySet();
    private final AtomicInteger sockets = new AtomicInteger();

    /// @param clock asked at calls of sockets
    public EchoProtocol(EchoLimits limits, Ip ip, Clock clock) {
        this.limits = limits;
        this.ip = ip;
        this.clock = clock;
        this.output = new EchoOutput(ip);
        this.budget = new DatagramBudget(limits.memory());
    }

    /// A socket that sends from an address of this host.
    ///
    /// @param local the address, unspecified for any; the port is the identifier, 0 to choose one
    @Override
    public EchoSocket bind(Endpoint local, SocketOptions options) throws SocketException {
        InetAddr address = local.addr();
        if (!address.isUnspecified() && !ip.isLocal(address.hi(), address.lo())) {
            throw new SocketException(SockError.EADDRNOTAVAIL, "bind " + local);
        }
        if (sockets.incrementAndGet() > limits.sockets()) {
            sockets.decrementAndGet();
            throw new SocketException(SockError.ENOBUFS, "bind " + local + ": " + limits.sockets()
                    + " sockets for ICMP echo are open");
        }
        EchoPcb pcb = ip.pings().attach(local.port(), id -> new EchoPcb(new Endpoint(address, id), options,
                budget, new DatagramQueue(options.datagramBuffer(), limits.messages(),
                        ip.pool().allocator())));
        if (pcb == null) {
            sockets.decrementAndGet();
            throw new SocketException(SockError.EADDRINUSE, "bind " + local);
        }
        all.add(pcb);
        return new EchoSocket(this, pcb);
    }

    /// Gives a socket a peer, or another one, or none.
    ///
    /// @param remote null for none; its port means nothing
    void connect(EchoPcb pcb, Endpoint remote, long nowNs) throws SocketException {
        assert pcb.lock.held();
        if (remote == null) {
            pcb.disconnected();
            return;
        }
        InetAddr to = remote.addr();
        String call = "connect ";
        if (to.isUnspecified()) {
            throw new SocketException(SockError.EINVAL, call + to);
        }
        boolean broadcast = ip.isBroadcast(to.hi(), to.lo());
        if (broadcast && !pcb.inbox.options().broadcast()) {
            throw new SocketException(SockError.EACCES, call + to);
        }
        InetAddr source = pcb.bound.addr().isUnspecified() ? null : pcb.bound.addr();
        Path path = output.find(source, to, call, nowNs);
        pcb.connected(new Endpoint(to, 0), path, broadcast);
    }

    /// Ends a socket. Holding nothing.
    void close(EchoPcb pcb) {
        if (pcb.detach()) {
            ip.pings().detach(pcb.id(), pcb);
            all.remove(pcb);
            sockets.decrementAndGet();
        }
    }

    /// Octets that what waits in all sockets takes.
    public long queued() {
        return budget.charged();
    }

    /// All sockets as they are shown to people, by identifier.
    public List<DatagramInfo> snapshot() {
        return all.stream().map(EchoPcb::info)
                .sorted(Comparator.comparing(info -> info.local().port())).toList();
    }

    Clock clock() {
        return clock;
    }

    EchoOutput output() {
        return output;
    }
}
