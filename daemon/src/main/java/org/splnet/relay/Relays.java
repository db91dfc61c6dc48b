package org.splnet.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.service.ServiceContext;
import org.splnet.service.status.RelayStatus;
import org.splnet.socket.SocketException;

/// The relays of one stack. Any thread, holding nothing; opening and closing may block for a moment.
public final class Relays implements AutoCloseable {
    /// Relays at most.
    public static final int MOST = 256;

    private static final String STOPPING = "the daemon is stopping";
    private static final Logger LOG = LoggerFactory.getLogger("splnet.relay");

    private final ServiceContext context;
    private final Names names;
    private final SelectorProvider sockets;
    private final AtomicReference<Host> host = new AtomicReference<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, Relay> all = new ConcurrentHashMap<>();
    // Listen no more, and still have connections.
    private final Set<Relay> retired = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// None yet.
    public Relays(ServiceContext context) {
        this(context, InetAddress::getAllByName, SelectorProvider.provider());
    }

    Relays(ServiceContext context, Names.Lookup lookup, SelectorProvider sockets) {
        this.context = context;
        this.names = new Names(lookup);
        this.sockets = sockets;
    }

    /// Opens one.
    ///
    /// @param early an address of the stack to listen at need not be in use yet
    /// @throws HostException if the host does not let it listen
    /// @throws SocketException if the stack does not
    /// @throws IllegalStateException if there are too many, or none any more
    public RelayStatus open(RelayConfig config, boolean early) throws HostException, SocketException {
        if (closed) {
            throw new IllegalStateException(STOPPING);
        }
        if (all.size() >= MOST) {
            throw new IllegalStateException("there are " + MOST + " relays, as many as there may be");
        }
        Relay relay = new Relay(lastId.incrementAndGet(), config, context);
        listen(relay, early);
        all.put(relay.id(), relay);
        if (closed) {
            relay.close();
            throw new IllegalStateException(STOPPING);
        }
        LOG.info("relay listens id={} kind={} listen={} to={}", relay.id(), config.kind(),
                relay.status().listen(), config.to());
        return relay.status();
    }

    /// Has one with the same door go by other bounds and lead elsewhere, for who comes in from now on.
    ///
    /// @param next of the same kind, listening at the same place
    /// @return false if there is none of that number
    /// @throws HostException if the host does not let it lead there
    public boolean change(int id, RelayConfig next) throws HostException {
        Relay relay = all.get(id);
        if (relay != null) {
            require(next);
            relay.change(next);
            LOG.info("relay changed id={} to={}", id, next.to());
        }
        return relay != null;
    }

    /// Has one listen no more. Its connections go on until they end, are idle for too long, or all relays
    /// are closed.
    ///
    /// @return false if there is none of that number
    public boolean shut(int id) {
        Relay relay = all.remove(id);
        if (relay == null) {
            return false;
        }
        relay.shut();
        retired.add(relay);
        LOG.info("relay listens no more id={}", id);
        return true;
    }

    /// Forgets those that listen no more and whose last connection has ended: they cannot be had back by
    /// [#reopen].
    public void sweep() {
        retired.removeIf(each -> each.empty() && ended(each));
    }

    private static boolean ended(Relay relay) {
        relay.close();
        return true;
    }

    /// Takes [#shut] back.
    ///
    /// @throws HostException if the host does not let it listen any more
    /// @throws SocketException if the stack does not
    /// @throws IllegalStateException if it is not there any more
    public void reopen(int id) throws HostException, SocketException {
        Relay relay = retired.stream().filter(each -> each.id() == id).findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no relay " + id + " any more"));
        listen(relay, true);
        retired.remove(relay);
        all.put(id, relay);
    }

    private void require(RelayConfig config) throws HostException {
        if (config instanceof PublishConfig publish) {
            Host.require(Place.serving("to", publish.to()), "to", sockets);
        }
    }

    private void listen(Relay relay, boolean early) throws HostException, SocketException {
        require(relay.config());
        relay.opened(switch (relay.config()) {
            case PublishConfig publish when publish.datagrams() ->
                    new PublishFlows(relay, publish, host(), early);
            case PublishConfig publish -> new PublishDoor(relay, publish, host(), early);
            case ForwardConfig forward when forward.datagrams() -> new ForwardFlows(relay, forward, host());
            case ForwardConfig forward -> host().listen(Place.listening("listen", forward.listen()), "listen",
                    new ForwardGuest(relay));
            case SocksConfig socks -> host().listen(Place.listening("listen", socks.listen()), "listen",
                    new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            SocksGuest.receive(relay, (SocksConfig) relay.config(), names, channel);
                        }
                    });
        });
    }

    /// Made for the first relay: a stack without any has no threads for them.
    private Host host() {
        Host there = host.get();
        if (there != null) {
            return there;
        }
        Host made = new Host(context.allocator(), sockets);
        if (host.compareAndSet(null, made)) {
            return made;
        }
        made.close();
        return host.get();
    }

    /// Ends one and resets its connections.
    ///
    /// @return false if there is none of that number
    public boolean close(int id) {
        Relay relay = all.remove(id);
        if (relay == null) {
            return false;
        }
        relay.close();
        LOG.info("relay ended id={}", id);
        return true;
    }

    /// All of them, in the order they were opened.
    public List<RelayStatus> list() {
        return all.values().stream().sorted(Comparator.comparingInt(Relay::id)).map(Relay::status).toList();
    }

    /// Ends all and resets their connections. Idempotent.
    @Override
    public void close() {
        closed = true;
        all.keySet().forEach(this::close);
        retired.forEach(Relay::close);
        names.close();
        Host there = host.get();
        if (there != null) {
            there.close();
        }
    }
}
