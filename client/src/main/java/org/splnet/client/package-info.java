/// `java.net` and `java.nio.channels` on a running splnet. Depends on the JDK alone.
///
/// Entry point: [Splnet]. The wire is described in `docs/sockets.md`: a Unix connection to the daemon becomes
/// the TCP connection, and so its descriptor's readiness, back pressure and end of life are the socket's.
///
/// Two faces on the same cores: [SplnetSocket], [SplnetServerSocket] and [SplnetDatagramSocket] with their
/// factories for `java.net`, and [SplnetSelectorProvider] for channels. The cores, `Connection`, `Listener`
/// and `Datagrams`, never wait for the network; the faces wait, each in the manner that its users know:
/// `java.net`'s is deaf to interrupts on platform threads, a channel is closed by them.
///
/// **Threads.** There are none of its own. A Unix channel here is always non-blocking, and whoever must wait
/// does it in a selector borrowed for the time (`Wait`): a timeout, `close` by another thread and interrupts
/// then mean what we say, and virtual threads are parked. Measured on two cores, that costs about one
/// microsecond per wait more than the JDK's own blocking read of a Unix channel on a platform thread, and
/// nothing more on a virtual one.
///
/// **Locks.** `reading` before `writing`, both of one socket; a selector's monitors as
/// [java.nio.channels.Selector] documents them, and `reading` inside of them only by `tryLock`. Nothing is
/// called with a lock held that takes one of another socket.
///
/// **Accepting** is by announcement and attach, not by passed descriptors: the JDK has no way to make a
/// `SocketChannel` of a descriptor, and a socket on foreign calls would hold up the carriers of virtual
/// threads and be no `SelectableChannel`. An attach is not waited for, however. `accept` sends it and
/// returns; the answer is read, octet for octet to its end, when the program first reads or selects. So any
/// number of them are under way.
///
/// **Broken or ended.** When a connection breaks, both directions of the Unix connection end at once, which
/// is POLLHUP. The JDK does not show that, but a connected channel that asks for OP_CONNECT becomes ready by
/// nothing else (`Wait#hungUp`). Only then is the daemon asked for the reason; a FIN costs no question.
///
/// Not here: IPv6, urgent data, multicast, asynchronous channels (they have a provider of their own, and are
/// the host's under the agent too), resolving names (the JDK does, by the host's resolver).
package org.splnet.client;
