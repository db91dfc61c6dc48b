package org.splnet.ip;

import java.util.List;
import org.splnet.inet.Network;
import org.splnet.inet.Path;
import org.splnet.inet.Transport;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Entropy;
import org.splnet.net.IfTable;
import org.splnet.net.LinkLayer;
import org.splnet.net.NetIf;
import org.splnet.net.NetworkProtocol;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;

/// IPv4 of one stack: to the link layer its network protocol, to the transports their network.
///
/// Lock key: (c) constant after construction; (s) written at start, before any packet comes in.
public final class Ip implements NetworkProtocol, Network {
    private final LinkLayer links;                                   // (c)
    private final IpStats stats = new IpStats();                     // (c)
    private final RouteTable routes;                                 // (c)
    private final PathMtu pathMtu;                                   // (c)
    private final IpOutput output;                                   // (c)
    private final IcmpOutput icmpOutput;                             // (c)
    private final Reassembly reassembly;                             // (c)
    private final IpInput input;                                     // (c)
    private final Transport[] transports = new Transport[256];       // (s)

    /// @param links whose packets it takes once [LinkLayer#attach] has made it known there
    public Ip(IpConfig config, LinkLayer links, CalloutWheel wheel, Entropy entropy) {
        this.links = links;
        routes = new RouteTable(links.interfaces());
        pathMtu = new PathMtu(config, stats);
        output = new IpOutput(this, config, new IpIdent(entropy));
        icmpOutput = new IcmpOutput(this, config);
        reassembly = new Reassembly(config, links.pool(), stats, wheel, entropy,
                icmpOutput::reassemblyTimeout);
        input = new IpInput(this, reassembly, new Icmp(this, icmpOutput), icmpOutput);
    }

    @Override
    public int etherType() {
        return EtherType.IPV4;
    }

    @Override
    public void input(Packet packet, NetIf from, long nowNs) {
        input.input(packet, from, nowNs);
    }

    /// The next hop does not answer: our own host says so, as a router would (RFC 1122 §3.2.2.1).
    @Override
    public void unreachable(Packet held, NetIf on, long nowNs) {
        input.undelivered(held, nowNs);
    }

    @Override
    public void attach(Transport transport) {
        if (transports[transport.number()] != null) {
            throw new IllegalStateException("protocol " + transport.number() + " is taken");
        }
        transports[transport.number()] = transport;
    }

    @Override
    public Path path(InetAddr local, InetAddr remote, long nowNs) {
        if (!(remote instanceof Ip4Addr(int to)) || local != null && !local.isV4()) {
            return null;
        }
        return Ip4Path.find(this, local instanceof Ip4Addr(int from) ? from : 0, to, nowNs);
    }

    @Override
    public Output output(Packet packet, Path path, long nowNs) {
        return output.output(packet, (Ip4Path) path, nowNs);
    }

    @Override
    public boolean isLocal(long hi, long lo) {
        if (interfaces().owner(hi, lo) != null) {
            return true;
        }
        // all of 127/8 is this host, once it has a loopback address (RFC 1122 §3.2.1.3 (g))
        return InetAddr.isV4(hi, lo) && Ip4Addr.isLoopback((int) lo)
                && interfaces().owner(0, Ip4Addr.LOOPBACK.lo()) != null;
    }

    @Override
    public boolean isBroadcast(long hi, long lo) {
        if (!InetAddr.isV4(hi, lo)) {
            return false;
        }
        if ((int) lo == -1) {
            return true;
        }
        for (NetIf each : interfaces().all()) {
            if (isBroadcastOf(each, lo)) {
                return true;
            }
        }
        return false;
    }

    /// True for the broadcast address of one of the interface's subnets, in either form: all ones, and the
    /// obsolete
    /// all zeros, which must be recognised (RFC 1122 §3.3.6).
    static boolean isBroadcastOf(NetIf netIf, long lo) {
        if (netIf.loopback()) {
            return false;
        }
        for (Cidr address : netIf.addresses()) {
            if (address.hasBroadcast() && address.contains(0, lo)) {
                int host = (int) lo & ~address.netmask();
                if (host == 0 || host == ~address.netmask()) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void portUnreachable(Packet packet, long nowNs) {
        icmpOutput.portUnreachable(packet, nowNs);
    }

    @Override
    public PacketPool pool() {
        return links.pool();
    }

    /// Adds a static route.
    ///
    /// @throws IllegalArgumentException with what is wrong with it
    public void addRoute(Cidr to, InetAddr via, int metric) {
        routes.add(to, via, metric);
    }

    /// Removes a static route.
    ///
    /// @param via its gateway, or null for whichever
    /// @return false if there is none
    public boolean removeRoute(Cidr to, InetAddr via) {
        return routes.remove(to, via);
    }

    /// Every route, in the order of looking up.
    public List<RouteInfo> routeInfos() {
        return routes.infos();
    }

    /// Counters.
    public IpStats stats() {
        return stats;
    }

    /// Datagrams under reassembly.
    public int reassembling() {
        return reassembly.size();
    }

    Transport transport(int number) {
        return transports[number];
    }

    IfTable interfaces() {
        return links.interfaces();
    }

    RouteTable routes() {
        return routes;
    }

    PathMtu pathMtu() {
        return pathMtu;
    }

    /// The loopback interface, or null.
    NetIf loopback() {
        for (NetIf each : interfaces().all()) {
            if (each.loopback()) {
                return each;
            }
        }
        return null;
    }

    /// The way out of the first interface that is up and has an address, or null.
    Route firstLink() {
        for (NetIf each : interfaces().all()) {
            if (!each.loopback() && each.up() && each.addresses().length > 0) {
                Cidr address = each.addresses()[0];
                return new Route(address.subnet(), null, each, address.addr(), 0, RouteInfo.Kind.CONNECTED);
            }
        }
        return null;
    }
}
