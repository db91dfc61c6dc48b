package org.splnet.relay;

import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.splnet.service.IdleWatch;
import org.splnet.service.ServiceContext;
import org.splnet.service.status.RelayStatus;

/// One relay: who is let in, what is counted. Any thread, holding nothing.
final class Relay implements AutoCloseable {
    private final int id;
    private volatile RelayConfig config;
    private final ServiceContext context;
    private final RelayStats stats = new RelayStats();
    private final AtomicInteger open = new AtomicInteger();
    private final IdleWatch<Guest> watch;
    private volatile boolean closed;
    private volatile Door door;

    /// Where a relay listens.
    interface Door {
        /// As it is shown, with the port that was chosen.
        String place();

        /// Lets in who comes, if it does not do so yet.
        void start();

        /// Nobody comes in any more. Idempotent.
        void close();
    }

    Relay(int id, RelayConfig config, ServiceContext context) {
        this.id = id;
        this.config = config;
        this.context = context;
        this.watch = new IdleWatch<>(config.quietNs(), context.clock(), context.wheel());
    }

    int id() {
        return id;
    }

    RelayConfig config() {
        return config;
    }

    ServiceContext context() {
        return context;
    }

    RelayStats stats() {
        return stats;
    }

    /// The same door with other bounds, another place it leads to: for who comes in from now on.
    void change(RelayConfig next) {
        config = next;
        watch.idle(next.quietNs());
    }

    /// Listens no more; connections go on. Idempotent.
    void shut() {
        Door at = door;
        if (at != null) {
            at.close();
        }
    }

    /// True if nobody is connected.
    boolean empty() {
        return open.get() == 0;
    }

    /// It listens, and lets in who comes from now on.
    void opened(Door at) {
        door = at;
        watch.start();
        at.start();
    }

    /// Somebody comes in.
    ///
    /// @return null if there are as many as allowed; then the caller resets him
    Splice admit(EventLoop loop) {
        return admit(() -> new Splice(this, loop));
    }

    /// As [#admit(EventLoop)], for a guest of any kind.
    <T extends Guest> T admit(Supplier<T> made) {
        if (open.incrementAndGet() > config.maxConnections() || closed) {
            open.decrementAndGet();
            stats.refused.increment();
            return null;
        }
        stats.total.increment();
        T guest = made.get();
        watch.add(guest);
        if (closed) {
            guest.stop();
        }
        return guest;
    }

    /// A guest has gone. Called once for each.
    void ended(Guest guest) {
        watch.remove(guest);
        open.decrementAndGet();
    }

    RelayStatus status() {
        Door at = door;
        return new RelayStatus(id, config.kind(), at == null ? config.listen() : at.place(), config.to(),
                open.get(), stats.total.sum(), stats.refused.sum(), stats.failed.sum(),
                stats.idleTimeouts.sum(), stats.resets.sum(), stats.dropped.sum(), stats.octetsToStack.sum(),
                stats.octetsToHost.sum());
    }

    /// Listens no more and resets every connection. Idempotent.
    @Override
    public void close() {
        closed = true;
        watch.close();
        if (door != null) {
            door.close();
        }
        watch.all().forEach(Guest::stop);
    }
}
