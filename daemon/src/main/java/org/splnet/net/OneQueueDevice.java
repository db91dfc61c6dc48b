package org.splnet.net;

import org.splnet.kern.Witness;
import org.splnet.wire.MacAddr;

/// For drivers: an open device whose one queue does all the work, closing included. A driver that knows more
/// of its device than this (its link, another MTU as time goes by, a descriptor) says so by overriding.
public class OneQueueDevice implements NetDevice {
    private final String name;
    private final MacAddr mac;
    private final int mtu;
    private final int offloads;
    private final DeviceQueue queue;
    private final Runnable close;

    /// @param close closes the queue and whatever the device holds; may block, and is idempotent
    public OneQueueDevice(String name, MacAddr mac, int mtu, int offloads, DeviceQueue queue,
            Runnable close) {
        this.name = name;
        this.mac = mac;
        this.mtu = mtu;
        this.offloads = offloads;
        this.queue = queue;
        this.close = close;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final MacAddr mac() {
        return mac;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public final int offloads() {
        return offloads;
    }

    @Override
    public final int queues() {
        return 1;
    }

    @Override
    public final DeviceQueue queue(int index) {
        if (index != 0) {
            throw new IndexOutOfBoundsException("queue " + index + " of 1");
        }
        return queue;
    }

    @Override
    public final void close() {
        Witness.beforeBlocking("closing a device");
        close.run();
    }
}
