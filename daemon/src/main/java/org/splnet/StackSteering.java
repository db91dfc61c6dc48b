package org.splnet;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.splnet.cli.LogSetup;
import org.splnet.config.LogConfig;
import org.splnet.config.LogLevel;
import org.splnet.config.RelayReader;
import org.splnet.control.PullStream;
import org.splnet.control.Refusal;
import org.splnet.control.Steering;
import org.splnet.kern.Labels;
import org.splnet.kern.Witness;
import org.splnet.relay.HostException;
import org.splnet.service.status.AddressStatus;
import org.splnet.service.status.LeaseStatus;
import org.splnet.service.status.NeighborStatus;
import org.splnet.service.status.PingStatus;
import org.splnet.service.status.RelayStatus;
import org.splnet.service.status.RouteStatus;
import org.splnet.socket.SocketException;

/// What may be changed of a running stack. Any thread, holding nothing.
final class StackSteering implements Steering {
    private final Splnetd daemon;
    private final StackChanges changes;

    StackSteering(Splnetd daemon, StackChanges changes) {
        this.daemon = daemon;
        this.changes = changes;
    }

    @Override
    public Reloaded reload() {
        return daemon.reload();
    }

    @Override
    public void witness(String mode) {
        Witness.mode(Witness.Mode.asked(mode));
    }

    @Override
    public void forgetLocks() {
        Witness.reset();
    }

    @Override
    public ClockReading clock() {
        return new ClockReading(daemon.manualNowNs(), daemon.nextDueNs());
    }

    @Override
    public int advance(long ns) {
        return daemon.advance(ns);
    }

    @Override
    public RelayStatus openRelay(JsonNode asked) {
        try {
            return daemon.relays().open(RelayReader.parse(asked), false);
        } catch (HostException | SocketException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public boolean closeRelay(int id) {
        return daemon.relays().close(id);
    }

    @Override
    public void reset() {
        daemon.reset();
    }

    @Override
    public AddressStatus addAddress(String interfaceName, String address, boolean probe) {
        return changes.addAddress(interfaceName, address, probe);
    }

    @Override
    public void removeAddress(String interfaceName, String address) {
        changes.removeAddress(interfaceName, address);
    }

    @Override
    public RouteStatus addRoute(String to, String via, String interfaceName, int metric) {
        return changes.addRoute(to, via, interfaceName, metric);
    }

    @Override
    public void removeRoute(String to, String via) {
        changes.removeRoute(to, via);
    }

    @Override
    public NeighborStatus addNeighbor(String interfaceName, String address, String mac) {
        return changes.addNeighbor(interfaceName, address, mac);
    }

    @Override
    public void removeNeighbor(String interfaceName, String address) {
        changes.removeNeighbor(interfaceName, address);
    }

    @Override
    public LeaseStatus renewLease(String interfaceName) {
        return daemon.leases().renew(interfaceName);
    }

    @Override
    public LeaseStatus releaseLease(String interfaceName) {
        return daemon.leases().release(interfaceName);
    }

    @Override
    public PullStream capture(CaptureSpec spec) {
        return changes.capture(spec);
    }

    @Override
    public PingStatus ping(String address, int octets, long timeoutNs) {
        return changes.ping(address, octets, timeoutNs);
    }

    @Override
    public LogLevels logLevels() {
        Map<String, String> levels = new TreeMap<>();
        LogConfig.SUBSYSTEMS.forEach(each -> levels.put(each, Labels.of(LogSetup.get(each))));
        return new LogLevels(Labels.of(LogSetup.get(null)), levels);
    }

    @Override
    public void logLevel(String subsystem, String level) {
        if (subsystem != null && !LogConfig.SUBSYSTEMS.contains(subsystem)) {
            throw new Refusal(Refusal.Kind.UNWANTED, "subsystem: \"" + subsystem + "\" must be one of "
                    + String.join(", ", LogConfig.SUBSYSTEMS.stream().sorted().toList()));
        }
        if (subsystem != null && level.equals("default")) {
            LogSetup.set(subsystem, null);
            return;
        }
        try {
            LogSetup.set(subsystem, LogLevel.valueOf(level.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Kind.UNWANTED, "level: \"" + level + "\" must be one of error, warn,"
                    + " info, debug, trace" + (subsystem == null ? "" : ", default"));
        }
    }
}
