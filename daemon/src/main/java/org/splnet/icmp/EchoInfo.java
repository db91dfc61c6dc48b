package org.splnet.icmp;

import org.splnet.wire.Endpoint;

/// A socket as it is shown to people, at one moment.
///
/// @param local our address and, as port, the identifier
/// @param remote the peer, null if there is none
/// @param queuedMessages messages that wait to be read
/// @param queuedOctets their octets
/// @param drops messages lost because they came faster than they were read
/// @param tag whose it is
public record EchoInfo(Endpoint local, Endpoint remote, int queuedMessages, int queuedOctets, long drops,
        String tag) { }
