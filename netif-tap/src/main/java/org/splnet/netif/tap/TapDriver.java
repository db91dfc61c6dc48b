package org.splnet.netif.tap;

import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.net.DescriptorSleep;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.net.OneQueueDevice;
import org.splnet.net.StableMac;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// Opens TAP devices: creates one, or attaches to one that is there, and sets up the host's side of it.
///
/// What exists already is used and not changed, except for what the specification asks for by name: an
/// address for the host, membership in a bridge.
public final class TapDriver implements NetIfDriver {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.tap");

    @Override
    public String type() {
        return "tap";
    }

    @Override
    public Set<String> optionKeys() {
        return TapOptions.KEYS;
    }

    @Override
    public void validate(DeviceSpec spec) {
        TapOptions.of(spec);
    }

    @Override
    public NetDevice open(DeviceSpec spec) throws DeviceException {
        TapOptions options = TapOptions.of(spec);
        var libc = new Libc();
        int fd = libc.open(OpenFailure.TUN, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (fd < 0) {
            throw OpenFailure.opening(spec.name(), -fd);
        }
        try (HostLink host = new HostLink()) {
            return open(spec, options, libc, fd, host);
        } catch (DeviceException | RuntimeException e) {
            libc.close(fd);
            throw e;
        }
    }

    private static NetDevice open(DeviceSpec spec, TapOptions options, Libc libc, int fd, HostLink host)
            throws DeviceException {
        String name = spec.name();
        var tun = new TunIoctl(libc, fd);
        Attachment attachment = Attachment.make(tun, name, host);
        Negotiation terms = Negotiation.with(tun, attachment.vnetHeader(), options.offload());
        Link link = attachment.created() ? create(spec, options, tun, host) : adopt(spec, host);
        MacAddr mac = spec.mac() != null ? spec.mac() : StableMac.of("tap", name);
        if (mac.equals(link.mac())) {
            throw new DeviceException("mac: " + mac + ": the host's own kernel has this address on " + name
                    + "; two stations on one link need two");
        }
        configureHost(options, link, host);
        if (attachment.created() && options.persist()) {
            require(tun.setPersist(true), "make " + name + " persistent");
        }
        if (!attachment.created() && !link.up() && options.hostAddresses().isEmpty()
                && options.bridge() == null) {
            LOG.warn("tap is down device={}: nothing passes until it is brought up with: ip link set {} up",
                    name, name);
        }
        int mtu = spec.mtu() != 0 ? spec.mtu() : link.mtu();
        LOG.info("tap opened device={} {} mac={} host-mac={} mtu={} virtio-header={} offloads={}", name,
                attachment.created() ? "created" : "attached", mac, link.mac(), mtu, terms.headerLen(),
                terms.names());
        var queue = new TapQueue(name, fd, new DescriptorSleep(fd), terms.headerLen(), mtu);
        return new OneQueueDevice(name, mac, mtu, terms.offloads(), queue, queue::close);
    }

    // A device of our making: the host's MAC outlives restarts, so that neighbors' caches stay good.
    private static Link create(DeviceSpec spec, TapOptions options, TunIoctl tun, HostLink host)
            throws DeviceException {
        Link link = present(spec.name(), host);
        host.setMac(link, StableMac.of("tap-host", spec.name()));
        if (spec.mtu() != 0) {
            host.setMtu(link, spec.mtu());
        }
        if (options.owner() >= 0) {
            require(tun.setOwner(options.owner()), "set the owner of " + spec.name());
        }
        if (options.hostAddresses().isEmpty() && options.bridge() == null) {
            host.setUp(link);
        }
        return present(spec.name(), host);
    }

    private static Link adopt(DeviceSpec spec, HostLink host) throws DeviceException {
        Link link = present(spec.name(), host);
        if (spec.mtu() > link.mtu()) {
            throw new DeviceException("mtu: " + spec.mtu() + ": " + spec.name() + " exists with an MTU of "
                    + link.mtu() + ": ask for no more than that, or change it with: ip link set "
                    + spec.name() + " mtu " + spec.mtu());
        }
        return link;
    }

    private static void configureHost(TapOptions options, Link link, HostLink host) throws DeviceException {
        for (Cidr address : options.hostAddresses()) {
            int other = host.otherOwner(link, address.addr());
            if (other != 0) {
                Link owner = host.find(other);
                throw new DeviceException(TapOptions.HOST_ADDRESS + ": " + address
                        + ": the host has this address on "
                        + (owner == null ? "interface " + other : owner.name())
                        + " already: choose another network");
            }
            host.addAddress(link, address);
        }
        if (options.bridge() != null) {
            join(options.bridge(), link, host);
        }
        if (!options.hostAddresses().isEmpty() || options.bridge() != null) {
            host.setUp(link);
        }
    }

    private static void join(String name, Link link, HostLink host) throws DeviceException {
        Link bridge = host.find(name);
        if (bridge == null) {
            throw new DeviceException(TapOptions.BRIDGE + ": " + name
                    + ": the host has no such interface; make it with: ip link add " + name
                    + " type bridge && ip link set " + name + " up");
        }
        if (!bridge.kind().equals("bridge")) {
            throw new DeviceException(TapOptions.BRIDGE + ": " + name
                    + ": is an interface of the host, but not a bridge"
                    + (bridge.kind().isEmpty() ? "" : " (it is of kind " + bridge.kind() + ")"));
        }
        if (link.master() == bridge.index()) {
            return;
        }
        if (link.master() != 0) {
            Link other = host.find(link.master());
            throw new DeviceException(TapOptions.BRIDGE + ": " + name + ": " + link.name() + " is a port of "
                    + (other == null ? "interface " + link.master() : other.name())
                    + " already: release it with: ip link set " + link.name() + " nomaster");
        }
        host.enslave(link, bridge);
    }

    private static Link present(String name, HostLink host) throws DeviceException {
        Link link = host.find(name);
        if (link == null) {
            throw new DeviceException("the TAP " + name + " was removed while we opened it");
        }
        return link;
    }

    private static void require(int result, String what) throws DeviceException {
        if (result < 0) {
            throw OpenFailure.configuring(what, -result, "");
        }
    }
}
