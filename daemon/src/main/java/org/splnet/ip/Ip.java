package org.splnet.ip;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.splnet.inet.Network;
import org.splnet.inet.Path;
import org.splnet.inet.Transport;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Entropy;
import org.splnet.net.IfTable;
import org.splnet.net.LinkLayer;
import org.splnet.net.NetIf;
import org.splnet.net.NetworkProtocol;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Output;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.wire.Cidr;
import org.splnet.wire.EtherType;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.IpProto;

/// IPv4 of one stack: to the link layer its network protocol, to the transports their network.
///
/// Lock key:  (c) constant after construction   (s) written at start, before any packet comes in
///            (v) volatile, written by whoever changes the configuration
public final class Ip implements NetworkProtocol, Network {
    private final LinkLayer links;                                      // (c)
    private volatile IpConfig config;                                   // (v)
    private final IpStats stats = new IpStats();                        // (c)
    private final RouteTable routes;                                    // (c)
    private final PathMtu pathMtu;                                      // (c)
    private final IpOutput output;                                      // (c)
    private final IcmpOutput icmpOutput;                                // (c)
    private final Pings pings;                                          // (c)
    private final Icmp icmp;                                            // (c)
    private final Reassembly reassembly;                                // (c)
    private final IpInput input;                                        // (c)
    private final Transport[] transports = new Transport[256];          // (s)
    private final CopyOnWriteArrayList<LinkPort> linkPorts = new CopyOnWriteArrayList<>();      // (c)

    /// @param links whose packets it takes once [LinkLayer#attach] has made it known there
    public Ip(IpConfig config, LinkLayer links, CalloutWheel wheel, Entropy entropy) {
        this.links = links;
        this.config = config;
        routes = new RouteTable(links.interfaces());
        pathMtu = new PathMtu(config, stats, entropy);
        output = new IpOutput(this, new IpIdent(entropy));
        icmpOutput = new IcmpOutput(this, config, entropy);
        pings = new Pings(this, entropy);
        icmp = new Icmp(this, icmpOutput, pings);
        reassembly = new Reassembly(config, links.pool(), stats, wheel, entropy,
                icmpOutput::reassemblyTimeout);
        input = new IpInput(this, reassembly, icmp, icmpOutput);
    }

    /// Goes by other knobs from now on. Any thread.
    ///
    /// @param next differs in [org.splnet.kern.Live] components only
    public void configure(IpConfig next) {
        boolean elsewhere = next.strongHost() != config.strongHost();
        config = next;
        if (elsewhere) {
            routes.renew();
        }
        icmpOutput.configure(next);
    }

    @Override
    public int etherType() {
        return EtherType.IPV4;
    }

    @Override
    public void input(Packet packet, NetIf from, long nowNs) {
        input.input(packet, from, nowNs);
    }

    @Override
    public void unreachable(Packet held, NetIf on, long nowNs) {
        stats.add(IpStats.Counter.UNDELIVERED);
        held.l3 = held.start;
        try {
            icmp.undelivered(held, nowNs);
        } finally {
            held.drop(DropReason.NEIGHBOR_UNREACHABLE);
        }
    }

    /// Registers a transport. At start only.
    ///
    /// @throws IllegalStateException if its number is taken, as that of ICMP is
    @Override
    public void attach(Transport transport) {
        int number = transport.number();
        if (number == IpProto.ICMP || transports[number] != null) {
            throw new IllegalStateException("protocol " + number + " is taken");
        }
        transports[number] = transport;
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
        // All of 127/8 is this host, once it has a loopback address (RFC 1122 §3.2.1.3 (g)).
        return InetAddr.isV4(hi, lo) && Ip4Addr.isLoopback((int) lo)
                && interfaces().owner(0, Ip4Addr.LOOPBACK.lo()) != null;
    }

    @Override
    public boolean isBroadcast(long hi, long lo) {
        if (!InetAddr.isV4(hi, lo)) {
            return false;
        }
        return (int) lo == -1 || interfaces().isBroadcast(hi, lo);
    }

    @Override
    public void portUnreachable(Packet packet, long nowNs) {
        icmpOutput.portUnreachable(packet, nowNs);
    }

    @Override
    public PacketPool pool() {
        return links.pool();
    }

    /// Opens a UDP port of one interface that need not have an address: what comes to it there is the
    /// receiver's, and no socket's. Any thread.
    ///
    /// @param remotePort whom to listen to and to speak with
    /// @throws IllegalStateException if the interface has such a port already
    public LinkPort linkPort(NetIf link, int port, int remotePort, LinkPort.Receiver receiver) {
        var opened = new LinkPort(this, link, port, remotePort, receiver);
        if (!linkPorts.addIfAbsent(opened)) {
            throw new IllegalStateException(link + ": port " + port + " is open already");
        }
        return opened;
    }

    void close(LinkPort port) {
        linkPorts.remove(port);
    }

    /// Whose datagram it is, addressed to us or to nobody here; null, nearly always, if it goes the usual
    /// way.
    LinkPort linkPort(Packet packet, NetIf from, Ip4Header header) {
        if (!linkPorts.isEmpty() && packet.proto == IpProto.UDP && !header.isFragment()) {
            for (LinkPort each : linkPorts) {
                if (each.takes(packet, from)) {
                    return each;
                }
            }
        }
        return null;
    }

    /// Adds a static route over whatever link its gateway is on.
    ///
    /// @param via the gateway
    /// @throws IllegalArgumentException as [#addRoute(Cidr, InetAddr, NetIf, int)]
    /// @throws IllegalStateException as there
    public void addRoute(Cidr to, InetAddr via, int metric) {
        routes.add(to, via, null, metric);
    }

    /// Adds a static route.
    ///
    /// @param via the gateway, null for destinations on the link itself
    /// @param on the interface, null for that of the connected subnet the gateway is in. If it is given and
    ///     has no address yet, the route is used from when it has one
    /// @throws IllegalArgumentException naming the value and what is wrong with it
    /// @throws IllegalStateException if that very route is there already
    public void addRoute(Cidr to, InetAddr via, NetIf on, int metric) {
        routes.add(to, via, on, metric);
    }

    /// Removes static routes.
    ///
    /// @param via the gateway, or null for whichever
    /// @return false if there is none
    public boolean removeRoute(Cidr to, InetAddr via) {
        return routes.remove(to, via);
    }

    /// Removes one certain static route.
    ///
    /// @param on the interface it was added with, or null
    /// @return false if it is not there
    public boolean removeRoute(Cidr to, InetAddr via, NetIf on, int metric) {
        return routes.remove(to, via, on, metric);
    }

    /// Every route, in the order of looking up; static ones that cannot be used now come last.
    public List<RouteInfo> routeInfos() {
        return routes.infos();
    }

    /// Echo requests of our own.
    public Pings pings() {
        return pings;
    }

    /// Counters.
    public IpStats stats() {
        return stats;
    }

    /// Datagrams under reassembly.
    public int reassembling() {
        return reassembly.size();
    }

    /// Octets of memory that datagrams under reassembly take.
    public long reassemblyMemory() {
        return reassembly.memory();
    }

    /// Returns it to its first moment, for tests: path MTUs and what is under reassembly are forgotten,
    /// counters are zero. Routes stay. Nothing may be held.
    public void reset() {
        pathMtu.clear();
        reassembly.dropAll();
        stats.reset();
    }

    /// Drops what is under reassembly, when nothing comes in any more. At the end only.
    public void shutdown() {
        reassembly.clear();
    }

    Transport transport(int number) {
        return transports[number];
    }

    IpConfig config() {
        return config;
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
}
