package org.splnet.netif.tap;

import org.splnet.kern.Witness;
import org.splnet.net.DeviceQueue;
import org.splnet.net.NetDevice;
import org.splnet.wire.MacAddr;

/// An open TAP. Each queue is a descriptor of its own, with a thread of its own; the kernel brings a flow to
/// the queue that it was last sent by.
final class TapDevice implements NetDevice {
    private final String name;
    private final MacAddr mac;
    private final int offloads;
    private final int descriptor;
    private final TapWatch watch;
    private final TapQueue[] queues;

    /// @param descriptor of one of the queues
    TapDevice(String name, MacAddr mac, int offloads, int descriptor, TapWatch watch,
            TapQueue... queues) {
        this.name = name;
        this.mac = mac;
        this.offloads = offloads;
        this.descriptor = descriptor;
        this.watch = watch;
        this.queues = queues;
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
        return watch.mtu();
    }

    @Override
    public int offloads() {
        return offloads;
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public DeviceQueue queue(int index) {
        return queues[index];
    }

    /// False while it is deleted, or down.
    @Override
    public boolean carrier() {
        return watch.carrier();
    }

    /// One is enough to keep the device and its link, for a run to come.
    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        Witness.beforeBlocking("closing a TAP");
        watch.end();
        for (TapQueue each : queues) {
            each.close();
        }
    }
}
