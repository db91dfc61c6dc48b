/// NICs through libpcap: any Ethernet interface of the host, beside the host's own kernel and under a station
/// address of our own. By pcap4j (JNA), and so without native code of ours.
///
/// May use: `net` (the driver SPI), `pkt`, `wire`, `kern` of the daemon. Entry point:
/// [org.splnet.netif.pcap.PcapDriver], found by `ServiceLoader` under the name `pcap`. Needs libpcap (Debian:
/// libpcap0.8) and CAP_NET_RAW.
///
/// **Options.** `device`: the NIC, if it is not the interface's name; `promiscuous` (default: true, unless
/// `nic-mac`): a NIC takes unicast frames for its own station only, and ours is another; `nic-mac`: use the
/// NIC's own address, shared with the host's kernel, which then answers as well; `buffer-size`: octets the
/// kernel keeps for us, up to 64 KiB of it per frame.
///
/// **What comes in.** A filter in the kernel lets pass what is for our station, for all or for groups, and
/// not from us; only what arrives from the link, not what the host's kernel sends on it. So this host and
/// splnet do not see each other on such an interface; put them on a TAP, or on the two ends of a veth pair.
///
/// **Checksums.** What we send is finished in software. What we receive may be unfinished: a sender on this
/// machine (veth) or the kernel's merging (GRO) leaves the pseudo-header's sum where the checksum belongs.
/// [org.splnet.netif.pcap.UnfinishedChecksum] recognises that and marks it as the TAP driver would; on a
/// NIC with neither, nothing is looked at. UDP that was merged has lost its boundaries and is dropped
/// (`ether-bad-offload`). The log at opening names the `ethtool` commands that make frames come as on the
/// wire.
///
/// Locks: none of its own. One thread reads and sleeps; writing happens under the interface's `TRANSMIT`
/// lock; waking and closing is for any thread.
///
/// Cost: pcap4j makes an array and a few objects per frame, and copies it twice. A path by
/// `java.lang.foreign` straight from the kernel's ring into pooled buffers, with batched sending, is to
/// come; this one is for reaching any NIC, not for speed.
///
/// To read first: pcap(3PCAP), packet(7).
///
/// Not here: several queues, offloads on sending, monitor mode, link types other than Ethernet.
package org.splnet.netif.pcap;
