package org.splnet.sim;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.splnet.icmp.EchoLimits;
import org.splnet.icmp.EchoProtocol;
import org.splnet.ip.Ip;
import org.splnet.ip.IpConfig;
import org.splnet.kern.CalloutDuty;
import org.splnet.kern.Clock;
import org.splnet.kern.DutyThread;
import org.splnet.kern.Entropy;
import org.splnet.net.LinkLayer;
import org.splnet.net.Loopback;
import org.splnet.net.NetConfig;
import org.splnet.pkt.PacketPool;
import org.splnet.service.ServiceContext;
import org.splnet.service.ServiceStats;
import org.splnet.service.SmallServices;
import org.splnet.service.SmallServices.Kind;
import org.splnet.service.StreamServer.Limits;
import org.splnet.service.status.FakeSource;
import org.splnet.service.status.StatusServer;
import org.splnet.socket.SocketException;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpConfig;
import org.splnet.udp.Udp;
import org.splnet.udp.UdpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// A whole stack that talks to itself, with the product's TCP services, in real threads and real time.
public final class LoopbackHost implements AutoCloseable {
    public static final InetAddr ADDRESS = Ip4Addr.parse("127.0.0.1");
    public static final int ECHO = 7;
    public static final int DISCARD = 9;
    public static final int CHARGEN = 19;
    static final int HTTP = 80;
    /// Listeners there are.
    static final int LISTENERS = 4;

    /// The system's time, and what the test has put it forward.
    private final AtomicLong aheadNs = new AtomicLong();
    public final Clock clock = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime() + aheadNs.get();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    };
    final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    final CalloutDuty callouts = new CalloutDuty(clock);
    public final Tcp tcp;
    public final Udp udp;
    public final EchoProtocol echo;
    private final LinkLayer links =
            new LinkLayer(pool, callouts.wheel(), Entropy.system(), NetConfig.defaults());
    private final Loopback loopback = links.loopback("lo");
    private final List<DutyThread> threads;
    private final SmallServices small;
    private final StatusServer status;

    /// @param limits of each service
    public LoopbackHost(TcpConfig config, Limits limits) throws SocketException {
        var ip = new Ip(IpConfig.DEFAULTS, links, callouts.wheel(), Entropy.system());
        links.attach(ip);
        links.interfaces().addAddress(loopback, Cidr.parse(ADDRESS + "/8"));
        tcp = new Tcp(config, ip, callouts.wheel(), Entropy.system(), clock);
        udp = new Udp(UdpConfig.DEFAULTS, ip, clock, Entropy.system());
        echo = new EchoProtocol(EchoLimits.DEFAULTS, ip, clock);
        threads = List.of(new DutyThread(callouts, clock),
                new DutyThread(loopback, clock));
        threads.forEach(DutyThread::start);
        var context = new ServiceContext(tcp, udp, ADDRESS::equals, clock, callouts.wheel(),
                Entropy.system(), PooledByteBufAllocator.DEFAULT);
        small = SmallServices.open(context, List.of(spec(Kind.ECHO, ECHO, limits),
                spec(Kind.DISCARD, DISCARD, limits), spec(Kind.CHARGEN, CHARGEN, limits)));
        status = new StatusServer(context, new FakeSource(), limits);
        status.open(context, HTTP);
    }

    private static SmallServices.Spec spec(Kind kind, int port, Limits limits) {
        return new SmallServices.Spec(kind, port, true, false, limits, 1);
    }

    /// Counters by service.
    Map<String, ServiceStats> services() {
        Map<String, ServiceStats> all = new LinkedHashMap<>(small.stats());
        all.put("status", status.stats());
        return all;
    }

    /// What its threads have met and survived.
    public long faults() {
        return threads.stream().mapToLong(DutyThread::faults).sum();
    }

    /// Puts its time forward, so that nobody has to wait for timers.
    void advance(long ns) {
        aheadNs.addAndGet(ns);
        callouts.wakeup();
    }

    @Override
    public void close() {
        status.close();
        small.close();
        tcp.shutdown(clock.nanoTime());
        threads.forEach(DutyThread::stop);
        links.detach(loopback, clock.nanoTime());
    }
}
