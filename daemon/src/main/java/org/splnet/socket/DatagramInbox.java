package org.splnet.socket;

import io.netty.buffer.ByteBuf;
import org.splnet.inet.NetworkError;
import org.splnet.inet.Path;
import org.splnet.kern.RankedLock;
import org.splnet.pkt.DropReason;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.wire.Endpoint;

/// What has come in for a datagram socket and was not read: datagrams, as far as the socket's options and the
/// protocol's [DatagramBudget] let them, an error, and who waits for either. One per control block, covered
/// by the socket's lock; it knows too whether the socket has ended, and whose it is.
///
/// Lock key: (c) constant after construction, (s) the socket's `lock`, rank `ENDPOINT`.
public final class DatagramInbox {
    private final RankedLock lock; // (c)
    private final DatagramQueue queue; // (s)
    private final DatagramBudget budget; // (c)
    private final DropReason full; // (c)
    private final Waiters waiters; // (c)
    private SocketOptions options; // (s)
    private String user; // (s) whose it is, for people
    private boolean detached; // (s) set once, by close
    private SockError error; // (s) not fetched yet
    private int errorMtu; // (s) of an EMSGSIZE
    private long drops; // (s)

    /// @param lock the socket's
    /// @param full how a datagram that the queue has no room for is counted
    /// @param user whose the socket is, for people
    public DatagramInbox(RankedLock lock, DatagramQueue queue, DatagramBudget budget, DropReason full,
            SocketOptions options, String user) {
        this.lock = lock;
        this.queue = queue;
        this.budget = budget;
        this.full = full;
        this.options = options;
        this.user = user;
        this.waiters = new Waiters(lock, this::ready);
    }

    private int ready() {
        assert lock.held();
        if (detached) {
            return Readiness.READABLE | Readiness.WRITABLE | Readiness.HANGUP;
        }
        int ready = Readiness.WRITABLE;
        if (queue.count() > 0) {
            ready |= Readiness.READABLE;
        }
        if (error != null) {
            ready |= Readiness.READABLE | Readiness.ERROR;
        }
        return ready;
    }

    /// The socket's.
    RankedLock lock() {
        return lock;
    }

    /// Who waits for the socket. Called holding nothing, see there.
    public Waiters waiters() {
        return waiters;
    }

    /// True once the socket has ended. Lock held.
    public boolean detached() {
        assert lock.held();
        return detached;
    }

    /// Queues a datagram whose payload is `len` octets of `buf` at `at`. Borrows `buf`. Lock held.
    ///
    /// @return null, or why it was not queued
    public DropReason add(ByteBuf buf, int at, int len, long fromHi, long fromLo, int fromPort, long toHi,
            long toLo, int toPort) {
        assert lock.held();
        if (!budget.has(len + DatagramQueue.OVERHEAD, queue.charged())) {
            drops++;
            return DropReason.NO_BUFFERS;
        }
        boolean wasEmpty = queue.count() == 0;
        int cost;
        try {
            cost = queue.add(buf, at, len, fromHi, fromLo, fromPort, toHi, toLo, toPort);
        } catch (OutOfMemoryError e) {                      // of buffers: Netty's limit
            drops++;
            return DropReason.NO_BUFFERS;
        }
        if (cost < 0) {
            drops++;
            return full;
        }
        budget.charge(cost);
        if (wasEmpty) {
            waiters.post(Readiness.READABLE);
        }
        return null;
    }

    /// The oldest datagram, which is the caller's from now on; null if none waits. Lock held.
    public Datagram take() {
        assert lock.held();
        int before = queue.charged();
        Datagram taken = queue.take();
        budget.charge(queue.charged() - before);
        return taken;
    }

    /// The socket's options. Lock held.
    public SocketOptions options() {
        assert lock.held();
        return options;
    }

    /// Changes them, and with them how many octets wait at most. Lock held.
    void options(SocketOptions next) {
        assert lock.held();
        options = next;
        queue.limit(next.datagramBuffer());
    }

    /// Says whose the socket is. Lock held.
    void user(String name) {
        assert lock.held();
        user = name;
    }

    /// Throws away what did not come from that address and port; port 0 stands for any. Lock held.
    public void keepOnly(long fromHi, long fromLo, int fromPort) {
        assert lock.held();
        int before = queue.charged();
        queue.keepOnly(fromHi, fromLo, fromPort);
        budget.charge(queue.charged() - before);
    }

    /// The network reports an error, which the next call of the user is told. Lock held.
    ///
    /// @param mtu octets that the path carries, for what is too big
    public void fail(NetworkError.Kind kind, int mtu) {
        assert lock.held();
        error = switch (kind) {
            case UNREACHABLE, NEIGHBOR_SILENT, PROHIBITED, TIME_EXCEEDED -> SockError.EHOSTUNREACH;
            case PORT_UNREACHABLE, PROTOCOL_UNREACHABLE -> SockError.ECONNREFUSED;
            case TOO_BIG -> SockError.EMSGSIZE;
            case PARAMETER_PROBLEM -> SockError.EPROTO;
        };
        errorMtu = mtu;
        waiters.post(Readiness.READABLE | Readiness.ERROR);
    }

    /// Throws what has happened to the socket since the last call, and forgets it. Lock held.
    ///
    /// @param call what the user has called
    public void check(String call) throws SocketException {
        assert lock.held();
        if (detached) {
            throw new SocketException(SockError.ESHUTDOWN, call);
        }
        if (error != null) {
            SockError why = error;
            error = null;
            String detail = why == SockError.EMSGSIZE ? " (the path carries " + errorMtu + " octets)" : "";
            throw new SocketException(why, call + detail);
        }
    }

    /// Ends the socket: what waits is freed, who waits is woken. Lock held.
    ///
    /// @return false if it has ended already
    public boolean detach() {
        assert lock.held();
        if (detached) {
            return false;
        }
        detached = true;
        budget.charge(-queue.charged());
        queue.clear();
        waiters.post(Readiness.READABLE | Readiness.WRITABLE | Readiness.HANGUP);
        return true;
    }

    /// Octets that wait. Lock held.
    int octets() {
        assert lock.held();
        return queue.octets();
    }

    /// The socket with these ends, as it is shown to people. Lock held.
    ///
    /// @param remote null if it has no peer
    /// @param path of what was sent last, to the peer or elsewhere; null if nothing was
    public DatagramInfo info(Endpoint local, Endpoint remote, Path path) {
        assert lock.held();
        boolean toPeer = path != null && remote != null
                && remote.addr().is(path.remoteHi(), path.remoteLo());
        int pathMtu = toPeer ? path.mtu() : 0;
        return new DatagramInfo(local, remote, pathMtu, queue.count(), queue.octets(), drops, user);
    }
}
