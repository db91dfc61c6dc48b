package org.splnet.net;

import org.splnet.wire.MacAddr;

/// An open network device: what a driver gives the stack.
public interface NetDevice extends AutoCloseable {
    /// The device's own name, as the host's administrator sees it.
    String name();

    /// The station address the stack uses on it.
    MacAddr mac();

    /// Largest IP packet in octets.
    int mtu();

    /// Bits of [org.splnet.pkt.Offload].
    int offloads();

    /// How many queues it has, at least one; each is read by one thread.
    int queues();

    /// One queue.
    DeviceQueue queue(int index);

    /// Closes it and undoes what opening did (addresses, bridge membership; a persistent device stays).
    /// Readers in [DeviceQueue#await] return and [DeviceQueue#receive] returns -1 from now on. Idempotent.
    @Override
    void close();
}
