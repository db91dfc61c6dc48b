package org.splnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.cli.Host;
import org.splnet.cli.LogSetup;
import org.splnet.config.ConfigException;
import org.splnet.config.ControlConfig;
import org.splnet.config.KnobChange;
import org.splnet.config.NeighborConfig;
import org.splnet.config.RouteConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.control.ControlServer;
import org.splnet.control.Refusal;
import org.splnet.control.Rule;
import org.splnet.control.Steering.Reloaded;
import org.splnet.ip.Ip;
import org.splnet.ip.IpConfig;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Labels;
import org.splnet.kern.Witness;
import org.splnet.net.EtherIf;
import org.splnet.socket.SocketException;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpConfig;
import org.splnet.udp.Udp;
import org.splnet.udp.UdpConfig;

/// Brings a running stack from the configuration in force to another one. No connection ends by it: what
/// listens no more keeps whom it has, what cannot change under connections waits for a restart.
///
/// First comes what can go wrong, listening, and is taken back if it does; then what cannot.
///
/// Any thread, one at a time, holding nothing; may block for a moment.
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");

    /// What is changed.
    ///
    /// @param control null for none
    record Stack(Map<String, EtherIf> interfaces, DhcpClients leases, StaticRoutes routes, Ip ip, Udp udp,
            Tcp tcp, Services services, ConfiguredRelays relays, ControlServer control, Clock clock) { }

    private final Stack stack;
    private final Semaphore one = new Semaphore(1);
    private volatile SplnetConfig inForce;
    private volatile boolean ended;

    Reload(Stack stack, SplnetConfig inForce) {
        this.stack = stack;
        this.inForce = inForce;
    }

    /// Goes by what is read, as far as that can be without a restart. Who comes later reads later: else what
    /// was read before a change of the file could come to be in force after it, or to be what is told last.
    ///
    /// @param tell what is in force now; the next one waits for it
    /// @throws ConfigException if it is wrong; then all is as before
    /// @throws Refusal if it cannot be; then all is as before
    Reloaded to(Host.Again source, Runnable tell) throws ConfigException {
        one.acquireUninterruptibly();
        try {
            checkNotEnded();
            SplnetConfig next = source.read();
            checkNotEnded();            // reading may take longer than the end waits
            Reloaded outcome = change(next);
            outcome.changed().forEach(each -> LOG.info("configuration changed: {}", each));
            outcome.restart().forEach(each -> LOG.warn("configuration needs a restart: {}", each));
            outcome.failed().forEach(each -> LOG.error("configuration not followed: {}", each));
            tell.run();
            return outcome;
        } finally {
            one.release();
        }
    }

    private void checkNotEnded() {
        if (ended) {
            throw new Refusal(Refusal.Kind.STOPPING, "the daemon is stopping");
        }
    }

    /// The stack is about to be stopped, once the change that is under way is made: there are no more. What
    /// hangs, as on a file system that is gone, keeps nothing from being stopped.
    ///
    /// @param patienceMs for how long it is waited for
    void end(long patienceMs) {
        ended = true;
        try {
            if (one.tryAcquire(patienceMs, TimeUnit.MILLISECONDS)) {
                one.release();
            } else {
                LOG.warn("a change of configuration does not end ms={}", patienceMs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What the stack goes by now.
    SplnetConfig inForce() {
        return inForce;
    }

    private Reloaded change(SplnetConfig next) {
        try {
            return changed(next);
        } finally {
            // Claims announce, and tell their listener, as deferred work: nothing else runs it here.
            Deferred.run();
        }
    }

    private Reloaded changed(SplnetConfig next) {
        List<String> changed = new ArrayList<>();
        List<String> restart = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        List<Rule> rules = stack.control() == null ? List.of() : rules(next);
        listeners(next, changed);
        KnobChange<IpConfig> ip = KnobChange.of("ip", inForce.ip(), next.ip());
        KnobChange<UdpConfig> udp = KnobChange.of("udp", inForce.udp(), next.udp());
        KnobChange<TcpConfig> tcp = KnobChange.of("tcp", inForce.tcp(), next.tcp());
        stack.ip().configure(ip.merged());
        stack.udp().configure(udp.merged());
        stack.tcp().configure(tcp.merged());
        for (KnobChange<?> each : List.of(KnobChange.of("net", inForce.net(), next.net()), ip, udp, tcp)) {
            changed.addAll(each.live());
            restart.addAll(each.restart());
        }
        general(next, rules, changed, restart);
        var interfaces = new InterfaceChange(stack.interfaces(), stack.leases(), stack.routes(), changed,
                restart, failed).make(inForce.interfaces(), next.interfaces(), stack.clock().nanoTime());
        List<RouteConfig> routes = routes(next.routes(), changed, failed);
        List<NeighborConfig> neighbors = neighbors(next.neighbors(), changed, failed);
        inForce = new SplnetConfig(inForce.clock(), inForce.locks(), next.witness(), interfaces,
                routes, neighbors, inForce.net(), ip.merged(),
                udp.merged(), tcp.merged(), next.services(),
                next.relays(), new ControlConfig(inForce.control().socket(),
                        next.control().clients()), next.log());
        return new Reloaded(changed, restart, failed);
    }

    private static List<Rule> rules(SplnetConfig next) {
        try {
            return ClientRules.of(next.control().clients());
        } catch (StartException e) {
            throw new Refusal(Refusal.Kind.CONFLICT, e.getMessage());
        }
    }

    private void listeners(SplnetConfig next, List<String> changed) {
        Undo undo = new Undo();
        boolean done = false;
        try {
            stack.services().shut(next.services(), step -> undo.push("shutting a service", step));
            stack.relays().shut(next.relays(), step -> undo.push("shutting a relay", step), changed);
            stack.services().change(next.services(), step -> undo.push("changing a service", step));
            stack.relays().change(next.relays(), step -> undo.push("changing a relay", step), changed);
            done = true;
        } catch (SocketException e) {
            throw new Refusal(Refusal.Kind.CONFLICT, "services: " + e.getMessage());
        } catch (ConfiguredRelays.Unlistening e) {
            throw new Refusal(Refusal.Kind.CONFLICT, e.getMessage());
        } finally {
            if (!done) {
                undo.all();
            }
        }
        KnobChange<?> services = KnobChange.of("services", inForce.services(), next.services());
        changed.addAll(services.restart());         // none of them waits for one
    }

    private void general(SplnetConfig next, List<Rule> rules, List<String> changed, List<String> restart) {
        differs("clock", inForce.clock(), next.clock(), restart);
        differs("locks", inForce.locks(), next.locks(), restart);
        differs("control.socket", inForce.control().socket(), next.control().socket(), restart);
        if (differs("witness", inForce.witness(), next.witness(), changed)) {
            Witness.mode(next.witness());
        }
        if (!inForce.log().equals(next.log())) {
            LogSetup.apply(next.log());
            differs("log.level", inForce.log().level(), next.log().level(), changed);
            differs("log.levels", inForce.log().levels(), next.log().levels(), changed);
        }
        if (!inForce.control().clients().equals(next.control().clients())) {
            if (stack.control() != null) {
                stack.control().rules(rules);
            }
            changed.add("control.client: for who connects from now on");
        }
    }

    private static boolean differs(String key, Object was, Object will, List<String> to) {
        if (!Objects.equals(was, will)) {
            to.add(key + ": " + shown(was) + ", now " + shown(will));
            return true;
        }
        return false;
    }

    /// As the file has it: constants in small letters, paths as they are.
    private static String shown(Object value) {
        return switch (value) {
            case Enum<?> constant -> Labels.of(constant);
            case Map<?, ?> map -> map.entrySet().stream().map(each -> each.getKey() + " = "
                    + shown(each.getValue())).sorted().collect(Collectors.joining(", ", "{", "}"));
            default -> value.toString();
        };
    }

    /// @return those that are in force now, or will be when their router can be reached
    private List<RouteConfig> routes(List<RouteConfig> next, List<String> changed, List<String> failed) {
        Map<RouteConfig, String> refused = stack.routes().change(next);
        inForce.routes().stream().filter(each -> !next.contains(each))
                .forEach(each -> changed.add("route " + each.to() + " via " + each.via() + ": removed"));
        List<RouteConfig> all = next.stream().filter(each -> !refused.containsKey(each)).toList();
        all.stream().filter(each -> !inForce.routes().contains(each))
                .forEach(each -> changed.add("route " + each.to() + " via " + each.via() + ": added"));
        refused.forEach((each, why) -> failed.add("route " + each.to() + " via " + each.via() + ": " + why));
        return all;
    }

    /// @return those that are in force now
    private List<NeighborConfig> neighbors(List<NeighborConfig> next, List<String> changed,
            List<String> failed) {
        List<NeighborConfig> all = new ArrayList<>(inForce.neighbors());
        for (NeighborConfig each : inForce.neighbors()) {
            if (!next.contains(each)) {
                stack.interfaces().get(each.interfaceName()).removeNeighbor(each.address());
                all.remove(each);
                changed.add("neighbor " + each.address() + " dev " + each.interfaceName() + ": removed");
            }
        }
        for (NeighborConfig each : next) {
            EtherIf link = stack.interfaces().get(each.interfaceName());
            if (all.contains(each) || link == null) {
                continue;                   // a new interface waits for a restart, and its neighbors with it
            }
            try {
                link.addNeighbor(each.address(), each.mac(), stack.clock().nanoTime());
                all.add(each);
                changed.add("neighbor " + each.address() + " dev " + each.interfaceName() + ": added");
            } catch (IllegalArgumentException | IllegalStateException e) {
                failed.add("neighbor " + each.address() + ": " + e.getMessage());
            }
        }
        return all;
    }
}
