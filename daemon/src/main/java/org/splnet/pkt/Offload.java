package org.splnet.pkt;

/// What a device can do for a packet, and what has been done for a received one: the terms of virtio-net.
public final class Offload {
    /// The device completes a partial transport checksum.
    public static final int TX_CHECKSUM = 1;
    /// The device cuts a TCP/IPv4 packet of up to 64 KiB into segments.
    public static final int TX_TSO4 = 2;
    /// The device cuts a TCP/IPv6 packet.
    public static final int TX_TSO6 = 4;
    /// Received packets may come vouched for or with a partial checksum.
    public static final int RX_CHECKSUM = 8;
    /// Received packets may be larger than the MTU (merged segments).
    public static final int RX_MERGED = 16;
    /// The device cuts a UDP packet of up to 64 KiB into datagrams, over either IP.
    public static final int TX_USO = 32;

    private Offload() {
    }
}
