package org.splnet;

import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.cli.Host;
import org.splnet.cli.Sysexits;
import org.splnet.config.ClockMode;
import org.splnet.config.ConfigException;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.NeighborConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.control.ControlException;
import org.splnet.control.ControlServer;
import org.splnet.control.Refusal;
import org.splnet.control.Rule;
import org.splnet.control.Steering;
import org.splnet.control.Steering.Reloaded;
import org.splnet.icmp.EchoLimits;
import org.splnet.icmp.EchoProtocol;
import org.splnet.ip.Ip;
import org.splnet.kern.CalloutDuty;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.DutyThread;
import org.splnet.kern.Entropy;
import org.splnet.kern.LockDiscipline;
import org.splnet.kern.ManualClock;
import org.splnet.kern.Rounds;
import org.splnet.kern.Witness;
import org.splnet.net.DeviceException;
import org.splnet.net.EtherIf;
import org.splnet.net.LinkLayer;
import org.splnet.net.Loopback;
import org.splnet.net.NetDevice;
import org.splnet.pkt.PacketPool;
import org.splnet.relay.Relays;
import org.splnet.service.status.StackSource;
import org.splnet.socket.SocketException;
import org.splnet.tcp.Tcp;
import org.splnet.udp.Udp;
import org.splnet.wire.Cidr;

/// One running stack: made of a configuration, ended by [#close].
final class Splnetd implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");
    private static final Cidr LOOPBACK = Cidr.parse("127.0.0.1/8");
    private static final long RELOAD_MS = 3_000;

    private final SplnetConfig config;
    private final Drivers drivers;
    private final Clock clock;
    private final Entropy entropy = Entropy.system();
    private final Undo undo = new Undo();
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final CalloutDuty callouts;
    private final List<Rounds> threads = new ArrayList<>();
    private final Map<String, EtherIf> interfaces = new TreeMap<>();
    private final LinkLayer links;
    private final Ip ip;
    private final Udp udp;
    private final Tcp tcp;
    private final EchoProtocol echo;
    private final StaticRoutes routes;
    private final DhcpClients leases;
    private StackSnapshot snapshot;
    private StackSteering steering;
    private Services services;
    private Relays relays;
    private ConfiguredRelays configured;
    private ControlServer control;
    private Reload reload;
    private volatile Host.Again again;
    private Consumer<String> told = summary -> { };
    private BooleanSupplier quiet = () -> true;        // nothing is under way within the process

    private Splnetd(SplnetConfig config, Drivers drivers) {
        this.config = config;
        this.drivers = drivers;
        clock = config.clock() == ClockMode.MANUAL ? new ManualClock(Clock.system()) : Clock.system();
        callouts = new CalloutDuty(clock);
        links = new LinkLayer(new PacketPool(allocator), callouts.wheel(), entropy, config.net());
        ip = new Ip(config.ip(), links, callouts.wheel(), entropy);
        links.attach(ip);
        udp = new Udp(config.udp(), ip, clock, entropy);
        tcp = new Tcp(config.tcp(), ip, callouts.wheel(), entropy, clock);
        echo = new EchoProtocol(EchoLimits.DEFAULTS, ip, clock);
        routes = new StaticRoutes(ip, router -> Arrays.stream(links.interfaces().all())
                .flatMap(each -> each.info().addresses().stream()).anyMatch(own -> own.contains(router)),
                config.routes());
        leases = new DhcpClients(ip, callouts.wheel(), clock, entropy, routes);
    }

    /// Starts a stack that does not [#answer] yet; what was started before something fails is stopped again.
    static Splnetd start(SplnetConfig config, Drivers drivers) throws StartException {
        if (config.locks() != LockDiscipline.LAYERED) {
            LockDiscipline.choose(config.locks());         // of the whole process: one giant for all
        }
        Splnetd daemon = new Splnetd(config, drivers);
        boolean done = false;
        try {
            daemon.start();
            done = true;
            return daemon;
        } finally {
            if (!done) {
                daemon.close();
            }
        }
    }

    private void start() throws StartException {
        if (config.witness() != Witness.Mode.OFF) {
            Witness.mode(config.witness());
        }
        undo.push("drop fragments", ip::shutdown);      // last: nothing comes in then
        if (!(clock instanceof ManualClock)) {
            run(callouts);
        }
        Loopback loopback = links.loopback("lo");
        undo.push("close lo", () -> links.detach(loopback, clock.nanoTime()));
        links.interfaces().addAddress(loopback, LOOPBACK);
        DutyThread carrier = run(loopback);
        quiet = () -> loopback.empty() && carrier.waiting();
        for (InterfaceConfig each : config.interfaces()) {
            open(each);
        }
        drivers.forgetOthers();
        for (NeighborConfig each : config.neighbors()) {
            add(each);
        }
        undo.push("end leases", leases);
        undo.push("reset connections", () -> tcp.shutdown(clock.nanoTime()));
        services = new Services(config.services(), tcp, udp, ip, clock, callouts.wheel(), entropy, allocator);
        undo.push("close services", services);
        relays = new Relays(services.context());
        undo.push("close relays", relays);
        snapshot = new StackSnapshot(config, allocator, links, ip, udp, tcp, echo, callouts.wheel(), clock,
                leases, services, relays);
        steering = new StackSteering(this, new StackChanges(links, ip, routes, clock, snapshot));
        try {
            services.open(snapshot);
        } catch (SocketException e) {
            throw new StartException(Sysexits.UNAVAILABLE, "services: " + e.getMessage(), e);
        }
        openRelays();
        if (config.control().enabled()) {
            control();
        }
        reload = new Reload(new Reload.Stack(interfaces, leases, routes, ip, udp, tcp, services, configured,
                control, clock), config);
        undo.push("end reloads", () -> reload.end(RELOAD_MS));
    }

    private void openRelays() throws StartException {
        configured = new ConfiguredRelays(relays);
        try {
            configured.change(config.relays(), step -> { }, new ArrayList<>());
        } catch (ConfiguredRelays.Unlistening e) {
            throw new StartException(e.permission() ? Sysexits.NOPERM : Sysexits.UNAVAILABLE, e.getMessage(),
                    e);
        }
    }

    private void control() throws StartException {
        try {
            var stack = new ControlServer.Stack(snapshot, steering, tcp, udp, echo, allocator,
                    Clock.system(), links.lookout());
            List<Rule> rules = ClientRules.of(config.control().clients());
            var limits = ControlServer.Limits.DEFAULTS.withBusyPoll(config.net().queues().busyPollNs());
            int given = SocketActivation.control();
            control = given != SocketActivation.NONE
                    ? ControlServer.adopt(given, stack, rules, limits)
                    : ControlServer.open(Path.of(config.control().socket()), stack, rules, limits);
            undo.push("close control", control);
            threads.addAll(control.threads());
        } catch (ControlException e) {
            if (config.control().required()) {
                throw new StartException(e.permission() ? Sysexits.NOPERM : Sysexits.UNAVAILABLE,
                        e.getMessage(), e);
            }
            LOG.warn("going on without a control socket: {}", e.getMessage());
        }
    }

    /// Takes the addresses, the last thing to do: whoever gets an answer to ping finds the services
    /// listening, and a daemon that can be stopped in good order.
    void answer() throws StartException {
        for (InterfaceConfig each : config.interfaces()) {
            claim(each);
        }
        leases.start();
        // Claims tell their listener as deferred work, and on this thread nothing else runs it.
        Deferred.run();
    }

    /// With `clock = "manual"`: lets time pass, see [ManualClock#advance]. Holding nothing.
    ///
    /// @return how many callouts fired
    /// @throws IllegalStateException with the system's clock
    int advance(long ns) {
        return manual().advance(callouts, quiet, ns);
    }

    /// The time of a manual clock.
    ///
    /// @throws IllegalStateException with the system's clock
    long manualNowNs() {
        return manual().nanoTime();
    }

    private ManualClock manual() {
        if (clock instanceof ManualClock manual) {
            return manual;
        }
        throw new IllegalStateException("the clock is the system's: only a manual one (clock = \"manual\" in"
                + " the configuration) can be advanced");
    }

    /// When the next callout is due, in nanoseconds from now; negative if it is overdue, [Long#MAX_VALUE] if
    /// there is none.
    long nextDueNs() {
        long next = callouts.wheel().nextNs();
        return next == Long.MAX_VALUE ? next : next - clock.nanoTime();
    }

    /// Returns the stack to its first moment, for tests: connections (without a word to their peers),
    /// half-open ones, TIME-WAITs, path MTUs, neighbors but static ones, datagrams under reassembly and
    /// counters. Addresses, routes, listeners and services stay. Holding nothing; what comes in meanwhile may
    /// be there afterwards.
    void reset() {
        tcp.reset();
        ip.reset();
        udp.stats().reset();
        interfaces.values().forEach(EtherIf::reset);
        links.pool().drops().reset();
        // Whichever thread this is, nothing else runs what was deferred on it.
        Deferred.run();
    }

    /// Where the configuration is read from when it may have changed. Before [#start] is over nobody asks.
    ///
    /// @param summary told what is in force from then on, by whoever asks for it
    void again(Host.Again source, Consumer<String> summary) {
        told = summary;
        again = source;
    }

    /// Reads the configuration again and goes by it.
    ///
    /// @throws Refusal if something is wrong with it; then all is as before
    Reloaded reload() {
        Host.Again source = again;
        if (source == null) {
            throw new Refusal(Refusal.Kind.CONFLICT,
                    "this daemon has no configuration that could be read again");
        }
        try {
            return reload.to(source, () -> told.accept(summary()));
        } catch (ConfigException e) {
            throw new Refusal(Refusal.Kind.UNWANTED, e.getMessage());
        }
    }

    /// The interfaces that ask the network for their addresses.
    DhcpClients leases() {
        return leases;
    }

    /// The relays between the stack and the host.
    Relays relays() {
        return relays;
    }

    /// For tests within the process.
    StackSource source() {
        return snapshot;
    }

    /// For tests within the process.
    Steering steering() {
        return steering;
    }

    /// For tests within the process.
    Tcp tcp() {
        return tcp;
    }

    private void open(InterfaceConfig each) throws StartException {
        NetDevice device;
        try {
            device = drivers.open(each);
        } catch (DeviceException e) {
            int code = e.getMessage().contains("EPERM") || e.getMessage().contains("EACCES") ? Sysexits.NOPERM
                    : Sysexits.UNAVAILABLE;
            throw new StartException(code, each.name() + ": " + e.getMessage(), e);
        }
        EtherIf netIf = links.ethernet(each.name(), device);
        undo.push("close " + each.name(), () -> links.detach(netIf, clock.nanoTime()));
        interfaces.put(each.name(), netIf);
        leases.add(each, netIf);
        netIf.duties().forEach(this::run);
    }

    private void add(NeighborConfig each) throws StartException {
        try {
            interfaces.get(each.interfaceName()).addNeighbor(each.address(), each.mac(), clock.nanoTime());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new StartException(Sysexits.CONFIG, e.getMessage(), e);
        }
    }

    private void claim(InterfaceConfig each) throws StartException {
        EtherIf netIf = interfaces.get(each.name());
        for (Cidr address : each.addresses()) {
            try {
                netIf.claim(address, each.probe(), routes, clock.nanoTime());
            } catch (IllegalArgumentException e) {
                throw new StartException(Sysexits.CONFIG, e.getMessage(), e);
            }
        }
    }

    private DutyThread run(Duty duty) {
        DutyThread thread = new DutyThread(duty, clock);
        thread.start();
        threads.add(thread);
        undo.push("stop " + duty.name(), thread::stop);
        return thread;
    }

    /// What moves packets, time and, where it can be relied on, clients: see [ControlServer#threads].
    List<Rounds> threads() {
        return threads;
    }

    /// One line for whoever asks the service manager: what is in force.
    String summary() {
        List<String> all = new ArrayList<>();
        reload.inForce().interfaces().forEach(each -> all.add(each.name() + " "
                + (each.addresses().isEmpty() ? "dhcp" : each.addresses().getFirst())));
        return String.join(", ", all);
    }

    /// Stops everything, the last started first. Idempotent.
    @Override
    public void close() {
        undo.all();
    }
}
