package org.splnet.sim;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.splnet.ip.Ip;
import org.splnet.ip.IpConfig;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Duty;
import org.splnet.kern.Entropy;
import org.splnet.net.AddressClaim;
import org.splnet.net.EtherIf;
import org.splnet.net.LinkLayer;
import org.splnet.net.Loopback;
import org.splnet.net.NetConfig;
import org.splnet.net.NetDevice;
import org.splnet.pkt.PacketPool;
import org.splnet.tcp.Tcp;
import org.splnet.tcp.TcpConfig;
import org.splnet.udp.Udp;
import org.splnet.udp.UdpConfig;
import org.splnet.wire.Cidr;

/// A whole stack, stepped by hand: the product's own classes, wired as the daemon wires them.
public final class SimHost {
    final PacketPool pool = new PacketPool(PooledByteBufAllocator.DEFAULT);
    final CalloutWheel wheel;
    /// On a link that loses frames a neighbor may have to be asked often, and nobody is to give up.
    private static final NetConfig CONFIG = new NetConfig(new NetConfig.Neighbors(1024, 16, 256 << 10,
            4 << 20, 30_000_000_000L, 5_000_000_000L, 1_000_000_000L, 20, 0, 1200_000_000_000L, 256),
            NetConfig.Queues.defaults());

    final Ip ip;
    final Tcp tcp;
    final Udp udp;
    final LinkLayer links;
    final EtherIf nic;
    private final Loopback loopback;
    private final List<Duty> duties = new ArrayList<>();

    /// On one device.
    public SimHost(Clock clock, Entropy entropy, NetDevice device, TcpConfig config) {
        long nowNs = clock.nanoTime();
        wheel = new CalloutWheel(nowNs, () -> { });
        links = new LinkLayer(pool, wheel, entropy, CONFIG);
        loopback = links.loopback("lo0");
        nic = links.ethernet(device.name(), device);
        ip = new Ip(IpConfig.DEFAULTS, links, wheel, entropy);
        links.attach(ip);
        tcp = new Tcp(config, ip, wheel, entropy, clock);
        udp = new Udp(UdpConfig.DEFAULTS, ip, clock, entropy);
        duties.add(loopback);
        duties.addAll(nic.duties());
    }

    /// Gives it its address, which it announces.
    public void address(Cidr address, long nowNs) {
        nic.claim(address, false, AddressClaim.Listener.NONE, nowNs);
        Deferred.run();
    }

    /// Where its packets are.
    public PacketPool pool() {
        return pool;
    }

    /// Its TCP.
    public Tcp tcp() {
        return tcp;
    }

    /// Its callouts.
    public CalloutWheel wheel() {
        return wheel;
    }

    /// Its interface.
    public EtherIf nic() {
        return nic;
    }

    /// What the device's queues have to be carried by, one for each.
    public List<Duty> queues() {
        return nic.duties();
    }

    /// Does what there is to do at this instant.
    ///
    /// @return how much that was
    int poll(long nowNs) {
        int done = wheel.advance(nowNs);
        Deferred.run();
        for (Duty duty : duties) {
            done += duty.poll(nowNs);
        }
        return done;
    }

    /// When something will be to do that no frame brings; [Long#MAX_VALUE] if never.
    long nextNs() {
        return wheel.nextNs();
    }

    /// Ends everything.
    public void stop(long nowNs) {
        tcp.shutdown(nowNs);
        Deferred.run();
        links.detach(nic, nowNs);
        links.detach(loopback, nowNs);
        Deferred.run();
    }
}
