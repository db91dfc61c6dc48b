package org.splnet.tcp;

/// What the table of four-tuples holds: a connection in one of its three sizes. While it is being opened
/// passively it is a [HalfOpen] entry under its listener's lock, then a [Tcb] under its own, at last a
/// [TimeWait] under the lock of [TimeWaits].
sealed interface TcpPcb permits Tcb, HalfOpen, TimeWait {
}
