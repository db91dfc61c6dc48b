package org.splnet.dhcp;

import org.splnet.wire.Ip4Addr;

/// A message to be sent, but for what is the same in all of a client's.
///
/// @param secs seconds since it began, 0..65535
/// @param broadcast ask for answers to everybody
/// @param ciaddr the address that it is sent from, 0.0.0.0 while there is none
/// @param requested option 50, or null
/// @param server option 54, or null
/// @param to one server, or null for everybody on the link
record Request(MessageType type, int xid, int secs, boolean broadcast, Ip4Addr ciaddr, Ip4Addr requested,
        Ip4Addr server, Ip4Addr to) {
}
