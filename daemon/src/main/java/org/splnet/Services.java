package org.splnet;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.splnet.config.ServiceConfig;
import org.splnet.config.ServicesConfig;
import org.splnet.config.StatusConfig;
import org.splnet.inet.Network;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Entropy;
import org.splnet.service.ServiceContext;
import org.splnet.service.ServiceStats;
import org.splnet.service.SmallServices;
import org.splnet.service.SmallServices.Kind;
import org.splnet.service.StreamServer;
import org.splnet.service.status.StatusServer;
import org.splnet.socket.DatagramProtocol;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamProtocol;

/// The configured services on their sockets.
final class Services implements AutoCloseable {
    private final ServiceContext context;
    private final List<StatusServer> retired = new ArrayList<>();
    private volatile SmallServices small;
    private volatile StatusServer status;
    private StackSnapshot snapshot;
    private ServicesConfig config;

    Services(ServicesConfig config, StreamProtocol tcp, DatagramProtocol udp, Network network, Clock clock,
            CalloutWheel wheel, Entropy entropy, ByteBufAllocator allocator) {
        this.config = config;
        this.context = new ServiceContext(tcp, udp, address -> network.isLocal(address.hi(), address.lo()),
                clock,
                wheel, entropy, allocator);
    }

    /// Opens those that are switched on.
    void open(StackSnapshot source) throws SocketException {
        snapshot = source;
        small = SmallServices.open(context, specs(config));
        if (config.status().enabled()) {
            page(config.status());
        }
    }

    /// The first half of a change: what `next` has not, or on another port, listens no more; connections
    /// stay. One change at a time.
    ///
    /// @param undo is given what takes a step back
    void shut(ServicesConfig next, Consumer<AutoCloseable> undo) {
        retired.removeIf(Services::over);
        small.shut(specs(next), undo);
        StatusServer was = status;
        if (was != null && !(next.status().enabled() && next.status().port() == config.status().port())) {
            int port = config.status().port();
            was.shut();
            retired.add(was);
            status = null;
            undo.accept(() -> {
                retired.remove(was);
                was.open(context, port);
                status = was;
            });
        }
    }

    /// The second half: opens what does not listen yet, tells the others their bounds.
    ///
    /// @param undo is given what takes a step back
    /// @throws SocketException naming the service that cannot listen
    void change(ServicesConfig next, Consumer<AutoCloseable> undo) throws SocketException {
        small.change(specs(next), undo);
        ServicesConfig before = config;
        StatusServer was = status;
        if (was != null) {
            was.limits(limits(next.status()));
            undo.accept(() -> was.limits(limits(before.status())));
        } else if (next.status().enabled()) {
            page(next.status());
            undo.accept(() -> {
                status.close();
                status = null;
            });
        }
        config = next;
        undo.accept(() -> config = before);
    }

    /// True, and the server closed, if its last connection has ended.
    private static boolean over(StatusServer server) {
        if (server.stats().open.sum() > 0) {
            return false;
        }
        server.close();
        return true;
    }

    private void page(StatusConfig page) throws SocketException {
        StatusServer server = new StatusServer(context, snapshot, limits(page));
        try {
            server.open(context, page.port());
        } catch (SocketException e) {
            server.close();
            throw e;
        }
        status = server;
    }

    private static StreamServer.Limits limits(StatusConfig page) {
        return new StreamServer.Limits(page.maxConnections(), page.idleTimeoutNs());
    }

    private static List<SmallServices.Spec> specs(ServicesConfig config) {
        List<SmallServices.Spec> specs = new ArrayList<>();
        add(specs, Kind.ECHO, config.echo());
        add(specs, Kind.DISCARD, config.discard());
        add(specs, Kind.CHARGEN, config.chargen());
        return specs;
    }

    private static void add(List<SmallServices.Spec> specs, Kind kind, ServiceConfig service) {
        if (service.enabled()) {
            specs.add(new SmallServices.Spec(kind, service.port(), service.tcp(), service.udp(),
                    new StreamServer.Limits(service.maxConnections(), service.idleTimeoutNs()),
                    service.answersPerSecond()));
        }
    }

    /// What services of other packages need of the stack.
    ServiceContext context() {
        return context;
    }

    /// Counters by service.
    Map<String, ServiceStats> stats() {
        Map<String, ServiceStats> all = new LinkedHashMap<>();
        SmallServices some = small;
        if (some != null) {
            all.putAll(some.stats());
        }
        StatusServer page = status;
        if (page != null) {
            all.put("status", page.stats());
        }
        return all;
    }

    @Override
    public void close() {
        if (status != null) {
            status.close();
        }
        retired.forEach(StatusServer::close);
        if (small != null) {
            small.close();
        }
    }
}
