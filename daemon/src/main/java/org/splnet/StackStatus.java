package org.splnet;

import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.splnet.ip.Ip;
import org.splnet.ip.IpStats;
import org.splnet.ip.RouteInfo;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Violation;
import org.splnet.kern.Witness;
import org.splnet.kern.WitnessReport;
import org.splnet.net.IfCounters;
import org.splnet.net.IfInfo;
import org.splnet.net.LinkLayer;
import org.splnet.net.NeighborInfo;
import org.splnet.net.NetIf;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Offload;
import org.splnet.service.ServiceStats;
import org.splnet.service.status.DaemonStatus;
import org.splnet.service.status.InterfaceStatus;
import org.splnet.service.status.LocksStatus;
import org.splnet.service.status.NeighborStatus;
import org.splnet.service.status.RouteStatus;
import org.splnet.service.status.SocketStatus;
import org.splnet.service.status.StackSource;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpInfo;
import org.splnet.tcp.TcpStats;
import org.splnet.udp.Udp;
import org.splnet.udp.UdpInfo;
import org.splnet.wire.Endpoint;

/// What the stack is doing, gathered from its parts whenever somebody looks. Any thread, holding nothing.
final class StackStatus implements StackSource {
    private final LinkLayer links;
    private final Ip ip;
    private final Udp udp;
    private final Tcp tcp;
    private final Clock clock;
    private final CalloutWheel wheel;
    private final Map<String, String> drivers = new ConcurrentHashMap<>();
    private final Map<String, ServiceStats> services = new ConcurrentHashMap<>();
    private final long startedNs;
    private final String started;

    StackStatus(LinkLayer links, Ip ip, Udp udp, Tcp tcp, Clock clock, CalloutWheel wheel) {
        this.links = links;
        this.ip = ip;
        this.udp = udp;
        this.tcp = tcp;
        this.clock = clock;
        this.wheel = wheel;
        startedNs = clock.nanoTime();
        started = Instant.ofEpochMilli(clock.wallMillis()).toString();
    }

    /// Notes which driver an interface has.
    void driver(String name, String driver) {
        drivers.put(name, driver);
    }

    /// Notes a service.
    void service(String name, ServiceStats stats) {
        services.put(name, stats);
    }

    @Override
    public DaemonStatus status() {
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new DaemonStatus(Version.TEXT, started, seconds(clock.nanoTime() - startedNs),
                ProcessHandle.current().pid(), Runtime.version().toString(),
                ManagementFactory.getThreadMXBean().getThreadCount(), heap.getUsed(), heap.getMax(),
                PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
    }

    private static double seconds(long ns) {
        return Duration.ofNanos(ns).toMillis() / 1000.0;
    }

    @Override
    public List<InterfaceStatus> interfaces() {
        return links.interfaces().info().stream().map(this::interfaceStatus).toList();
    }

    private InterfaceStatus interfaceStatus(IfInfo info) {
        return new InterfaceStatus(info.index(), info.name(), drivers.getOrDefault(info.name(), "?"),
                info.loopback() ? null : info.mac().toString(), info.mtu(), info.up(),
                info.addresses().stream().map(Object::toString).toList(), offloads(info.offloads()),
                counters(info.counters()));
    }

    private static List<String> offloads(int bits) {
        var names = new ArrayList<String>();
        name(names, bits, Offload.TX_CHECKSUM, "tx-checksum");
        name(names, bits, Offload.TX_TSO4, "tx-tso4");
        name(names, bits, Offload.TX_TSO6, "tx-tso6");
        name(names, bits, Offload.RX_CHECKSUM, "rx-checksum");
        name(names, bits, Offload.RX_MERGED, "rx-merged");
        return names;
    }

    private static void name(List<String> names, int bits, int bit, String name) {
        if ((bits & bit) != 0) {
            names.add(name);
        }
    }

    private static Map<String, Long> counters(IfCounters.Reading reading) {
        var map = new LinkedHashMap<String, Long>();
        map.put("in-packets", reading.inPackets());
        map.put("in-octets", reading.inOctets());
        map.put("in-drops", reading.inDrops());
        map.put("in-errors", reading.inErrors());
        map.put("out-packets", reading.outPackets());
        map.put("out-octets", reading.outOctets());
        map.put("out-drops", reading.outDrops());
        map.put("out-errors", reading.outErrors());
        return map;
    }

    @Override
    public List<SocketStatus> sockets() {
        var all = new ArrayList<SocketStatus>();
        tcp.infos().forEach(info -> all.add(socket(info)));
        udp.snapshot().forEach(info -> all.add(socket(info)));
        return all;
    }

    private static SocketStatus socket(TcpInfo info) {
        var details = new LinkedHashMap<String, Object>();
        if (info.remote() != null) {
            details.put("mss", info.mss());
            details.put("cwnd", info.cwnd());
            details.put("ssthresh", info.ssthresh());
            details.put("srttMicros", info.srttNs() / 1000);
            details.put("rtoMillis", info.rtoNs() / 1_000_000);
            details.put("sendWindow", info.sendWindow());
            details.put("receiveWindow", info.receiveWindow());
            details.put("resent", info.resent());
            details.put("outOfOrder", info.outOfOrder());
        } else {
            details.put("halfOpen", info.outOfOrder());
        }
        return new SocketStatus("tcp", info.state(), info.local().toString(), remote(info.remote()),
                info.receiveQueued(), info.sendQueued(), details);
    }

    private static SocketStatus socket(UdpInfo info) {
        var details = new LinkedHashMap<String, Object>();
        details.put("datagrams", info.queuedDatagrams());
        details.put("drops", info.drops());
        details.put("tag", info.tag());
        return new SocketStatus("udp", "", info.local().toString(), remote(info.remote()),
                info.queuedOctets(),
                0, details);
    }

    private static String remote(Endpoint remote) {
        return remote == null ? "*" : remote.toString();
    }

    @Override
    public List<RouteStatus> routes() {
        return ip.routeInfos().stream().map(StackStatus::route).toList();
    }

    private static RouteStatus route(RouteInfo info) {
        return new RouteStatus(info.to().prefix() == 0 ? "default" : info.to().toString(),
                info.via() == null ? null : info.via().toString(), info.interfaceName(),
                info.kind().name().toLowerCase(java.util.Locale.ROOT),
                info.source() == null ? null : info.source().toString());
    }

    @Override
    public List<NeighborStatus> neighbors() {
        var all = new ArrayList<NeighborStatus>();
        long nowNs = clock.nanoTime();
        for (NetIf each : links.interfaces().all()) {
            each.neighbors(nowNs).forEach(info -> all.add(neighbor(info)));
        }
        return all;
    }

    private static NeighborStatus neighbor(NeighborInfo info) {
        return new NeighborStatus(info.address().toString(), info.mac() == null ? null : info.mac().
                toString(),
                info.link(), info.fixed() ? "PERMANENT" : info.state().name(), seconds(info.ageNs()),
                info.held());
    }

    @Override
    public Map<String, Map<String, Long>> stats() {
        var groups = new LinkedHashMap<String, Map<String, Long>>();
        var ipGroup = new LinkedHashMap<String, Long>();
        for (IpStats.Counter counter : IpStats.Counter.values()) {
            ipGroup.put(counter.label(), ip.stats().count(counter));
        }
        ipGroup.put("reassembling", (long) ip.reassembling());
        groups.put("ip", ipGroup);
        var tcpGroup = new LinkedHashMap<String, Long>();
        for (TcpStats.Counter counter : TcpStats.Counter.values()) {
            tcpGroup.put(counter.label(), tcp.stats().count(counter));
        }
        tcpGroup.put("connections", (long) tcp.connections());
        tcpGroup.put("receive-memory", tcp.receiveMemoryHeld());
        groups.put("tcp", tcpGroup);
        groups.put("udp", udpGroup());
        var drops = new LinkedHashMap<String, Long>();
        for (DropReason reason : DropReason.values()) {
            drops.put(reason.label(), links.pool().drops().count(reason));
        }
        groups.put("drops", drops);
        services.forEach((name, stats) -> groups.put(name, stats.read()));
        groups.put("kern", Map.of("callouts", (long) wheel.armed(), "faults", FaultLog.system().total()));
        return groups;
    }

    private Map<String, Long> udpGroup() {
        var group = new LinkedHashMap<String, Long>();
        group.put("datagrams-in", udp.stats().datagramsIn.sum());
        group.put("octets-in", udp.stats().octetsIn.sum());
        group.put("datagrams-out", udp.stats().datagramsOut.sum());
        group.put("octets-out", udp.stats().octetsOut.sum());
        group.put("send-failures", udp.stats().sendFailures.sum());
        group.put("errors", udp.stats().errors.sum());
        group.put("stray-errors", udp.stats().strayErrors.sum());
        group.put("sockets", (long) udp.sockets());
        return group;
    }

    @Override
    public LocksStatus locks() {
        WitnessReport report = Witness.report();
        long violations = report.unlisted()
                + report.violations().stream().mapToLong(Violation::count).sum();
        return new LocksStatus(report.mode().toString(), violations,
                report.ranks().stream().map(each -> new LocksStatus.Lock(each.rank().name(),
                        each.acquisitions(), each.contested())).toList(),
                report.violations().stream().map(each -> new LocksStatus.Seen(each.kind().name(), each.held(),
                        each.other(), each.count())).toList());
    }
}
