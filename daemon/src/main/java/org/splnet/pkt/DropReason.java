package org.splnet.pkt;

import org.splnet.kern.Labels;

/// Why a packet was dropped; each reason is a counter in [DropCounters], so a new reason cannot lack one.
/// Names start with the layer that drops.
public enum DropReason {
    /// Frame shorter than an Ethernet header.
    ETHER_SHORT,
    /// Unicast frame for another station.
    ETHER_NOT_FOR_US,
    /// Source address is a group address or our own.
    ETHER_BAD_SOURCE,
    /// No protocol for this Ethernet type.
    ETHER_NO_PROTO,
    /// An 802.1Q tag with a VLAN id we do not serve.
    ETHER_VLAN,
    /// Larger than the receive buffer or cut short by the device.
    ETHER_TRUNCATED,
    /// Offload metadata from the device contradicts the frame.
    ETHER_BAD_OFFLOAD,

    /// Not an Ethernet/IPv4 ARP packet, or cut short.
    ARP_MALFORMED,
    /// ARP sender address is a group, broadcast, unspecified or loopback address.
    ARP_BAD_SENDER,
    /// ARP packet that concerns others.
    ARP_NOT_FOR_US,
    /// Somebody claims our address (RFC 5227).
    ARP_CONFLICT,
    /// Neighbor table full.
    NEIGHBOR_TABLE_FULL,
    /// Hold queue full: the oldest held datagram made room.
    NEIGHBOR_HOLD_FULL,
    /// The next hop did not answer.
    NEIGHBOR_UNREACHABLE,

    /// Transmit queue full.
    TRANSMIT_QUEUE_FULL,
    /// To be cut before it is sent, but neither TCP nor UDP over IPv4.
    TRANSMIT_ERROR,
    /// The interface is down or gone.
    INTERFACE_DOWN,
    /// Longer than the interface carries and not to be cut.
    TRANSMIT_TOO_BIG,

    /// Shorter than an IP header, or than its own lengths say.
    IP_TRUNCATED,
    /// IP version is not the one the frame announced.
    IP_BAD_VERSION,
    /// IP header length below 20 octets.
    IP_BAD_HEADER_LENGTH,
    /// IP header checksum.
    IP_BAD_CHECKSUM,
    /// Malformed IP option.
    IP_BAD_OPTIONS,
    /// Source routing is refused (RFC 7126).
    IP_SOURCE_ROUTE,
    /// Source address that no host may have (RFC 1122, 3.2.1.3).
    IP_MARTIAN_SOURCE,
    /// Destination address that must not appear on a wire.
    IP_MARTIAN_DESTINATION,
    /// Destination is not ours, and we do not forward.
    IP_NOT_FOR_US,
    /// Unicast IP destination in a link-layer broadcast (RFC 1122, 3.3.6).
    IP_LINK_BROADCAST,
    /// No protocol for this number.
    IP_NO_PROTO,
    /// Fragment that is empty, beyond 65,535 or not a multiple of 8 octets.
    IP_BAD_FRAGMENT,
    /// Fragments overlap: the whole datagram goes (RFC 5722's rule, for both families).
    IP_FRAGMENT_OVERLAP,
    /// Fragment that was there already, octet for octet.
    IP_FRAGMENT_DUPLICATE,
    /// Too many datagrams, fragments or octets under reassembly.
    IP_REASSEMBLY_FULL,
    /// Not complete in time.
    IP_REASSEMBLY_TIMEOUT,
    /// No route to the destination.
    IP_NO_ROUTE,
    /// Needs fragmenting but must not be.
    IP_DONT_FRAGMENT,
    /// No usable source address.
    IP_NO_SOURCE,

    /// Shorter than an ICMP header or than its type needs.
    ICMP_TRUNCATED,
    /// ICMP checksum.
    ICMP_BAD_CHECKSUM,
    /// Type or code we do not process.
    ICMP_IGNORED,
    /// Echo request to a broadcast or multicast address (RFC 1122, 3.2.2.6).
    ICMP_BROADCAST_ECHO,
    /// Echo request over the limit of replies.
    ICMP_RATE_LIMITED,
    /// Quotes a datagram we did not send or that no endpoint owns.
    ICMP_NO_ENDPOINT,
    /// Handed to its consumer: an ICMP message that was processed and is done with.
    ICMP_CONSUMED,
    /// The receive buffer of the socket that it was for is full.
    ICMP_BUFFER_FULL,

    /// Shorter than a UDP header or than its length field says.
    UDP_TRUNCATED,
    /// UDP checksum.
    UDP_BAD_CHECKSUM,
    /// Nobody listens on the port.
    UDP_NO_PORT,
    /// The socket's receive buffer is full.
    UDP_BUFFER_FULL,
    /// Source or destination a datagram must not have.
    UDP_BAD_ADDRESS,

    /// Shorter than a TCP header or than its data offset.
    TCP_TRUNCATED,
    /// TCP checksum.
    TCP_BAD_CHECKSUM,
    /// To or from an address TCP must not talk to.
    TCP_BAD_ADDRESS,
    /// No endpoint for the segment.
    TCP_NO_ENDPOINT,
    /// Not acceptable in the endpoint's state.
    TCP_UNACCEPTABLE,
    /// Out-of-order data over the cap.
    TCP_REASSEMBLY_FULL,
    /// Listener's half-open or accept queue is full.
    TCP_BACKLOG_FULL,
    /// Receive budget exhausted.
    TCP_NO_MEMORY,

    /// A packet pool or budget is exhausted.
    NO_BUFFERS,
    /// A fault of ours: the exception is in the log, once per distinct stack.
    INTERNAL_ERROR;

    /// The name as the counters show it: lower case, dashes.
    public String label() {
        return Labels.of(this);
    }
}
