package org.splnet.service;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.splnet.kern.RateLimit;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Ip4Addr;

/// Echo, discard and chargen, those that are asked for. One thread changes them, any looks.
public final class SmallServices implements AutoCloseable {
    /// RFC 864: a datagram of 0 to 512 characters.
    private static final int CHARGEN_MOST = 512;
    /// A fraction of a second's answers may go at once.
    private static final int BURSTS_PER_SECOND = 4;

    /// Which service.
    public enum Kind {
        ECHO, DISCARD, CHARGEN;

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One service as it is to be run.
    ///
    /// @param answersPerSecond over UDP
    public record Spec(Kind kind, int port, boolean tcp, boolean udp, StreamServer.Limits limits,
            int answersPerSecond) { }

    private final ServiceContext context;
    private final Set<Integer> refused = ConcurrentHashMap.newKeySet();
    private final Map<Kind, Stream> streams = new EnumMap<>(Kind.class);
    private final Map<Kind, Datagrams> datagrams = new EnumMap<>(Kind.class);
    private final List<StreamServer> retired = new ArrayList<>();
    private volatile Map<String, ServiceStats> stats = Map.of();

    private record Stream(Spec spec, StreamServer server) { }

    private record Datagrams(Spec spec, DatagramServer server) { }

    private SmallServices(ServiceContext context) {
        this.context = context;
    }

    /// Opens all of `specs`; if one cannot be opened the others are closed again.
    ///
    /// @throws SocketException naming the service that failed
    public static SmallServices open(ServiceContext context, List<Spec> specs) throws SocketException {
        SmallServices services = new SmallServices(context);
        try {
            services.change(specs, step -> { });
            return services;
        } catch (SocketException e) {
            services.close();
            throw e;
        }
    }

    /// The first half of a change: those that `next` has not, or elsewhere, listen no more. What is connected
    /// to them goes on.
    ///
    /// @param undo is given what takes a step back
    public void shut(List<Spec> next, Consumer<AutoCloseable> undo) {
        retired.removeIf(SmallServices::over);
        for (Kind kind : Kind.values()) {
            Spec will = spec(next, kind);
            Stream stream = streams.get(kind);
            if (stream != null && !(will != null && will.tcp() && will.port() == stream.spec.port())) {
                stream.server.shut();
                streams.remove(kind);
                retired.add(stream.server);
                undo.accept(() -> {
                    retired.remove(stream.server);
                    listen(stream);
                    streams.put(kind, stream);
                    show();
                });
            }
            Datagrams heard = datagrams.get(kind);
            if (heard != null && !(will != null && will.udp() && will.port() == heard.spec.port())) {
                heard.server.close();
                datagrams.remove(kind);
                undo.accept(() -> {
                    bind(heard);
                    datagrams.put(kind, heard);
                    show();
                });
            }
        }
    }

    /// The second half: those that `next` has and that do not listen yet are opened, the others are told
    /// their bounds.
    ///
    /// @param undo is given what takes a step back
    /// @throws SocketException naming the service that failed
    public void change(List<Spec> next, Consumer<AutoCloseable> undo) throws SocketException {
        Set<Integer> ports = new HashSet<>(DatagramServer.ANSWERING_PORTS);
        next.stream().filter(Spec::udp).forEach(spec -> ports.add(spec.port()));
        Set<Integer> before = Set.copyOf(refused);
        refused.addAll(ports);
        refused.retainAll(ports);
        undo.accept(() -> {
            refused.addAll(before);
            refused.retainAll(before);
            show();
        });
        for (Spec spec : next) {
            if (spec.tcp()) {
                stream(spec, undo);
            }
            if (spec.udp()) {
                datagrams(spec, undo);
            }
        }
        show();
    }

    private static boolean over(StreamServer server) {
        boolean over = server.stats().open.sum() == 0;
        if (over) {
            server.close();
        }
        return over;
    }

    private static Spec spec(List<Spec> all, Kind kind) {
        return all.stream().filter(each -> each.kind() == kind).findFirst().orElse(null);
    }

    private void stream(Spec spec, Consumer<AutoCloseable> undo) throws SocketException {
        Stream was = streams.get(spec.kind());
        Stream is = new Stream(spec, was != null ? was.server : new StreamServer(spec.kind().label(),
                opener(spec.kind()), spec.limits(), context.clock(), context.wheel()));
        if (was == null) {
            listen(is);
            undo.accept(() -> {
                is.server.close();
                streams.remove(spec.kind());
            });
        } else {
            was.server.limits(spec.limits());
            undo.accept(() -> {
                was.server.limits(was.spec.limits());
                streams.put(spec.kind(), was);
            });
        }
        streams.put(spec.kind(), is);
    }

    private void datagrams(Spec spec, Consumer<AutoCloseable> undo) throws SocketException {
        Datagrams was = datagrams.get(spec.kind());
        Datagrams is = new Datagrams(spec, was != null ? was.server : new DatagramServer(spec.kind().label(),
                answer(spec.kind()), context.clock(), limit(spec), refused, context.own()));
        if (was == null) {
            bind(is);
            undo.accept(() -> {
                is.server.close();
                datagrams.remove(spec.kind());
            });
        } else if (was.spec.answersPerSecond() != spec.answersPerSecond()) {
            was.server.limit(limit(spec));
            undo.accept(() -> {
                was.server.limit(limit(was.spec));
                datagrams.put(spec.kind(), was);
            });
        }
        datagrams.put(spec.kind(), is);
    }

    private void listen(Stream stream) throws SocketException {
        stream.server.open(context.tcp(), new Endpoint(Ip4Addr.ANY, stream.spec.port()),
                StreamServer.OPTIONS);
    }

    private void bind(Datagrams heard) throws SocketException {
        heard.server.open(context.udp(), new Endpoint(Ip4Addr.ANY, heard.spec.port()),
                SocketOptions.DEFAULTS);
    }

    private static RateLimit limit(Spec spec) {
        return new RateLimit(spec.answersPerSecond(),
                Math.max(1, spec.answersPerSecond() / BURSTS_PER_SECOND));
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

    private void show() {
        Map<String, ServiceStats> all = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            if (streams.get(kind) instanceof Stream(Spec spec, StreamServer server)) {
                all.put(kind.label() + "-tcp", server.stats());
            }
            if (datagrams.get(kind) instanceof Datagrams(Spec spec, DatagramServer server)) {
                all.put(kind.label() + "-udp", server.stats());
            }
        }
        stats = all;
    }

    /// Counters by service and transport: `echo-tcp`.
    public Map<String, ServiceStats> stats() {
        return stats;
    }

    /// Ends all of them. Idempotent.
    @Override
    public void close() {
        streams.values().forEach(each -> each.server.close());
        datagrams.values().forEach(each -> each.server.close());
        retired.forEach(StreamServer::close);
    }
}
