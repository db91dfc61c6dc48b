package org.splnet.netif.tap;

import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.StableMac;
import org.splnet.unix.Libc;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// Brings descriptors to their TAP and has the host's side as the specification asks for it: at opening, and
/// again whenever somebody has deleted the device. A descriptor that has lost its TAP takes another one, so
/// the numbers stay, also of one that a service manager keeps.
///
/// One thread at a time.
final class TapSetup {
    /// What was come by.
    ///
    /// @param created true if the device was made for it, false if it was there
    /// @param mtu of the IP packets we send and take
    record Result(boolean created, Negotiation terms, Link link, MacAddr mac, int mtu) {
    }

    private final DeviceSpec spec;
    private final String name;
    private final TapOptions options;
    private final TunIoctl[] tuns;
    private Attachment attachment;
    private boolean ours;

    /// @param fds open descriptors of `/dev/net/tun`, as many as there are queues; they stay the caller's
    TapSetup(DeviceSpec spec, TapOptions options, Libc libc, int... fds) {
        this.spec = spec;
        this.name = spec.name();
        this.options = options;
        tuns = new TunIoctl[fds.length];
        for (int i = 0; i < fds.length; i++) {
            tuns[i] = new TunIoctl(libc, fds[i]);
        }
    }

    /// Creates the TAP or attaches to it.
    ///
    /// @param kept how the first descriptor is attached already, or null
    Result first(Attachment kept) throws DeviceException {
        try (HostLink host = new HostLink()) {
            attachment = kept != null ? kept : Attachment.make(tuns[0], name, host, tuns.length > 1);
            ours = attachment.created() || options.persist();
            return configure(host);
        }
    }

    /// As [#first], after the device was deleted. One that others made is theirs to make again: one of ours
    /// would be in their way. After an exception the next call goes on where this one ended.
    ///
    /// @return null if there is nothing to attach to
    Result again() throws DeviceException {
        try (HostLink host = new HostLink()) {
            if (tuns[0].flags(name) < 0) {
                if (!ours && host.find(name) == null) {
                    return null;
                }
                attachment = Attachment.make(tuns[0], name, host, tuns.length > 1);
            }
            return configure(host);
        }
    }

    /// True if a device that has gone is made anew, false if its maker is waited for.
    boolean ours() {
        return ours;
    }

    private Result configure(HostLink host) throws DeviceException {
        Negotiation terms = Negotiation.with(tuns[0], attachment.vnetHeader(), options.offload());
        Link link = attachment.created() ? create(host) : adopt(host);
        MacAddr mac = spec.mac() != null ? spec.mac() : StableMac.of("tap", name);
        if (mac.equals(link.mac())) {
            throw new DeviceException("mac: " + mac + ": the host's own kernel has this address on " + name
                    + "; two stations on one link need two");
        }
        configureHost(link, host);
        if (attachment.created() && options.persist()) {
            require(tuns[0].setPersist(true), "make " + name + " persistent");
        }
        for (int i = 1; i < tuns.length; i++) {
            int result = tuns[i].flags(name) >= 0 ? 0 : tuns[i].setIff(name, attachment.flags());
            if (result < 0) {
                throw OpenFailure.attaching(name, -result, host.find(name));
            }
        }
        return new Result(attachment.created(), terms, present(host), mac, usable(link.mtu()));
    }

    /// The largest IP packet we send and take where the host's side has that MTU.
    int usable(int ofHost) {
        return spec.mtu() == 0 ? ofHost : Math.min(spec.mtu(), ofHost);
    }

    // A device of our making: the host's MAC outlives restarts, so that neighbors' caches stay good.
    private Link create(HostLink host) throws DeviceException {
        Link link = present(host);
        MacAddr mac = StableMac.of("tap-host", name);
        if (!mac.equals(link.mac())) {
            host.setMac(link, mac);
        }
        if (spec.mtu() != 0) {
            host.setMtu(link, spec.mtu());
        }
        if (options.owner() >= 0) {
            require(tuns[0].setOwner(options.owner()), "set the owner of " + name);
        }
        if (noneAskedFor()) {
            host.setUp(link);
        }
        return present(host);
    }

    private Link adopt(HostLink host) throws DeviceException {
        Link link = present(host);
        if (spec.mtu() > link.mtu()) {
            throw new DeviceException("mtu: " + spec.mtu() + ": " + name + " exists with an MTU of "
                    + link.mtu() + ": ask for no more than that, or change it with: ip link set "
                    + name + " mtu " + spec.mtu());
        }
        return link;
    }

    // of the host's side, by name
    private boolean noneAskedFor() {
        return options.hostAddresses().isEmpty() && options.bridge() == null;
    }

    private void configureHost(Link link, HostLink host) throws DeviceException {
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
        if (!noneAskedFor()) {
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

    private Link present(HostLink host) throws DeviceException {
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
