package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import org.splnet.kern.LockRank;
import org.splnet.kern.RankedLock;
import org.splnet.wire.Endpoint;

/// One connection as its user sees it (`struct socket`). The protocol's control block stands behind it and
/// shares its lock.
public abstract non-sealed class StreamSocket extends Socket {
    /// Guards the socket, its buffers and the protocol's control block.
    public final RankedLock lock = new RankedLock(LockRank.ENDPOINT, "tcp connection");

    /// Octets that have come in, at most `max`; the caller owns the result and must release it.
    ///
    /// @return null if nothing waits; a buffer without octets ([ByteBuf#isReadable] false) at the end of the
    /// stream
    /// @throws SocketException once, for an error that ended the connection; what had come before can be
    /// received after it
    public abstract ByteBuf receive(int max) throws SocketException;

    /// Sends what there is room for. Borrows `data` but moves its reader index over what was taken; may keep
    /// references to the octets, which must not change until the buffer is released by all.
    ///
    /// @return octets taken; 0 if there is no room now, and [Readiness#WRITABLE] will follow
    public abstract int send(ByteBuf data) throws SocketException;

    /// True if what [#send] keeps references to is soon released: it leaves this host, and is acknowledged
    /// within about a millisecond.
    public abstract boolean returnsSoon();

    /// No more will be sent: FIN after what is queued (`shutdown(SHUT_WR)`).
    public abstract void shutdownOutput() throws SocketException;

    /// Whatever still comes in is acknowledged and thrown away (`shutdown(SHUT_RD)`).
    public abstract void shutdownInput() throws SocketException;

    /// Ends the socket for its user; queued octets and FIN are still sent in the background. With unread
    /// octets, or with a linger time of 0, the connection is reset instead (RFC 9293 3.6.1, RFC 2525 2.17).
    /// Idempotent.
    @Override
    public abstract void close();

    /// Resets the connection (ABORT of RFC 9293 §3.10.5).
    public final void abort() {
        abort(false);
    }

    /// Resets the connection.
    ///
    /// @param unread octets of the peer's are lost that its user was to read (RFC 2525 §2.17): the peer is
    /// told of that behind both FINs, too, where it hears nothing of another abort
    public abstract void abort(boolean unread);

    /// Why the connection failed; null if it has not. Unlike the error that one call throws this stays, for
    /// users whose two directions are two threads' affair.
    public abstract SockError failure();

    /// True if the other end has sent its FIN: nothing came, or comes, behind what was received before.
    public abstract boolean ended();

    /// What it is ready for now: bits of [Readiness].
    public abstract int ready();

    /// The other end.
    public abstract Endpoint remote();

    /// The protocol's state in the RFC's words: `ESTABLISHED`, `FIN-WAIT-1`.
    public abstract String state();

    /// Octets received and not read.
    public abstract int receiveQueued();

    /// Octets sent but not acknowledged, plus those not sent.
    public abstract int sendQueued();
}
