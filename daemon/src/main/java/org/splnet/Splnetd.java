package org.splnet;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.NeighborConfig;
import org.splnet.config.RouteConfig;
import org.splnet.config.ServiceConfig;
import org.splnet.config.ServicesConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.config.StatusConfig;
import org.splnet.ip.Ip;
import org.splnet.kern.CalloutDuty;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.DutyThread;
import org.splnet.kern.Entropy;
import org.splnet.kern.Witness;
import org.splnet.net.AddressClaim;
import org.splnet.net.DeviceException;
import org.splnet.net.EtherIf;
import org.splnet.net.LinkLayer;
import org.splnet.net.Loopback;
import org.splnet.net.NetDevice;
import org.splnet.pkt.PacketPool;
import org.splnet.service.ServiceContext;
import org.splnet.service.ServiceStats;
import org.splnet.service.SmallServices;
import org.splnet.service.StreamServer;
import org.splnet.service.status.StatusServer;
import org.splnet.socket.SocketException;
import org.splnet.tcp.Tcp;
import org.splnet.udp.Udp;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;

/// One running stack. Made bottom-up: callouts, links, IP, transports, interfaces, services; ended in the
/// reverse order, so
/// that at each moment everything below what still runs is there.
///
/// [#start] and [#close] are called by one thread, holding nothing.
public final class Splnetd implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");
    private static final String LOOPBACK = "lo";
    private static final Cidr LOOPBACK_ADDRESS = Cidr.parse("127.0.0.1/8");

    /// What undoes a step of the start.
    @FunctionalInterface
    private interface Undo {
        void run() throws Exception;
    }

    private final SplnetConfig config;
    private final Drivers drivers;
    private final Clock clock;
    private final Entropy entropy = Entropy.system();
    private final CalloutDuty callouts;
    private final LinkLayer links;
    private final Ip ip;
    private final Udp udp;
    private final Tcp tcp;
    private final ServiceContext services;
    private final Deque<Undo> undo = new ArrayDeque<>();
    private final StackStatus status;

    /// Prepares a stack; nothing runs yet.
    public Splnetd(SplnetConfig config, Drivers drivers, Clock clock) {
        this.config = config;
        this.drivers = drivers;
        this.clock = clock;
        callouts = new CalloutDuty(clock);
        var pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
        links = new LinkLayer(pool, callouts.wheel(), entropy, config.net());
        ip = new Ip(config.ip(), links, callouts.wheel(), entropy);
        links.attach(ip);
        udp = new Udp(config.udp(), ip, clock, entropy);
        tcp = new Tcp(config.tcp(), ip, callouts.wheel(), entropy, clock);
        services = new ServiceContext(tcp, udp, addr -> ip.isLocal(addr.hi(), addr.lo()), clock,
                callouts.wheel(), entropy, pool.allocator());
        status = new StackStatus(links, ip, udp, tcp, clock, callouts.wheel());
    }

    /// Starts everything; what was started is ended again if a part fails.
    ///
    /// @throws DeviceException if an interface cannot be opened
    /// @throws SocketException if a service cannot be opened
    public void start() throws DeviceException, SocketException {
        Witness.mode(Witness.Mode.parse(config.witness().name().toLowerCase(Locale.ROOT)));
        try {
            run(callouts);
            loopback();
            for (InterfaceConfig each : config.interfaces()) {
                attach(each);
            }
            routes();
            services();
        } catch (DeviceException | SocketException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void loopback() {
        Loopback loopback = links.loopback(LOOPBACK);
        undo.push(() -> links.detach(loopback, clock.nanoTime()));
        links.interfaces().addAddress(loopback, LOOPBACK_ADDRESS);
        run(loopback);
        status.driver(LOOPBACK, "loopback");
    }

    private void attach(InterfaceConfig each) throws DeviceException {
        NetDevice device = drivers.open(each);
        EtherIf netIf = links.ethernet(each.name(), device);
        undo.push(() -> links.detach(netIf, clock.nanoTime()));
        status.driver(each.name(), each.driver());
        for (Cidr address : each.addresses()) {
            claim(netIf, address, each.probe());
        }
        netIf.duties().forEach(this::run);
        LOG.info("interface is up name={} driver={} mac={} mtu={} addresses={}", each.name(), each.driver(),
                netIf.mac(), netIf.mtu(), each.addresses());
    }

    private void claim(EtherIf netIf, Cidr address, boolean probe) {
        netIf.claim(address, probe, AddressClaim.Listener.NONE, clock.nanoTime());
    }

    private void run(Duty duty) {
        var thread = new DutyThread(duty, clock);
        undo.push(thread::stop);
        thread.start();
    }

    private void routes() {
        for (RouteConfig each : config.routes()) {
            ip.addRoute(each.to(), each.via(), links.interfaces().byName(each.interfaceName()), 0);
        }
        for (NeighborConfig each : config.neighbors()) {
            if (links.interfaces().byName(each.interfaceName()) instanceof EtherIf netIf) {
                netIf.addNeighbor(each.address(), each.mac(), clock.nanoTime());
            }
        }
    }

    private void services() throws SocketException {
        undo.push(() -> {
            tcp.shutdown(clock.nanoTime());
            Deferred.run();
        });
        SmallServices small = SmallServices.open(services, specs(config.services()));
        undo.push(small::close);
        small.stats().forEach(status::service);
        StatusConfig page = config.services().status();
        if (page.enabled()) {
            var server = new StatusServer(services, status,
                    new StreamServer.Limits(page.maxConnections(), page.idleTimeoutNs()));
            undo.push(server::close);
            server.open(services, page.port());
            ServiceStats stats = server.stats();
            status.service("status", stats);
        }
    }

    private static List<SmallServices.Spec> specs(ServicesConfig config) {
        var specs = new ArrayList<SmallServices.Spec>();
        add(specs, SmallServices.Kind.ECHO, config.echo());
        add(specs, SmallServices.Kind.DISCARD, config.discard());
        add(specs, SmallServices.Kind.CHARGEN, config.chargen());
        return specs;
    }

    private static void add(List<SmallServices.Spec> specs, SmallServices.Kind kind, ServiceConfig service) {
        if (service.enabled()) {
            specs.add(new SmallServices.Spec(kind, service.port(), service.tcp(), service.udp(),
                    new StreamServer.Limits(service.maxConnections(), service.idleTimeoutNs()),
                    service.answersPerSecond()));
        }
    }

    /// An address people can try, for the log.
    InetAddr firstAddress() {
        return config.interfaces().getFirst().addresses().getFirst().addr();
    }

    /// Ends everything that runs: services, connections (reset), interfaces, callouts. Idempotent.
    @Override
    public void close() {
        for (Undo step; (step = undo.poll()) != null; ) {
            try {
                step.run();
            } catch (Exception e) {
                LOG.error("a part did not end as it should", e);
            }
        }
    }
}
