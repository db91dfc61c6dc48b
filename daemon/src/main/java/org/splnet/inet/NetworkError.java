package org.splnet.inet;

import io.netty.buffer.ByteBuf;

/// An ICMP error about a datagram that this host seems to have sent, family-neutral, as transports need it.
/// One instance per input worker, valid during the call only.
///
/// The quotation is the sender's claim and not to be trusted: transports check ports and sequence numbers
/// against a live endpoint (RFC 5927).
public final class NetworkError {
    /// What happened.
    public enum Kind {
        /// Network or host unreachable: transient (RFC 1122, 4.2.3.9).
        UNREACHABLE,
        /// The next hop on a link of our own does not answer. Known by ourselves, not heard from anybody.
        NEIGHBOR_SILENT,
        /// No such protocol at the destination: hard.
        PROTOCOL_UNREACHABLE,
        /// No such port at the destination: hard.
        PORT_UNREACHABLE,
        /// Needs fragmenting and must not be; [NetworkError#mtu] is the next hop's (RFC 1191).
        TOO_BIG,
        /// Communication administratively prohibited.
        PROHIBITED,
        /// Time to live ran out, or reassembly at the destination did.
        TIME_EXCEEDED,
        /// A header field of ours was not liked.
        PARAMETER_PROBLEM
    }

    /// What happened.
    public Kind kind;
    /// Next-hop MTU in octets for [Kind#TOO_BIG].
    public int mtu;
    /// Our address, high half.
    public long localHi;
    /// Our address, low half.
    public long localLo;
    /// The destination we sent to, high half.
    public long remoteHi;
    /// The destination we sent to, low half.
    public long remoteLo;
    /// Quoted transport header: buffer, borrowed.
    public ByteBuf buf;
    /// Where the quoted transport header starts.
    public int at;
    /// How many octets of it are quoted: at least 8.
    public int len;
}
