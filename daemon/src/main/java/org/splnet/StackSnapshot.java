package org.splnet;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.splnet.cli.Version;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.icmp.EchoProtocol;
import org.splnet.ip.Ip;
import org.splnet.ip.IpStats;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Labels;
import org.splnet.kern.LockDiscipline;
import org.splnet.kern.Witness;
import org.splnet.kern.WitnessReport;
import org.splnet.net.IfCounters;
import org.splnet.net.IfInfo;
import org.splnet.net.LinkLayer;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Offload;
import org.splnet.relay.Relays;
import org.splnet.service.status.AddressStatus;
import org.splnet.service.status.DaemonStatus;
import org.splnet.service.status.InterfaceStatus;
import org.splnet.service.status.LeaseStatus;
import org.splnet.service.status.LocksStatus;
import org.splnet.service.status.NeighborStatus;
import org.splnet.service.status.RelayStatus;
import org.splnet.service.status.RouteStatus;
import org.splnet.service.status.SocketStatus;
import org.splnet.service.status.StackSource;
import org.splnet.socket.DatagramInfo;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpInfo;
import org.splnet.tcp.TcpStats;
import org.splnet.udp.Udp;

/// Everything there is to see of a running stack. Each call looks anew; any thread, holding nothing.
final class StackSnapshot implements StackSource {
    private static final double SECOND = 1e9;

    private final SplnetConfig config;
    private final PooledByteBufAllocator allocator;
    private final LinkLayer links;
    private final Ip ip;
    private final Udp udp;
    private final Tcp tcp;
    private final EchoProtocol echo;
    private final CalloutWheel wheel;
    private final Clock clock;
    private final long startedNs;
    private final String started;
    private final DhcpClients leases;
    private final Services services;
    private final Relays relays;

    StackSnapshot(SplnetConfig config, PooledByteBufAllocator allocator, LinkLayer links, Ip ip, Udp udp,
            Tcp tcp, EchoProtocol echo, CalloutWheel wheel, Clock clock, DhcpClients leases,
            Services services, Relays relays) {
        this.config = config;
        this.allocator = allocator;
        this.links = links;
        this.ip = ip;
        this.udp = udp;
        this.tcp = tcp;
        this.echo = echo;
        this.wheel = wheel;
        this.clock = clock;
        this.leases = leases;
        this.services = services;
        this.relays = relays;
        this.startedNs = clock.nanoTime();
        this.started = Instant.ofEpochMilli(clock.wallMillis()).toString();
    }

    @Override
    public List<LeaseStatus> leases() {
        return leases.list();
    }

    @Override
    public List<RelayStatus> relays() {
        return relays.list();
    }

    @Override
    public DaemonStatus status() {
        Runtime vm = Runtime.getRuntime();
        return new DaemonStatus(Version.text(), started, (clock.nanoTime() - startedNs) / SECOND,
                ProcessHandle.current().pid(), Runtime.version().toString(),
                ManagementFactory.getThreadMXBean().getThreadCount(), vm.totalMemory() - vm.freeMemory(),
                vm.maxMemory(), direct(allocator.metric().usedDirectMemory()),
                direct(allocator.pinnedDirectMemory()), wheel.armed(), FaultLog.system().total());
    }

    /// Where the process may have so little that Netty keeps no pool, buffers are what all its users have.
    ///
    /// @param pooled octets; negative if there is no pool
    static long direct(long pooled) {
        return pooled >= 0 ? pooled : Math.max(0, PlatformDependent.usedDirectMemory());
    }

    @Override
    public List<InterfaceStatus> interfaces() {
        return links.interfaces().info().stream().map(this::show).toList();
    }

    private InterfaceStatus show(IfInfo info) {
        String driver = info.loopback() ? "loopback" : config.interfaces().stream()
                .filter(each -> each.name().equals(info.name())).map(InterfaceConfig::driver).findFirst()
                .orElse("");
        Map<String, Long> counters = new LinkedHashMap<>();
        counters.put("in-packets", info.counters().inPackets());
        counters.put("in-octets", info.counters().inOctets());
        counters.put("in-drops", info.counters().inDrops());
        counters.put("in-errors", info.counters().inErrors());
        counters.put("in-merged", info.counters().inMerged());
        counters.put("out-packets", info.counters().outPackets());
        counters.put("out-octets", info.counters().outOctets());
        counters.put("out-drops", info.counters().outDrops());
        counters.put("out-errors", info.counters().outErrors());
        return new InterfaceStatus(info.index(), info.name(), driver, info.loopback() ? null
                : info.mac().toString(),
                info.mtu(), info.up(), info.carrier(),
                info.addresses().stream().map(Object::toString).toList(), offloads(info.offloads()),
                counters, info.counters().queues().stream().map(StackSnapshot::show).toList());
    }

    private static Map<String, Long> show(IfCounters.QueueReading queue) {
        Map<String, Long> counters = new LinkedHashMap<>();
        counters.put("in-packets", queue.inPackets());
        counters.put("in-octets", queue.inOctets());
        counters.put("out-packets", queue.outPackets());
        counters.put("out-octets", queue.outOctets());
        return counters;
    }

    private static List<String> offloads(int bits) {
        List<String> names = new ArrayList<>();
        int[] all = {Offload.TX_CHECKSUM, Offload.TX_TSO4, Offload.TX_TSO6, Offload.TX_USO,
            Offload.RX_CHECKSUM, Offload.RX_MERGED};
        String[] labels = {"tx-checksum", "tx-tso4", "tx-tso6", "tx-uso", "rx-checksum", "rx-merged"};
        for (int i = 0; i < all.length; i++) {
            if ((bits & all[i]) != 0) {
                names.add(labels[i]);
            }
        }
        return names;
    }

    @Override
    public List<AddressStatus> addresses() {
        return Arrays.stream(links.interfaces().all()).flatMap(each -> each.addressInfos().stream()
                .map(info -> new AddressStatus(info.address().toString(), each.name(),
                        Labels.of(info.state()), info.primary()))).toList();
    }

    @Override
    public List<SocketStatus> sockets() {
        List<SocketStatus> all = new ArrayList<>();
        tcp.infos().stream().sorted(Comparator.comparing((TcpInfo each) -> each.remote() != null)
                .thenComparing(TcpInfo::local)).forEach(each -> all.add(show(each)));
        udp.snapshot().forEach(each -> all.add(show("udp", each)));
        echo.snapshot().forEach(each -> all.add(show("icmp", each)));
        return all;
    }

    private static SocketStatus show(TcpInfo info) {
        Map<String, Object> details = info.details();
        owner(info.user(), details);
        return new SocketStatus("tcp", info.state(), info.local().toString(),
                info.remote() == null ? "*" : info.remote().toString(), info.receiveQueued(),
                        info.sendQueued(),
                details);
    }

    private static void owner(String user, Map<String, Object> details) {
        if (user != null && !user.isEmpty()) {
            details.put(SocketStatus.OWNER, user);
        }
    }

    private static SocketStatus show(String protocol, DatagramInfo info) {
        Map<String, Object> details = info.details();
        owner(info.tag(), details);
        return new SocketStatus(protocol, "", info.local().toString(),
                info.remote() == null ? "*" : info.remote().toString(), info.queuedOctets(), 0, details);
    }

    @Override
    public List<RouteStatus> routes() {
        return ip.routeInfos().stream().map(each -> new RouteStatus(
                each.to().prefix() == 0 ? "default" : each.to().toString(),
                each.via() == null ? null : each.via().toString(), each.interfaceName(),
                Labels.of(each.kind()), each.metric(),
                each.source() == null ? null : each.source().toString())).toList();
    }

    @Override
    public List<NeighborStatus> neighbors() {
        long nowNs = clock.nanoTime();
        return Arrays.stream(links.interfaces().all())
                .flatMap(each -> each.neighbors(nowNs).stream())
                .map(each -> new NeighborStatus(each.address().toString(),
                        each.mac() == null ? null : each.mac().toString(), each.link(),
                        each.fixed() ? "PERMANENT" : each.state().name(), each.ageNs() / SECOND, each.held()))
                .toList();
    }

    @Override
    public Map<String, Map<String, Long>> stats() {
        Map<String, Map<String, Long>> all = new LinkedHashMap<>();
        all.put("ip", Labels.counts(IpStats.Counter.values(), ip.stats()::count));
        Map<String, Long> datagrams = new LinkedHashMap<>();
        datagrams.put("datagrams-in", udp.stats().datagramsIn.sum());
        datagrams.put("octets-in", udp.stats().octetsIn.sum());
        datagrams.put("datagrams-out", udp.stats().datagramsOut.sum());
        datagrams.put("octets-out", udp.stats().octetsOut.sum());
        datagrams.put("send-failures", udp.stats().sendFailures.sum());
        datagrams.put("errors", udp.stats().errors.sum());
        datagrams.put("stray-errors", udp.stats().strayErrors.sum());
        all.put("udp", datagrams);
        all.put("tcp", Labels.counts(TcpStats.Counter.values(), tcp.stats()::count));
        all.put("drops", Labels.counts(DropReason.values(), links.pool().drops()::count));
        services.stats().forEach((name, stats) -> all.put(name, stats.read()));
        return all;
    }

    @Override
    public LocksStatus locks() {
        WitnessReport report = Witness.report();
        long violations = report.unlisted()
                + report.violations().stream().mapToLong(each -> each.count()).sum();
        return new LocksStatus(LockDiscipline.current().toString(), report.mode().toString(), violations,
                report.ranks().stream().map(each -> new LocksStatus.Lock(each.rank().name(),
                        each.acquisitions(), each.contested(), each.waitNs(), each.maxWaitNs(),
                        each.holdNs(), each.maxHoldNs())).toList(),
                report.sites().stream().map(each -> new LocksStatus.Site(each.site(),
                        each.rank() + " " + each.lock(), each.acquisitions(), each.contested(),
                        each.waitNs(), each.maxWaitNs(), each.holdNs(), each.maxHoldNs())).toList(),
                report.violations().stream().map(each -> new LocksStatus.Seen(Labels.of(each.kind()),
                        each.held(), each.heldAt(), each.other(), each.otherAt(), each.count())).toList());
    }
}
