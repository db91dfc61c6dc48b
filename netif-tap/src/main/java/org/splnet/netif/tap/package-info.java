/// TAP devices: a network interface of the host whose other end is this process. By `java.lang.foreign`, no
/// native code of ours.
///
/// May use: `net` (the driver SPI), `driver`, `unix`, `pkt`, `wire`, `kern` of the daemon. Entry point:
/// [org.splnet.netif.tap.TapDriver], found by `ServiceLoader` under the name `tap`.
///
/// ```text
///   TapDriver ─ TapOptions        what is asked for, checked
///     ├ TapSetup ┬ Attachment, Negotiation   create or attach; virtio header and offloads, as much as the
///     │          │                           kernel has
///     │          └ HostLink ─ Netlink, Link  the host's side: MAC, MTU, addresses, bridge, up
///     ├ TapWatch ─ InterfaceIoctl            taken down and up, deleted and made again
///     └ TapQueue ┬ FrameReader, FrameWriter   over ReceiveSlot, FrameGather of `driver`
///                └ DescriptorUse, DescriptorSleep of `driver`: who is inside; sleeping and waking
/// ```
///
/// **Options.** `host-address` (`10.88.0.1/24`, several with commas): the host's addresses on the TAP;
/// `bridge`: the existing bridge of the host it becomes a port of (not both: a port has no address);
/// `persist` (`true`, `false`): a device that we create stays at the end; `owner`: the user id that may open
/// such a device later without privileges; `offload` (`true`): `false` has every checksum and every segment
/// made in this process, for captures that show what a wire would.
///
/// **Ours or not.** A device that we create gets a host-side MAC that is the same after every restart, the
/// MTU asked for, and is brought up; unless persistent, the kernel removes it with all that hangs on it when
/// we close, or die. A device that exists keeps its MAC, MTU and state, except for what is asked for by
/// name (`host-address`, `bridge`, and then up), and keeps that afterwards too. Our own station address
/// differs from the host's and derives from the machine and the name ([org.splnet.net.StableMac]).
///
/// **The host's end.** The link may go down and up under us, and be down at the start; frames written
/// meanwhile are lost and counted. There is no carrier then: whoever asks whether an address is free would
/// not be heard. It is looked at once a second, and when a frame was refused (`EIO`); if that does not
/// explain it, because the device was renamed or is in another network namespace, the log has a line. Its MTU
/// is looked at as often, and is ours, unless a smaller one was asked for. What has its name and not its
/// number is another one, of which nothing is believed. If somebody deletes the device, there is no carrier
/// until it is back, and what is sent is lost: one that we made, or that is to be `persist`, we make again,
/// with all that belongs to it, a quarter of a second later and from then on in intervals of up to four
/// seconds; one that others made we wait for, and attach to.
///
/// **Unfinished packets.** With a virtio header (every kernel since 2.6.27) checksums are left to the kernel
/// and TCP packets of up to 64 KiB pass whole, both ways; so do datagrams that a sender leaves to a NIC to
/// cut (`UDP_SEGMENT`, from Linux 6.2 on), and those that come are cut here. A header that contradicts its
/// frame drops it (`ether-bad-offload`).
///
/// Locks: none of its own. One thread reads and sleeps; writing happens under the interface's `TRANSMIT`
/// lock; waking and closing is for any thread. The host's end is looked at in `await`, where a thread may
/// wait for the kernel. Steady state allocates nothing: a received frame's buffer is used again unless
/// somebody keeps it, and whoever keeps an ordinary frame keeps about 2 KiB.
///
/// Architectures: those whose Linux follows asm-generic (x86-64, AArch64, RISC-V, s390x).
///
/// To read first: `Documentation/networking/tuntap.rst` of Linux, VIRTIO 1.2 §5.1.6, rtnetlink(7).
///
/// Not here: io_uring, polling before sleeping, renaming.
package org.splnet.netif.tap;
