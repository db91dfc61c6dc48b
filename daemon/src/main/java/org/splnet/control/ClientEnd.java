package org.splnet.control;

import io.netty.buffer.ByteBuf;

/// The client's end of a lent connection: its descriptor, or rings of shared memory. Results are as the
/// kernel's: octets, or `-errno`.
///
/// One thread at a time reads, and one writes: whoever has the turn.
interface ClientEnd {
    /// Sends what the client must have before any octet of the connection.
    ///
    /// @return 0 once it has; `-errno`
    int greet();

    /// Writes what there is room for of `from` and moves its index.
    int write(ByteBuf from);

    /// That is all for the moment.
    void flush();

    /// Whether [StreamRelay#ready] is to be told when there is room, after a [#write] that found none.
    void awaitRoom(boolean now);

    /// Nothing more will be written.
    void end();

    /// The connection is over, and what the client still writes goes nowhere: it is told so if it can be.
    void refuse();

    /// Something has happened, or may have.
    ///
    /// @param events bits of [org.splnet.unix.Poller]
    /// @return true if there may be room to write
    boolean ready(int events);

    /// How large a buffer the next [#read] should be given; 0 if there is nothing to read.
    int wants();

    /// There is more to read, and others should have their turn first.
    ///
    /// @return true if somebody will come by
    boolean later();

    /// True if it may be read by any thread, false if by the poller's only.
    boolean byAnybody();

    /// Reads at most `octets` without copying them, if that can be.
    ///
    /// @return the caller's; null if they are to be read into a buffer
    ByteBuf lend(int octets);

    /// @return octets; 0 at the end of what the client has written
    int read(ByteBuf to);

    /// True if the client is known to have ended its writing before it closed: for its peer that is FIN,
    /// whatever comes behind it. By whoever has read the end.
    boolean ended();

    /// Tells the client of room it has. By whoever has the turn to write.
    void settle();

    /// The client has gone.
    ///
    /// @return `-ECONNRESET` if it has left anything unread, and something else if not
    int last();

    /// No thread has a turn to read or to write any more. On the poller's thread.
    ///
    /// @param then is run by that thread as soon as no other is at work with it for a reason of its own
    void retire(Runnable then);

    /// No thread is at work with it, and none will be.
    ///
    /// @param errno why the connection has ended, for a client that can be told; 0 for no reason
    void close(int errno);
}
