package org.splnet;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final ServicesConfig config;
    private final ServiceContext context;
    private SmallServices small;
    private StatusServer status;

    Services(ServicesConfig config, StreamProtocol tcp, DatagramProtocol udp, Network network, Clock clock,
            CalloutWheel wheel, Entropy entropy, ByteBufAllocator allocator) {
        this.config = config;
        this.context = new ServiceContext(tcp, udp, address -> network.isLocal(address.hi(), address.lo()),
                clock,
                wheel, entropy, allocator);
    }

    /// Opens those that are switched on.
    void open(StackSnapshot snapshot) throws SocketException {
        snapshot.services(this);
        List<SmallServices.Spec> specs = new ArrayList<>();
        add(specs, Kind.ECHO, config.echo());
        add(specs, Kind.DISCARD, config.discard());
        add(specs, Kind.CHARGEN, config.chargen());
        small = SmallServices.open(context, specs);
        StatusConfig page = config.status();
        if (page.enabled()) {
            status = new StatusServer(context, snapshot,
                    new StreamServer.Limits(page.maxConnections(), page.idleTimeoutNs()));
            status.open(context, page.port());
        }
    }

    private static void add(List<SmallServices.Spec> specs, Kind kind, ServiceConfig service) {
        if (service.enabled()) {
            specs.add(new SmallServices.Spec(kind, service.port(), service.tcp(), service.udp(),
                    new StreamServer.Limits(service.maxConnections(), service.idleTimeoutNs()),
                    service.answersPerSecond()));
        }
    }

    /// Counters by service.
    Map<String, ServiceStats> stats() {
        Map<String, ServiceStats> all = new LinkedHashMap<>();
        if (small != null) {
            all.putAll(small.stats());
        }
        if (status != null) {
            all.put("status", status.stats());
        }
        return all;
    }

    @Override
    public void close() {
        if (status != null) {
            status.close();
        }
        if (small != null) {
            small.close();
        }
    }
}
