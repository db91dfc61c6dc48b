package org.splnet.netif.pcap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.driver.InterfaceIoctl;
import org.splnet.unix.Errno;
import org.splnet.wire.MacAddr;

/// Follows a NIC through what the host's administrator and its cable do to it: down and up, unplugged and
/// back, another name, another MTU. Each change is one line of the log, none is the end. Belongs to the
/// queue's reading thread, except [#mtu], [#carrier] and [#flaps].
final class NicWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.pcap");

    /// What the NIC's frames come by.
    interface Attachment {
        /// Listens on the NIC anew, under its new number.
        void to(int index) throws NicSocket.Refused;

        /// The number of the NIC that is listened on; that of none if it has gone.
        int index();
    }

    private final InterfaceIoctl ioctl;
    private final String device;
    private final int mtuAsked;
    private final Attachment attachment;
    private final boolean shared;
    private String name;
    private long station;
    private int index;
    private int comings;
    private boolean up;
    private boolean running;
    private boolean attachRefused;
    private int carrierChanges;
    private volatile int flaps;
    private volatile boolean carrier;
    private volatile int mtu;

    /// @param nic as it was when it was attached to
    /// @param mtuAsked the largest IP packet to use even if the NIC carries more; 0 for no such limit
    /// @param shared its station address is ours, too
    NicWatch(HostNic nic, int mtuAsked, boolean shared, Attachment attachment) {
        this.ioctl = new InterfaceIoctl(nic.name());
        this.device = nic.name();
        this.name = device;
        this.mtuAsked = mtuAsked;
        this.attachment = attachment;
        this.shared = shared;
        this.station = nic.mac().bits();
        this.index = nic.index();
        this.up = nic.up();
        this.running = nic.running();
        this.carrier = up && running;
        this.carrierChanges = HostNic.carrierChanges(name, index);
        this.mtu = usable(nic.mtu());
    }

    /// True if the NIC is there and up, and something is at the other end of its cable. Any thread.
    boolean carrier() {
        return carrier;
    }

    /// How often it was without, or was another NIC, between two looks that both saw a carrier. Any thread.
    int flaps() {
        return flaps;
    }

    /// The largest IP packet, now. Any thread.
    int mtu() {
        return mtu;
    }

    /// Looks at the NIC and does what has become necessary.
    void look() {
        int before = comings;
        follow();
        boolean now = index != 0 && up && running;
        if (now && flapped(before)) {
            flaps = flaps + 1;
        }
        carrier = now;
    }

    // The kernel counts losses and returns, and does so at once, while the flags may lag behind by a second:
    // one change too many is a loss of which these are still to tell.
    private boolean flapped(int comingsBefore) {
        int since = carrierChanges;
        carrierChanges = HostNic.carrierChanges(name, index);
        if (!carrier || comingsBefore != comings) {
            return carrier;
        }
        int changes = since < 0 || carrierChanges < 0 ? 0 : carrierChanges - since;
        carrierChanges -= changes & 1;
        if (changes < 2) {
            return false;
        }
        LOG.warn("nic had no carrier for a moment device={}: the cable or its other end", device);
        return true;
    }

    private void follow() {
        if (index != 0 && attachment.index() != index) {
            unplugged();                // even if one that has come since has its number
        }
        int found = find();
        if (found != index) {
            if (index != 0) {
                unplugged();
            }
            if (found == 0 || !attached(found)) {
                return;
            }
            up = false;
            running = false;
        }
        if (found != 0) {
            flags();
            size();
            station();
        }
    }

    private void unplugged() {
        LOG.warn("nic unplugged device={}: waiting for it to come back", device);
        index = 0;
    }

    // What has the name that it was opened by. Where nothing has, ours has only been given another one if it
    // is still there: the socket, which goes by the number, has noticed nothing.
    private int find() {
        ioctl.about(device);
        if (ioctl.ask(InterfaceIoctl.SIOCGIFINDEX)) {
            int found = ioctl.number();
            if (found == index) {
                called(device);
            }
            return found;
        }
        if (index == 0 || !ioctl.about(index)) {
            return 0;
        }
        called(ioctl.name());
        return index;
    }

    private void called(String now) {
        if (!now.equals(name)) {
            LOG.info("nic has another name device={} name={} before={}", device, now, name);
            name = now;
        }
    }

    private boolean attached(int found) {
        try {
            attachment.to(found);
        } catch (NicSocket.Refused e) {
            if (!attachRefused) {
                attachRefused = true;
                LOG.warn("nic is back and cannot be used device={} cause={}: {}; trying again", device,
                        Errno.name(e.errno()), e.getMessage());
            }
            return false;
        }
        attachRefused = false;
        index = found;
        comings++;
        name = device;
        LOG.info("nic is back device={} index={}", device, found);
        return true;
    }

    private void flags() {
        if (!ioctl.ask(InterfaceIoctl.SIOCGIFFLAGS)) {
            return;
        }
        boolean nowUp = (ioctl.flags() & InterfaceIoctl.IFF_UP) != 0;
        boolean nowRunning = (ioctl.flags() & InterfaceIoctl.IFF_RUNNING) != 0;
        if (nowUp != up || nowRunning != running) {
            if (!nowUp) {
                LOG.warn("nic is down device={}: nothing passes until it is brought up with: ip link set {}"
                        + " up", device, name);
            } else if (!nowRunning) {
                LOG.warn("nic has no carrier device={}: the cable or its other end", device);
            } else {
                LOG.info("nic is up device={}", device);
            }
        }
        up = nowUp;
        running = nowRunning;
    }

    private void size() {
        if (!ioctl.ask(InterfaceIoctl.SIOCGIFMTU)) {
            return;
        }
        int now = usable(ioctl.number());
        if (now != mtu) {
            LOG.info("nic has another mtu device={} mtu={} before={}", device, now, mtu);
            mtu = now;
        }
    }

    // Ours stays: neighbors and the DHCP server know us by it, and a switch does not mind.
    private void station() {
        if (!shared || !ioctl.ask(InterfaceIoctl.SIOCGIFHWADDR) || ioctl.station() == station) {
            return;
        }
        LOG.warn("nic has another station address device={} mac={} before={}: where only that one may pass"
                + " (Wi-Fi, clouds), restart splnet", device, new MacAddr(ioctl.station()),
                new MacAddr(station));
        station = ioctl.station();
    }

    private int usable(int ofNic) {
        return mtuAsked == 0 ? ofNic : Math.min(mtuAsked, ofNic);
    }

    @Override
    public void close() {
        ioctl.close();
    }
}
