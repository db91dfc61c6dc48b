package org.splnet.net;

import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Entropy;
import org.splnet.kern.Lookout;
import org.splnet.pkt.PacketPool;

/// The link layer of one stack: what its interfaces share, and where they are made (`if_attach`) and ended.
///
/// ```java
/// var links = new LinkLayer(pool, wheel, Entropy.system(), NetConfig.defaults());
/// links.attach(ip);
/// Loopback lo = links.loopback("lo0");
/// EtherIf nic = links.ethernet("splnet0", device);
/// nic.claim(Cidr.parse("10.88.0.2/24"), false, AddressClaim.Listener.NONE, nowNs);
/// // … and run `lo` and `nic.duties()`
/// ```
public final class LinkLayer {
    private final IfTable interfaces = new IfTable();
    private final Protocols protocols = new Protocols();
    private final PacketPool pool;
    private final CalloutWheel wheel;
    private final Entropy entropy;
    private final NetConfig config;
    private final Lookout lookout = new Lookout();

    public LinkLayer(PacketPool pool, CalloutWheel wheel, Entropy entropy, NetConfig config) {
        this.pool = pool;
        this.wheel = wheel;
        this.entropy = entropy;
        this.config = config;
    }

    /// The interfaces and their addresses.
    public IfTable interfaces() {
        return interfaces;
    }

    /// Registers a network protocol for all interfaces.
    ///
    /// @throws IllegalStateException if its Ethernet type is taken
    public void attach(NetworkProtocol protocol) {
        interfaces.lock().lock();
        try {
            protocols.attach(protocol);
        } finally {
            interfaces.lock().unlock();
        }
    }

    /// Makes an interface over an open device, which it owns from now on. Frames come in as soon as its
    /// duties run.
    ///
    /// @throws IllegalArgumentException if there is an interface of that name
    public EtherIf ethernet(String name, NetDevice device) {
        interfaces.lock().lock();
        try {
            var netIf = new EtherIf(interfaces.nextIndex(), name, device, this);
            interfaces.add(netIf);
            return netIf;
        } finally {
            interfaces.lock().unlock();
        }
    }

    /// Makes a loopback interface.
    ///
    /// @throws IllegalArgumentException if there is an interface of that name
    public Loopback loopback(String name) {
        interfaces.lock().lock();
        try {
            var netIf = new Loopback(interfaces.nextIndex(), name, this);
            interfaces.add(netIf);
            return netIf;
        } finally {
            interfaces.lock().unlock();
        }
    }

    /// Ends an interface: its addresses go, what waits is dropped, its device is closed. Its duties find
    /// nothing to do from then on. Idempotent; holding nothing.
    public void detach(NetIf netIf, long nowNs) {
        interfaces.remove(netIf);
        netIf.close(nowNs);
    }

    /// Buffers for packets, and the drop counters.
    public PacketPool pool() {
        return pool;
    }

    /// Where threads look that poll their device rather than sleep.
    public Lookout lookout() {
        return lookout;
    }

    Protocols protocols() {
        return protocols;
    }

    CalloutWheel wheel() {
        return wheel;
    }

    Entropy entropy() {
        return entropy;
    }

    NetConfig config() {
        return config;
    }
}
