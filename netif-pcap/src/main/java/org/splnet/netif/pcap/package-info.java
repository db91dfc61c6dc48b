/// NICs: any Ethernet interface of the host, beside the host's own kernel and under a station address of our
/// own. What libpcap is to C, in Java: pcap4j for finding NICs, libpcap for filters, and for the frames the
/// packet socket that libpcap opens too, by `java.lang.foreign`.
///
/// May use: `net` (the driver SPI), `driver`, `capture` and `cli` (SPIs of filters and of lines), `unix`,
/// `pkt`, `wire`, `kern` of the daemon. Entry point: [org.splnet.netif.pcap.PcapDriver], found by
/// `ServiceLoader` under the names `pcap` and `packet`. Needs libpcap (Debian: libpcap0.8) and CAP_NET_RAW.
///
/// ```text
///   PcapDriver ┬ PcapOptions                what is asked for, checked
///              ├ HostNic, Surroundings      what the host has there, and what of it gets in our way
///              ├ NicSocket ─ NicFilter      opened, filtered, attached
///              └ PcapQueue ┬ FrameReceiver ─ NicRing                     the ring into pooled buffers
///                          ├ FrameSender                                 sendmmsg out of them
///                          └ NicWatch                           down and up, unplugged and back, MTU
/// ```
///
/// **Options.** `device`: the NIC, if it is not the interface's name; `promiscuous` (default: true, unless
/// `nic-mac`): the NIC takes frames for all stations; `false` asks it for our address beside its own, which
/// not every NIC can; `nic-mac`: use the NIC's own address, shared with the host's kernel; `buffer-size`:
/// octets of the ring in which ordinary frames wait, 2 KiB each, and again as much for merged ones;
/// `offload` (`true`): `false` has every checksum and every segment made in this process.
///
/// **What comes in.** A filter in the kernel lets pass what is for our station, for all or for the group of
/// all hosts, and not from us; only what arrives from the link, not what the host's kernel sends on it. So
/// this host and splnet do not see each other on such an interface; put them on a TAP, or on the two ends of
/// a veth pair. Frames of a VLAN belong to that VLAN's interface (`eth0.5`) and not here.
///
/// **Offloads.** Each frame comes and goes behind a virtio header, by which the kernel says what it knows: a
/// checksum that a sender on this machine has left to hardware, one that the NIC has verified, segments that
/// were merged (GRO, LRO) and their size. Nothing has to be switched off and nothing is guessed. Merged UDP
/// is cut into its datagrams again. What we send goes out in packets of up to 64 KiB, which the NIC cuts, or
/// the kernel. A frame merged in a way that the header has no words for the kernel throws away, among those
/// that found no room; the log counts them and names the `ethtool` command against it.
///
/// **Why not libpcap's own calls.** It has no place for that header, so merged UDP and verified checksums are
/// lost and TCP goes out in single segments; `bench/frames` has the figures.
///
/// **The NIC's life.** Down, unplugged and back under another number, another name or MTU: followed once a
/// second and whenever a call fails, one line of the log for each; a carrier that is lost and back between
/// two looks shows in the kernel's count. `receive` returns -1 only after closing.
///
/// Locks: none of its own. One thread reads and sleeps; writing happens under the interface's `TRANSMIT`
/// lock; waking and closing is for any thread. Frames of a batch are sent at its flush: until then their
/// buffers are retained, and must not be written to.
///
/// Architectures: those whose Linux follows asm-generic and is little-endian (x86-64, AArch64, RISC-V); the
/// header of a packet socket has the machine's order.
///
/// To read first: packet(7), pcap(3PCAP), VIRTIO 1.2 §5.1.6.
///
/// **Filters.** [org.splnet.netif.pcap.PcapFilterCompiler] compiles what `splnet capture` filters by; it
/// needs libpcap and no rights. [org.splnet.netif.pcap.PcapFrameDecoder] reads frames for its lines, and
/// needs neither.
///
/// Not here: several queues, monitor mode, link types other than Ethernet, VLAN tags.
package org.splnet.netif.pcap;
