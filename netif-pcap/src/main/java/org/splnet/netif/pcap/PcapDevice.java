package org.splnet.netif.pcap;

import org.splnet.kern.Witness;
import org.splnet.net.DeviceQueue;
import org.splnet.net.NetDevice;
import org.splnet.wire.MacAddr;

/// A NIC of the host, opened through libpcap. Nothing of the host was changed, and closing changes nothing.
final class PcapDevice implements NetDevice {
    private final String name;
    private final MacAddr mac;
    private final int mtu;
    private final int offloads;
    private final PcapQueue queue;

    PcapDevice(String name, MacAddr mac, int mtu, int offloads, PcapQueue queue) {
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
        Witness.beforeBlocking("closing a NIC");
        queue.close();
    }
}
