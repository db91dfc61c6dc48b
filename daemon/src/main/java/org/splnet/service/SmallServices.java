package org.splnet.service;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.splnet.kern.RateLimit;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Ip4Addr;

/// Echo, discard and chargen, those that are asked for.
public final class SmallServices implements AutoCloseable {
    /// RFC 864: a datagram of 0 to 512 characters.
    private static final int CHARGEN_MOST = 512;
    /// A fraction of a second's answers may go at once.
    private static final int BURSTS_PER_SECOND = 4;

    /// Which service.
    public enum Kind { ECHO, DISCARD, CHARGEN }

    /// One service as it is to be run.
    ///
    /// @param answersPerSecond over UDP
    public record Spec(Kind kind, int port, boolean tcp, boolean udp, StreamServer.Limits limits,
            int answersPerSecond) { }

    private final ServiceContext context;
    private final List<AutoCloseable> servers = new ArrayList<>();
    private final Map<String, ServiceStats> stats = new LinkedHashMap<>();

    private SmallServices(ServiceContext context) {
        this.context = context;
    }

    /// Opens all of `specs`; if one cannot be opened the others are closed again.
    ///
    /// @throws SocketException naming the service that failed
    public static SmallServices open(ServiceContext context, List<Spec> specs) throws SocketException {
        SmallServices services = new SmallServices(context);
        Set<Integer> refused = new HashSet<>(DatagramServer.ANSWERING_PORTS);
        specs.stream().filter(Spec::udp).forEach(spec -> refused.add(spec.port()));
        try {
            for (Spec spec : specs) {
                services.open(spec, refused);
            }
            return services;
        } catch (SocketException e) {
            services.close();
            throw e;
        }
    }

    private void open(Spec spec, Set<Integer> refused) throws SocketException {
        String name = spec.kind().name().toLowerCase(java.util.Locale.ROOT);
        Endpoint any = new Endpoint(Ip4Addr.ANY, spec.port());
        if (spec.tcp()) {
            StreamServer server = new StreamServer(name, opener(spec.kind()), spec.limits(), context.clock(),
                    context.wheel());
            servers.add(server);
            stats.put(name + "-tcp", server.stats());
            server.open(context.tcp(), any, SocketOptions.DEFAULTS.withNoDelay(true));
        }
        if (spec.udp()) {
            RateLimit limit = new RateLimit(spec.answersPerSecond(),
                    Math.max(1, spec.answersPerSecond() / BURSTS_PER_SECOND));
            DatagramServer server = new DatagramServer(name, answer(spec.kind()), context.clock(), limit,
                    refused,
                    context.own());
            servers.add(server);
            stats.put(name + "-udp", server.stats());
            server.open(context.udp(), any, SocketOptions.DEFAULTS);
        }
    }

    private static StreamServer.Opener opener(Kind kind) {
        return switch (kind) {
            case ECHO -> EchoSession::new;
            case DISCARD -> DiscardSession::new;
            case CHARGEN -> ChargenSession::new;
        };
    }

    private DatagramServer.Answer answer(Kind kind) {
        return switch (kind) {
            case ECHO -> ByteBuf::retain;
            case DISCARD -> question -> null;
            case CHARGEN -> question -> characters();
        };
    }

    private ByteBuf characters() {
        ByteBuf view = CharacterPattern.LINES.view(0);
        return view.setIndex(0, context.entropy().nextInt(CHARGEN_MOST + 1)).retain();
    }

    /// Counters by service and transport: `echo-tcp`.
    public Map<String, ServiceStats> stats() {
        return stats;
    }

    /// Ends all of them. Idempotent.
    @Override
    public void close() {
        for (AutoCloseable server : servers) {
            try {
                server.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
