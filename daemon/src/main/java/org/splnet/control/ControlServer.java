package org.splnet.control;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Clock;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Lookout;
import org.splnet.kern.RateLimit;
import org.splnet.kern.Rounds;
import org.splnet.kern.Witness;
import org.splnet.relay.HostException;
import org.splnet.relay.SocketFile;
import org.splnet.service.http.HttpError;
import org.splnet.service.status.Json;
import org.splnet.service.status.StackSource;
import org.splnet.socket.DatagramProtocol;
import org.splnet.socket.StreamProtocol;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Poller;

/// The control socket's server: one thread for the connections and the sockets they have become, a virtual
/// one per request that looks at the stack or changes it.
public final class ControlServer implements AutoCloseable {
    /// Bounds.
    ///
    /// @param connections that are no sockets yet, at once, without those that wait for a connect; further
    ///     ones wait in the kernel's backlog
    /// @param share of them that one user may have; further ones are turned away
    /// @param idleNs time for a request to arrive, and for more of its answer to be taken
    /// @param restNs time between two requests
    /// @param body octets of a request's body
    /// @param busyPollNs how long its thread looks for more before it sleeps, see [org.splnet.kern.BusyPoll]
    public record Limits(int connections, int share, long idleNs, long restNs, int body, long busyPollNs) {
        /// As it is if nothing else is said.
        public static final Limits DEFAULTS = new Limits(4096, 1024, TimeUnit.SECONDS.toNanos(10),
                TimeUnit.MINUTES.toNanos(5), 4096, TimeUnit.MICROSECONDS.toNanos(50));

        /// The same but for how long its thread looks for more.
        public Limits withBusyPoll(long ns) {
            return new Limits(connections, share, idleNs, restNs, body, ns);
        }
    }

    /// What the server shows, changes and lends.
    ///
    /// @param source shows
    /// @param steering changes
    /// @param tcp lends connections and listeners
    /// @param udp lends datagram sockets
    /// @param echo lends datagram sockets for ICMP echo
    /// @param allocator of octets under way
    /// @param clock of waiting clients; not the stack's if that stands still
    /// @param lookout where the stack's threads look for what clients share with us
    public record Stack(StackSource source, Steering steering, StreamProtocol tcp, DatagramProtocol udp,
            DatagramProtocol echo, ByteBufAllocator allocator, Clock clock, Lookout lookout) { }

    private static final Logger LOG = LoggerFactory.getLogger("splnet.control");
    private static final long PATIENCE_S = 3;
    private static final long NO_DESCRIPTORS_NS = 100_000_000;
    /// Who connects waits for those before it: enough for a crowd, and for little longer than a moment.
    private static final int BACKLOG = 1024;
    /// Clients that are let in before those inside have their turn.
    private static final int BURST = 8;

    private final Limits limits;
    private final Stack stack;
    private final Paths paths;
    private final Json json = new Json();
    private final ExecutorService workers = workers("control-");
    private final ExecutorService waiting = workers("waiting-");
    private final SocketFile file;
    private final Poller poller;
    private final SocketDesk desk;
    private final Policy policy;
    // By the poller's thread.
    private final Set<ControlSession> sessions = new HashSet<>();
    private volatile int count;         // of them
    private final RateLimit warnings = new RateLimit(1, 1);
    private final Set<ControlSession> inside = new HashSet<>();    // those that take up room
    private int listener = -1;
    private long key;
    private boolean paused;

    /// @param file of a socket that is to be made; null for one that somebody else has made
    private ControlServer(SocketFile file, Stack stack, List<Rule> rules, Limits limits) throws IOException {
        this.file = file;
        this.stack = stack;
        this.paths = new Paths(stack.source(), stack.steering());
        this.limits = limits;
        this.policy = new Policy(rules, stack.clock());
        this.poller = new Poller("control", stack.clock(), limits.busyPollNs(), stack.lookout());
        this.desk = new SocketDesk(poller,
                new SocketDesk.Stack(stack.tcp(), stack.udp(), stack.echo(), stack.allocator(),
                        stack.clock()));
    }

    /// Listens at `path`.
    ///
    /// @param path made, its directory too if it is missing, and removed at the end; a stale socket is
    ///     replaced
    /// @param rules who may what; the first that fits counts
    /// @throws ControlException if it cannot be had
    public static ControlServer open(Path path, Stack stack, List<Rule> rules, Limits limits)
            throws ControlException {
        SocketFile file;
        try {
            file = SocketFile.at(path, "control.socket");
        } catch (HostException e) {
            throw new ControlException(e);
        }
        ControlServer server = null;
        try {
            server = new ControlServer(file, stack, rules, limits);
            server.listen(Fd.mine().listen(file.address().getPath().toString(), BACKLOG));
            file.publish();
            LOG.debug("control socket open socket={}", path);
            return server;
        } catch (IOException | RuntimeException e) {
            if (server != null) {
                server.close();
            }
            throw new ControlException(file.failure(e));
        }
    }

    /// Has other rules from now on, for who connects; sessions and sockets that are there keep theirs. Any
    /// thread.
    public void rules(List<Rule> next) {
        poller.execute(() -> policy.change(next));
    }

    /// Takes over a socket that listens already, as service managers hand it to those they start; whoever
    /// made its file removes it.
    ///
    /// @param listening a Unix stream socket, the server's from now on
    /// @throws ControlException if it cannot be had
    public static ControlServer adopt(int listening, Stack stack, List<Rule> rules, Limits limits)
            throws ControlException {
        try {
            ControlServer server = new ControlServer(null, stack, rules, limits);
            Fd.mine().adopt(listening);
            Fd.mine().listen(listening, BACKLOG);
            server.listen(listening);
            LOG.debug("control socket taken over fd={}", listening);
            return server;
        } catch (IOException e) {
            throw new ControlException("descriptor " + listening + ": " + e.getMessage(), e);
        }
    }

    private void listen(int fd) {
        listener = fd;
        poller.execute(() -> {
            key = poller.watch(listener, events -> accept(), Poller.IN);
            desk.start();
        });
    }

    private void accept() {
        for (int i = 0; !paused && inside.size() < limits.connections; i++) {
            if (i == BURST) {
                return;                 // and is told again at once
            }
            int fd = Fd.mine().accept(listener);
            if (fd == -Errno.EMFILE || fd == -Errno.ENFILE) {
                if (warnings.allow(stack.clock().nanoTime())) {
                    LOG.warn("no descriptors are left, clients of the control socket wait");
                }
                pause();
                poller.after(NO_DESCRIPTORS_NS, this::resume);
                return;
            }
            if (fd < 0) {
                return;
            }
            admit(fd);
        }
        pause();
    }

    /// A client has connected. By the poller's thread.
    void admit(int fd) {
        Fd.mine().inLine(fd);
        try {
            Owner owner = policy.owner(Fd.mine().credentials(fd));
            ControlSession session = new ControlSession(this, owner, fd);
            HttpError unwanted = unwanted(owner);
            if (unwanted != null) {
                session.turnAway(unwanted);
            } else if (session.start()) {
                sessions.add(session);
                count = sessions.size();
                in(session);
            }
        } catch (IOException e) {
            LOG.debug("a client has no credentials cause={}", e.getMessage());
            Fd.mine().close(fd);
        }
    }

    /// Why one more client of `owner` is turned away; null if it is not.
    private HttpError unwanted(Owner owner) {
        if (owner.account().sessions() >= limits.share) {
            return SocketErrors.tooMany("EAGAIN", "Uid " + owner.user() + " has " + limits.share
                    + " connections open that are no sockets, which is as many as one user may.");
        }
        return owner.account().closer().full() ? SocketErrors.tooMany("EAGAIN", "Descriptors that uid "
                + owner.user() + " has passed on are not closed yet.") : null;
    }

    private void pause() {
        if (!paused) {
            paused = true;
            poller.interest(key, 0);
        }
    }

    private void resume() {
        if (paused && listener >= 0) {
            paused = false;
            poller.interest(key, Poller.IN);
        }
    }

    /// A session takes up room again. Idempotent, as [#out].
    void in(ControlSession session) {
        if (sessions.contains(session) && inside.add(session)) {
            session.owner().account().came();
        }
    }

    /// A session takes up no room, for now or for good.
    void out(ControlSession session) {
        if (inside.remove(session)) {
            session.owner().account().went();
            resume();
        }
    }

    /// A session is over, or has become a socket.
    void ended(ControlSession session) {
        sessions.remove(session);
        count = sessions.size();
        out(session);
    }

    /// Those that must go round: the thread of clients; before Linux 6.16 none, for there one who passes a
    /// descriptor on through a socket can make that wait, see [Fd#passesNone]. By whoever has opened this.
    public List<Rounds> threads() {
        return Fd.mine().canPassNone(listener) ? List.of(poller) : List.of();
    }

    /// Connections that are no sockets. Any thread.
    int sessions() {
        return count;
    }

    /// What who asked is told when that was met.
    HttpError why(Throwable met) {
        if (met instanceof HttpError known) {
            return known;
        }
        if (met instanceof OutOfMemoryError) {
            return noMemory();
        }
        FaultLog.system().record(met);
        return HttpError.fault("This is a fault of the daemon; its log has more.");
    }

    /// There is no memory for buffers: Netty's limit.
    HttpError noMemory() {
        if (warnings.allow(stack.clock().nanoTime())) {
            LOG.warn("no memory for buffers is left, clients of the control socket are turned away");
        }
        return HttpError.unavailable("The daemon has no memory for buffers just now.");
    }

    Limits limits() {
        return limits;
    }

    Paths paths() {
        return paths;
    }

    Json json() {
        return json;
    }

    Poller poller() {
        return poller;
    }

    SocketDesk desk() {
        return desk;
    }

    /// Who does what is of that kind.
    ExecutorService workers(Paths.Kind kind) {
        return kind == Paths.Kind.DONE ? workers : waiting;
    }

    private static ExecutorService workers(String name) {
        return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name, 0).factory());
    }

    ByteBufAllocator allocator() {
        return stack.allocator();
    }

    /// Ends it, and waits, but not for ever, for requests that are being done; what only waits is told so.
    /// Idempotent.
    @Override
    public void close() {
        Witness.beforeBlocking("closing the control socket");
        if (file != null) {
            file.remove();
        }
        waiting.shutdownNow();          // a ping, or a capture whose filter the host's resolver looks at
        workers.shutdown();
        long untilNs = stack.clock().nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        try {
            if (!waiting.awaitTermination(PATIENCE_S, TimeUnit.SECONDS)
                    | !workers.awaitTermination(untilNs - stack.clock().nanoTime(),
                            TimeUnit.NANOSECONDS)) {
                LOG.warn("control requests do not end seconds={}", PATIENCE_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poller.execute(this::end);
        poller.close();
    }

    private void end() {
        if (listener >= 0) {
            poller.forget(listener);
            Fd.mine().close(listener);
            listener = -1;
        }
        Set.copyOf(sessions).forEach(ControlSession::close);
        desk.close();
    }
}
