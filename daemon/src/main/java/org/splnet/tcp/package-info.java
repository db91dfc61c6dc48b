/// TCP (RFC 9293), one concern per file.
///
/// ```text
/// in   Tcp ─▶ TcpDemux ─▶ TcpListener, SynCache             no connection yet
///                     ├─▶ TimeWait                          none any more
///                     └─▶ TcpInput (TcpInputSyn, TcpAck, OutOfOrder) ─▶ LossRecovery
///                                                             │ at the end of the batch: Deferred
/// out  TcpSocket.send ─▶ TcpOutput ─▶ SegmentWriter ─▶ Network
/// time CalloutWheel ─▶ TcpTimers ─▶ TcpOutput
/// ```
///
/// A [connection][org.splnet.tcp.Tcb] is what is known of it and nothing that is done with it. Stateless
/// collaborators take it as argument; those with a state of their own (the estimator, the congestion window,
/// loss recovery, the scoreboard, the reassembly queue) belong to one connection and are covered by its lock.
/// Containers have no lock, no clock and a fixed capacity.
///
/// # Sending
///
/// [TcpOutput][org.splnet.tcp.TcpOutput] is idempotent: what it does follows from the connection, so whoever
/// changed something there just calls it. How much may go is the least of the peer's window, of what
/// [LossRecovery][org.splnet.tcp.LossRecovery] says the congestion window allows, and of the
/// [pace][org.splnet.tcp.Pacer].
///
/// With SACK agreed, [RackRecovery][org.splnet.tcp.RackRecovery] repairs losses: the
/// [Scoreboard][org.splnet.tcp.Scoreboard] keeps what is on its way, packet by packet;
/// [Rack][org.splnet.tcp.Rack] says by time what of it is lost (RFC 8985), a
/// [TailProbe][org.splnet.tcp.TailProbe] asks when nothing is heard, [Undo][org.splnet.tcp.Undo] takes back
/// what was not called for (RFC 5682, 3522, 3708), and [RateReduction][org.splnet.tcp.RateReduction] sets the
/// speed (RFC 9937). Without SACK it is [DupAckRecovery][org.splnet.tcp.DupAckRecovery] (RFC 6582).
///
/// # Congestion control
///
/// [CUBIC or NewReno][org.splnet.tcp.CongestionControl], both with [HyStart++][org.splnet.tcp.HyStart] and
/// [Ecn][org.splnet.tcp.Ecn]. Not BBR, for now: its third version is an Internet-Draft that still changes, it
/// needs a delivery rate per acknowledgement and a pacing timer far finer than our callouts' millisecond, and
/// on the links that this stack is made for, VM networks of microseconds, it has nothing to offer that CUBIC
/// with RACK has not. The interface takes octets and times, not losses, so that it can come.
///
/// # Buffers
///
/// Unless the user asks for sizes, they adapt: [ReceiveTuning][org.splnet.tcp.ReceiveTuning] lets the receive
/// buffer grow with what is read in a round trip, [SendRoom][org.splnet.tcp.SendRoom] has the send buffer
/// follow the congestion window. Why a connection sends no more, and for how long, is booked in
/// [Limits][org.splnet.tcp.Limits] and told by [TcpReport][org.splnet.tcp.TcpReport].
///
/// # Locks
///
/// Each socket has one lock, rank `ENDPOINT`, a listener one of rank `LISTENER`; a connection has its
/// socket's. The table of connections has its own, taken after them. Input looks a connection up, locks it,
/// and asks again whether it still is in the table. Nothing calls up with a lock held: what a segment means
/// to the user is told through [org.splnet.kern.Deferred], after the last unlock.
///
/// # What is not believed
///
/// Segments outside of the window change nothing (RFC 5961: challenge ACKs, limited in number); errors of
/// routers are matched against what is on its way (RFC 5927); half-open connections, TIME-WAITs, memory for
/// received data and pieces out of order are bounded, and the oldest makes room.
///
/// RFCs: 9293, 1122 section 4.2, 5681, 6298, 6582, 3042, 3465, 6928, 7323, 2018, 2883, 8985, 5682, 3522,
/// 3708, 9937, 9406, 9438, 3168, 4821, 8899, 5961, 5927, 6528, 6056, 4987 (the cache), 1191. The clauses and
/// the tests that show them: docs/tcp-conformance.md.
package org.splnet.tcp;
