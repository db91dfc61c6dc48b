/// A cable to one virtual machine over a Unix socket: QEMU's `-netdev stream,addr.type=unix`, or whoever else
/// speaks its framing. No device of the host is involved, so neither end needs a privilege.
///
/// May use: `net` (the driver SPI), `driver`, `pkt`, `kern`, `unix`, and of `relay` the file of a listening
/// socket.
/// Entry point: [org.splnet.netif.stream.StreamDriver], found by `ServiceLoader` under the name `stream`.
///
/// ```text
///   StreamDriver ─ StreamOptions      what is asked for, checked
///     └ StreamQueue ┬ Meeting         how the two find each other: Listening or Dialling
///                   ├ Connection      one peer, from when it came until it went
///                   └ FrameReader, FrameWriter
/// ```
///
/// **The wire.** Each frame is preceded by its length, four octets in network order; nothing else is ever
/// said. A length above MTU and link headers leaves no way to tell what follows: it is counted
/// (`ether-truncated`), said in the log, and the connection ends. So does any other end of the peer; the next
/// one is met as at the start. There is no virtio header on this wire: guests send whole segments with their
/// checksums, and so do we.
///
/// **Options.** `path`: the socket; `listen`: true if we make it and the machine connects, false (the
/// default) if the machine makes it and we connect, trying again for as long as it takes.
///
/// **Carrier.** Without a peer frames to be sent are lost and counted, as on a cable that is not plugged in.
/// Peers that find one there already wait in the socket's backlog until it has gone.
///
/// **Batches.** One `recv` brings as many frames as wait, up to a buffer full; frames to be sent are gathered
/// behind one another and go with one `send` when the batch ends. What the socket does not take stays for the
/// next time; whole frames only are refused to the transmit queue. Steady state allocates nothing.
///
/// Locks: none of its own. Frames are written under the interface's `TRANSMIT` lock, everything else belongs
/// to the reading thread, which also is the one that meets and leaves peers.
///
/// Not here: several machines at one socket (each has an interface of its own, or use a bridge), TCP and
/// descriptors as addresses.
package org.splnet.netif.stream;
