package org.splnet.config;

import java.util.List;
import org.splnet.ip.IpConfig;
import org.splnet.kern.LockDiscipline;
import org.splnet.kern.Witness;
import org.splnet.net.NetConfig;
import org.splnet.tcp.TcpConfig;
import org.splnet.udp.UdpConfig;

/// A whole configuration, checked.
///
/// @param clock whose time it goes by
/// @param locks how many locks there really are
/// @param witness what is watched about the locks while running
/// @param interfaces at least one
/// @param routes beside those of connected subnets
/// @param neighbors static entries
/// @param net the link layer's knobs
/// @param ip IPv4's knobs
/// @param udp UDP's knobs
/// @param tcp TCP's knobs
/// @param services in-stack services
/// @param relays between the stack and the host
/// @param control the control socket
/// @param log what is logged
public record SplnetConfig(ClockMode clock, LockDiscipline locks, Witness.Mode witness,
        List<InterfaceConfig> interfaces, List<RouteConfig> routes,
        List<NeighborConfig> neighbors, NetConfig net, IpConfig ip, UdpConfig udp, TcpConfig tcp,
        ServicesConfig services, List<ConfiguredRelay> relays, ControlConfig control, LogConfig log) {
    public SplnetConfig {
        interfaces = List.copyOf(interfaces);
        routes = List.copyOf(routes);
        neighbors = List.copyOf(neighbors);
        relays = List.copyOf(relays);
    }

    /// What an empty file would mean, if a file without interfaces were allowed.
    public static SplnetConfig defaults() {
        return new SplnetConfig(ClockMode.SYSTEM, LockDiscipline.LAYERED, Witness.Mode.OFF, List.of(),
                List.of(), List.of(),
                NetConfig.defaults(),
                IpConfig.DEFAULTS,
                UdpConfig.DEFAULTS,
                TcpConfig.DEFAULTS, ServicesConfig.DEFAULTS, List.of(),
                ControlConfig.DEFAULTS, LogConfig.DEFAULTS);
    }

    /// The same with other locks, another witness and another log.
    ///
    /// @param otherLocks null for the same
    /// @param otherWitness null for the same
    /// @param otherLog what is logged
    public SplnetConfig with(LockDiscipline otherLocks, Witness.Mode otherWitness, LogConfig otherLog) {
        return new SplnetConfig(clock, otherLocks == null ? locks : otherLocks,
                otherWitness == null ? witness : otherWitness, interfaces, routes, neighbors, net, ip, udp,
                tcp, services, relays, control, otherLog);
    }
}
