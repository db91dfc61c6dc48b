package org.splnet.netif.tap;

import org.splnet.kern.Witness;
import org.splnet.net.DeviceQueue;
import org.splnet.net.NetDevice;
import org.splnet.wire.MacAddr;

/// An open TAP. Closing it closes its descriptor: a device that is not persistent goes with it, and with the
/// device the host's addresses on it and its place in a bridge; one that stays keeps what it has.
final class TapDevice implements NetDevice {
    private final String name;
    private final MacAddr mac;
    private final int mtu;
    private final int offloads;
    private final TapQueue queue;

    TapDevice(String name, MacAddr mac, int mtu, int offloads, TapQueue queue) {
        this.name = name;
        this.mac = mac;
        this.mtu = mtu;
        this.offloads = offloads;
        this.queue = queue;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public MacAddr mac() {
        return mac;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int offloads() {
        return offloads;
    }

    @Override
    public int queues() {
        return 1;
    }

    @Override
    public DeviceQueue queue(int index) {
        if (index != 0) {
            throw new IndexOutOfBoundsException("queue " + index + " of 1");
        }
        return queue;
    }

    @Override
    public void close() {
        Witness.beforeBlocking("closing a TAP");
        queue.close();
    }
}
