/// Captures: the frames of interfaces as they pass, as a pcapng stream, filtered by what libpcap would.
///
/// Entry point: [org.splnet.capture.Capture], which taps interfaces ([org.splnet.net.FrameTap]) and is drawn
/// from by one reader. Filters in the language of pcap-filter(7) are compiled by a
/// [org.splnet.capture.FilterCompiler], which [org.splnet.capture.Filters] finds by `ServiceLoader` (the
/// module `netif-pcap` has one, by libpcap), and run here: a [org.splnet.capture.BpfProgram] is verified
/// before it runs, reads the frame where it lies, and cannot do anything else.
///
/// ```text
///   input and output threads                               reader
///   FrameTap ─▶ BpfProgram ─▶ copy ─▶ Feed ──────────────▶ Pcapng blocks
///      └─ Fate: dropped(reason)? … decide ─▶ Feed.news ──▶ (the head's fate is decided: go on)
/// ```
///
/// What is captured: on Ethernet what the driver delivers and what is about to be handed to the driver, after
/// segmentation and checksums in software. So with offloads one sees what tcpdump would: large segments, and
/// checksums of outgoing ones not filled in. On loopback each packet once, when it comes in, with an Ethernet
/// header of zeros: with one link type for all, filters and every reader of pcapng can take them together.
///
/// Drops: a frame that the stack drops has the reason ([org.splnet.pkt.DropReason#label]) as the comment of
/// its block, `dropped: udp-no-port`. A frame that comes in is filtered and copied before anybody looks at
/// it, since headers are stripped and buffers handed on; only then it turns out what becomes of it. So it
/// takes its place in the [org.splnet.kern.Feed] with a [org.splnet.pkt.Fate] that is open, and the reader
/// stops in front of it until whoever carries it up has come back. That is the time of one call of input,
/// which waits for nothing. The other ways there are lose something that this keeps:
///
/// - to capture at the end of input would put answers before what they answer;
/// - a second block for what was dropped, on this interface or one of its own, would show the frame twice:
///   a retransmission to whoever reads the file, and counted twice by the filter and by `count`;
/// - to hold a frame back until its packet is freed would take as long as somebody keeps it.
///
/// The reason finds its way by the packet ([org.splnet.pkt.Packet#fate]), since drops are counted there
/// already, on every layer. A datagram put together from fragments has the fate of the fragment that
/// completed it. Once input has returned a frame has passed, whatever becomes later of what was kept of it:
/// a fragment whose datagram times out shows in the counters, and in the ICMP error.
///
/// A frame on its way out that is dropped is shown when that happens, with what it lacks left out: where
/// the next hop's station is not known, the destination is zeros. What is no frame yet (no route, no
/// source, too long for the path) or none any more is not shown, nor what a driver refuses before it is
/// one: counters have these. What has been shown because the device was about to have it, and then is
/// dropped in front of a full device when its interface goes down, comes twice, the second time with the
/// reason.
///
/// Bounds: frames and octets that wait for the reader, and octets of all captures together
/// ([org.splnet.capture.CaptureRoom]); what finds no room is counted in the statistics blocks. The stack
/// never waits. Without a capture an interface has one volatile read per frame to do, and a drop a look at a
/// field of its packet.
///
/// May use: `net`, `pkt`, `wire`, `kern`. Locks: none. Threads: a tap runs on whichever thread the frame is
/// on, under the `TRANSMIT` lock on the way out, or what else is held where a frame is dropped: it puts
/// something into a ring and unparks a thread, no more. [org.splnet.capture.Capture#next] is the reader's.
/// Each filter is compiled by a thread of its own, for which whoever asks waits.
///
/// Formats: draft-ietf-opsawg-pcapng. McCanne and Jacobson, The BSD Packet Filter (1993), for the machine.
package org.splnet.capture;
