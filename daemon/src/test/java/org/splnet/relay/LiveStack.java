package org.splnet.relay;

import io.netty.buffer.PooledByteBufAllocator;
import org.splnet.ip.Ip;
import org.splnet.ip.IpConfig;
import org.splnet.kern.CalloutDuty;
import org.splnet.kern.Clock;
import org.splnet.kern.DutyThread;
import org.splnet.kern.Entropy;
import org.splnet.net.EtherIf;
import org.splnet.net.FakeDevice;
import org.splnet.net.LinkLayer;
import org.splnet.net.Loopback;
import org.splnet.net.NetConfig;
import org.splnet.pkt.PacketPool;
import org.splnet.service.ServiceContext;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpConfig;
import org.splnet.udp.Udp;
import org.splnet.udp.UdpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// A stack with nothing but its loopback interface, with its threads.
final class LiveStack implements AutoCloseable {
    static final long PATIENCE_NS = 20_000_000_000L;

    private static final SocketOptions OPTIONS = SocketOptions.DEFAULTS.withNoDelay(true);

    final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    final Tcp tcp;
    final Udp udp;
    final ServiceContext context;
    private final CalloutDuty callouts = new CalloutDuty(Clock.system());
    private final LinkLayer links = new LinkLayer(new PacketPool(allocator), callouts.wheel(),
            Entropy.system(), NetConfig.defaults());
    private final Loopback loopback = links.loopback("lo");
    private EtherIf silent;
    private final DutyThread time = new DutyThread(callouts, Clock.system());
    private final DutyThread carrier = new DutyThread(loopback, Clock.system());

    LiveStack() {
        Ip ip = new Ip(IpConfig.DEFAULTS, links, callouts.wheel(), Entropy.system());
        links.attach(ip);
        links.interfaces().addAddress(loopback, Cidr.parse("127.0.0.1/8"));
        tcp = new Tcp(TcpConfig.DEFAULTS, ip, callouts.wheel(), Entropy.system(), Clock.system());
        udp = new Udp(UdpConfig.DEFAULTS, ip, Clock.system(), Entropy.system());
        context = new ServiceContext(tcp, udp, address -> true, Clock.system(), callouts.wheel(),
                Entropy.system(), allocator);
        time.start();
        carrier.start();
    }

    /// Has an address on a link where a neighbor never says anything.
    void silence(String own, String neighbor) {
        silent = links.ethernet("silent", new FakeDevice("silent", MacAddr.parse("02:00:00:00:00:01")));
        links.interfaces().addAddress(silent, Cidr.parse(own));
        silent.addNeighbor(InetAddr.parse(neighbor), MacAddr.parse("02:00:00:00:00:02"),
                Clock.system().nanoTime());
    }

    /// A port nobody has, with a listener.
    ListenSocket listen() throws Exception {
        return tcp.listen(Endpoint.parse("127.0.0.1:0"), 64, OPTIONS);
    }

    /// Who comes in.
    static StreamSocket accept(ListenSocket listener) throws Exception {
        listener.await(Readiness.ACCEPTABLE, PATIENCE_NS);
        StreamSocket accepted = listener.accept();
        if (accepted == null) {
            throw new AssertionError("nobody comes");
        }
        return accepted;
    }

    /// A connection to `to`, given as `tcp://…`.
    StreamSocket connect(String to) throws Exception {
        StreamSocket socket = tcp.connect(null, Endpoint.parse(to.substring(Place.TCP.length())), OPTIONS);
        socket.await(Readiness.CONNECTED, PATIENCE_NS);
        return socket;
    }

    @Override
    public void close() {
        tcp.shutdown(Clock.system().nanoTime());
        carrier.stop();
        time.stop();
        links.detach(loopback, Clock.system().nanoTime());
        if (silent != null) {
            links.detach(silent, Clock.system().nanoTime());
        }
    }
}
