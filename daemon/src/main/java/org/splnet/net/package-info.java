/// Interfaces and the link layer: driver SPI, interface table, Ethernet, neighbors and ARP, loopback,
/// transmit queues.
///
/// May use: `pkt`, `wire`, `kern`.
package org.splnet.net;
