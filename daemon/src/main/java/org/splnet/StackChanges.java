package org.splnet;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.splnet.capture.Capture;
import org.splnet.capture.CaptureRoom;
import org.splnet.capture.FilterException;
import org.splnet.cli.Version;
import org.splnet.config.Addresses;
import org.splnet.control.Refusal;
import org.splnet.control.Steering;
import org.splnet.ip.Ip;
import org.splnet.ip.Pings;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.Labels;
import org.splnet.net.EtherIf;
import org.splnet.net.LinkLayer;
import org.splnet.net.NetIf;
import org.splnet.service.status.AddressStatus;
import org.splnet.service.status.NeighborStatus;
import org.splnet.service.status.PingStatus;
import org.splnet.service.status.RouteStatus;
import org.splnet.service.status.StackSource;
import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// Changes of addresses, routes and neighbors of a running stack, its captures and echo requests. Any thread,
/// holding nothing.
final class StackChanges {
    private final LinkLayer links;
    private final Ip ip;
    private final StaticRoutes routes;
    private final Clock clock;
    private final StackSource source;
    private final CaptureRoom captures = new CaptureRoom(CaptureRoom.OCTETS);

    /// @param routes hears of addresses that come to be used
    /// @param source shows what became of a change
    StackChanges(LinkLayer links, Ip ip, StaticRoutes routes, Clock clock, StackSource source) {
        this.links = links;
        this.ip = ip;
        this.routes = routes;
        this.clock = clock;
        this.source = source;
    }

    AddressStatus addAddress(String interfaceName, String text, boolean probe) {
        NetIf netIf = find(interfaceName);
        Cidr address = parsed("address", text, Addresses::own);
        possible(() -> {
            if (netIf instanceof EtherIf ether) {
                ether.claim(address, probe, routes, clock.nanoTime());
            } else {
                links.interfaces().addAddress(netIf, address);
            }
        });
        // Claims tell their listener as deferred work, and on this thread nothing else runs it.
        Deferred.run();
        return shown(() -> source.addresses().stream()
                .filter(each -> each.interfaceName().equals(netIf.name())
                        && each.address().equals(address.toString()))
                .findFirst().orElseThrow(), "address " + address);
    }

    void removeAddress(String interfaceName, String text) {
        NetIf netIf = find(interfaceName);
        Cidr address = parsed("address", text, Addresses::own);
        if (!netIf.removeAddress(address)) {
            throw unknown(netIf + " has no address " + address + ", it has "
                    + netIf.addressInfos().stream().map(each -> each.address().toString()).toList());
        }
        Deferred.run();
    }

    RouteStatus addRoute(String to, String via, String interfaceName, int metric) {
        Cidr network = parsed("to", to, Addresses::destination);
        InetAddr router = via == null ? null : parsed("via", via, Addresses::host);
        NetIf on = interfaceName == null ? null : find(interfaceName);
        possible(() -> ip.addRoute(network, router, on, metric));
        return shown(() -> source.routes().stream().filter(each -> each.kind().equals("static")
                && each.destination().equals(network.prefix() == 0 ? "default" : network.toString())
                && (router == null ? each.via() == null : router.toString().equals(each.via()))
                && each.metric() == metric).findFirst().orElseThrow(), "route " + network);
    }

    void removeRoute(String to, String via) {
        Cidr network = parsed("to", to, Addresses::destination);
        InetAddr router = via == null ? null : parsed("via", via, Addresses::host);
        if (!ip.removeRoute(network, router)) {
            throw unknown("there is no static route to " + to + (via == null ? "" : " via " + via));
        }
    }

    NeighborStatus addNeighbor(String interfaceName, String text, String mac) {
        EtherIf link = link(interfaceName);
        InetAddr address = parsed("address", text, Addresses::host);
        MacAddr station = parsed("mac", mac, Addresses::station);
        possible(() -> link.addNeighbor(address, station, clock.nanoTime()));
        return shown(() -> source.neighbors().stream()
                .filter(each -> each.interfaceName().equals(link.name())
                        && each.address().equals(address.toString()))
                .findFirst().orElseThrow(), "neighbor " + address);
    }

    void removeNeighbor(String interfaceName, String text) {
        EtherIf link = link(interfaceName);
        InetAddr address = parsed("address", text, Addresses::host);
        if (!link.removeNeighbor(address)) {
            throw unknown(link + " knows no neighbor " + address);
        }
        Deferred.run();
    }

    PingStatus ping(String text, int octets, long timeoutNs) {
        if (!(parsed("address", text, InetAddr::parse) instanceof Ip4Addr to)) {
            throw new Refusal(Refusal.Kind.UNWANTED, "address: " + text
                    + ": must be an IPv4 address, IPv6 is not implemented");
        }
        try {
            Pings.Answer answer = ip.pings().ping(to, octets, timeoutNs, clock);
            return new PingStatus(Labels.of(answer.outcome()),
                    answer.from() == null ? null : answer.from().toString(), answer.rttNs(), answer.ttl(),
                    answer.octets());
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Kind.UNWANTED, "address: " + e.getMessage());
        } catch (IllegalStateException e) {
            throw new Refusal(Refusal.Kind.CONFLICT, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(Refusal.Kind.STOPPING, "the daemon is stopping");
        }
    }

    /// A capture, not started yet.
    CaptureStream capture(Steering.CaptureSpec spec) {
        List<NetIf> interfaces = spec.interfaces().isEmpty() ? List.of(links.interfaces().all())
                : spec.interfaces().stream().distinct().map(this::find).toList();
        try {
            return new CaptureStream(new Capture(interfaces, new Capture.Spec(spec.filter(),
                    spec.snaplen(), spec.count(), spec.dropped()), "splnet " + Version.text(), captures));
        } catch (IllegalStateException e) {
            throw new Refusal(Refusal.Kind.TOO_MANY, e.getMessage());
        } catch (FilterException e) {
            throw new Refusal(Refusal.Kind.UNWANTED, "filter: \"" + spec.filter() + "\": " + e.getMessage());
        }
    }

    private NetIf find(String name) {
        NetIf netIf = links.interfaces().byName(name);
        if (netIf == null) {
            throw unknown("there is no interface \"" + name + "\", there is "
                    + String.join(", ", Arrays.stream(links.interfaces().all()).map(NetIf::name).toList()));
        }
        return netIf;
    }

    private EtherIf link(String name) {
        if (find(name) instanceof EtherIf ether) {
            return ether;
        }
        throw new Refusal(Refusal.Kind.UNWANTED, name + " is the loopback interface, which has no neighbors");
    }

    private static <T> T parsed(String key, String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Kind.UNWANTED, key + ": \"" + text + "\": " + e.getMessage());
        }
    }

    /// What is well-formed and still cannot be: the stack says why.
    private static void possible(Runnable change) {
        try {
            change.run();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new Refusal(Refusal.Kind.CONFLICT, e.getMessage());
        }
    }

    /// @param what for the case that somebody else has taken it away meanwhile
    private static <T> T shown(Supplier<T> look, String what) {
        try {
            return look.get();
        } catch (NoSuchElementException e) {
            throw new Refusal(Refusal.Kind.CONFLICT, what + " was added and is gone again");
        }
    }

    private static Refusal unknown(String message) {
        return new Refusal(Refusal.Kind.UNKNOWN, message);
    }
}
