package org.splnet.service.status;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Witness;
import org.splnet.service.ServiceContext;
import org.splnet.service.ServiceStats;
import org.splnet.service.StreamServer;
import org.splnet.service.http.AnswerBudget;
import org.splnet.service.http.HttpHandler;
import org.splnet.service.http.HttpLimits;
import org.splnet.service.http.HttpSession;
import org.splnet.service.http.Router;
import org.splnet.service.metrics.Metrics;
import org.splnet.socket.SocketException;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Ip4Addr;

/// The status page's server.
public final class StatusServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.http");
    private static final long PATIENCE_S = 3;
    /// Octets: what some clients that do not take it may make wait, and no more than a heap can bear.
    private static final long ANSWERS = 64L << 20;

    private final StreamServer server;
    private volatile HttpLimits http;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
    private final Json json = new Json();
    private final AnswerBudget answers = new AnswerBudget(ANSWERS);

    /// @param source what is shown
    public StatusServer(ServiceContext context, StackSource source, StreamServer.Limits limits) {
        Router router = router(source);
        this.http = HttpLimits.idle(limits.idleNs());
        this.server = new StreamServer("status",
                (socket, stats) -> new HttpSession(socket, stats, threads, router, answers, http,
                context.clock(), context.allocator()), limits, context.clock(), context.wheel());
    }

    private Router router(StackSource source) {
        Page page = new Page(source);
        Metrics metrics = new Metrics(source);
        Map<String, Supplier<Object>> resources = Resources.of(source);
        resources.put("sockets", () -> source.sockets().stream().map(SocketStatus::withoutOwner).toList());
        Router router = new Router()
                .get("/", exchange -> exchange.answer("text/html; charset=utf-8",
                        () -> page.html().getBytes(StandardCharsets.UTF_8)))
                .get("/metrics", exchange -> {
                    Metrics.Format format = Metrics.Format.accepted(exchange.field(HttpHeaderNames.ACCEPT));
                    exchange.answer(format.type(), () -> metrics.text(format));
                })
                .get("/status.json", json(() -> everything(resources)))
                .getBelow(BytesHandler.PREFIX, new BytesHandler())
                .upload("/upload", new UploadHandler(json));
        resources.forEach((name, value) -> router.get("/v1/" + name, json(value)));
        return router;
    }

    private HttpHandler json(Supplier<Object> value) {
        return exchange -> exchange.answer(Json.TYPE, () -> json.octets(value.get()));
    }

    private static Map<String, Object> everything(Map<String, Supplier<Object>> resources) {
        Map<String, Object> all = new LinkedHashMap<>();
        resources.forEach((name, value) -> all.put(name, value.get()));
        return all;
    }

    /// Starts to listen, or does it again after [#shut].
    public void open(ServiceContext context, int port) throws SocketException {
        server.open(context.tcp(), new Endpoint(Ip4Addr.ANY, port), StreamServer.OPTIONS);
    }

    /// Other bounds from now on.
    public void limits(StreamServer.Limits next) {
        http = HttpLimits.idle(next.idleNs());
        server.limits(next);
    }

    /// Listens no more; connections go on. Idempotent.
    public void shut() {
        server.shut();
    }

    /// Counters.
    public ServiceStats stats() {
        return server.stats();
    }

    /// Ends it, and waits, but not for ever, until its threads have noticed. Idempotent.
    @Override
    public void close() {
        Witness.beforeBlocking("closing the status server");
        server.close();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(PATIENCE_S, TimeUnit.SECONDS)) {
                LOG.warn("http connections do not end seconds={}", PATIENCE_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
