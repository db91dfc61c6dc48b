package org.splnet.control;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.splnet.service.http.HttpError;
import org.splnet.service.metrics.Metrics;
import org.splnet.service.metrics.Metrics.Format;
import org.splnet.service.status.Resources;
import org.splnet.service.status.StackSource;

/// What is done with which path by which method.
final class Paths {
    /// What a client must be allowed to for a request.
    enum Need {
        /// To see what anybody may who gets at the control socket.
        LOOK,
        /// To change the daemon.
        STEER,
        /// To see everybody's packets.
        CAPTURE
    }

    /// What becomes of a thing to be done.
    enum Kind {
        /// It is done, in a while at most.
        DONE,
        /// It changes nothing, and waits for somebody: nobody waits for it when we end.
        WAITING,
        /// The same, and is answered with a [PullStream].
        STREAM
    }

    /// One thing to be done.
    ///
    /// @param need what whoever asks for it must be allowed to
    /// @param kind what becomes of it
    record Action(Need need, Kind kind, Call call, List<String> parameters, Query query) {
        /// Does it. May block.
        ///
        /// @param body of the request, empty where there was none
        /// @return what is answered: a [Document] as it is; a [PullStream] piece by piece, by whoever gets
        ///     it, who starts and closes it; null for nothing (204); anything else as JSON
        Object run(byte[] body) throws HttpError {
            return Paths.run(call, new Request(parameters, query, body));
        }
    }

    /// One request for a thing to be done.
    ///
    /// @param parameters of the path, in its order
    record Request(List<String> parameters, Query query, byte[] body) {
        String parameter(int i) {
            return parameters.get(i);
        }
    }

    /// Does one kind of thing.
    interface Call {
        Object run(Request request) throws HttpError;
    }

    private record Entry(Need need, Kind kind, Call call, Set<String> query) { }

    private final Map<String, Map<HttpMethod, Entry>> all = new LinkedHashMap<>();
    private final Map<String, Template> templates = new LinkedHashMap<>();

    Paths(StackSource source, Steering steering) {
        Resources.of(source).forEach((name, value) -> on("/v1/" + name, HttpMethod.GET,
                request -> value.get()));
        Metrics metrics = new Metrics(source);
        on("/metrics", HttpMethod.GET, request -> {
            Format format;
            try {
                format = Format.of(request.query().text("format"));
            } catch (IllegalArgumentException e) {
                throw Body.refused("?format: " + e.getMessage() + ".");
            }
            return new Document(format.type(), metrics.text(format));
        }, "format");
        stream(Need.LOOK, "/v1/events", request
                -> new EventStream(EventStream.kinds(request.query().text("kind"))),
                "kind");
        new SteeringCalls(steering, source).register(this);
        new RelayCalls(steering).register(this);
    }

    /// Who answers.
    ///
    /// @param path decoded, without the query
    /// @param query its keys and values, decoded
    /// @throws HttpError 404, 405, or 422 for a query that is not wanted
    Action action(HttpMethod method, String path, Map<String, List<String>> query) throws HttpError {
        for (Map.Entry<String, Template> each : templates.entrySet()) {
            List<String> parameters = each.getValue().match(path);
            if (parameters != null) {
                Entry entry = entry(all.get(each.getKey()), method);
                return new Action(entry.need(), entry.kind(), entry.call(), parameters,
                        Query.of(query, entry.query()));
            }
        }
        throw HttpError.notFound("There is nothing at this path; there is "
                + String.join(", ", new TreeSet<>(all.keySet())) + "; and for sockets " + SocketCall.paths()
                + ".");
    }

    private static Entry entry(Map<HttpMethod, Entry> methods, HttpMethod method) throws HttpError {
        Entry entry = methods.get(method);
        if (entry == null) {
            TreeSet<String> names = new TreeSet<>();
            methods.keySet().forEach(each -> names.add(each.name()));
            String allow = String.join(", ", names);
            throw new HttpError(HttpResponseStatus.METHOD_NOT_ALLOWED,
                    "This resource has " + allow + " only.", allow);
        }
        return entry;
    }

    private static Object run(Call call, Request request) throws HttpError {
        try {
            return call.run(request);
        } catch (Refusal e) {
            throw new HttpError(switch (e.kind()) {
                case UNKNOWN -> HttpResponseStatus.NOT_FOUND;
                case CONFLICT -> HttpResponseStatus.CONFLICT;
                case TOO_MANY -> HttpResponseStatus.TOO_MANY_REQUESTS;
                case UNWANTED -> HttpResponseStatus.UNPROCESSABLE_ENTITY;
                case STOPPING -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            }, e.getMessage() + ".");
        }
    }

    /// Registers a call: who may look may GET, and for everything else one must be allowed to steer.
    ///
    /// @param query the keys its query may have
    void on(String path, HttpMethod method, Call call, String... query) {
        Entry entry = new Entry(method.equals(HttpMethod.GET) ? Need.LOOK : Need.STEER, Kind.DONE,
                call, Set.of(query));
        add(path, method, entry);
        if (method.equals(HttpMethod.GET)) {
            add(path, HttpMethod.HEAD, entry);
        }
    }

    /// Registers what is answered with a [PullStream]: without HEAD, which would begin one for nothing.
    void stream(Need need, String path, Call call, String... query) {
        add(path, HttpMethod.GET, new Entry(need, Kind.STREAM, call, Set.of(query)));
    }

    /// Registers what waits for somebody else, for whom one must be allowed to steer.
    void waiting(String path, HttpMethod method, Call call) {
        add(path, method, new Entry(Need.STEER, Kind.WAITING, call, Set.of()));
    }

    private void add(String path, HttpMethod method, Entry entry) {
        templates.computeIfAbsent(path, Template::new);
        all.computeIfAbsent(path, key -> new HashMap<>()).put(method, entry);
    }

    /// Every path with its methods and the keys of their queries, to be held against what is written of them.
    Map<String, Map<HttpMethod, Set<String>>> listing() {
        Map<String, Map<HttpMethod, Set<String>>> listing = new LinkedHashMap<>();
        all.forEach((path, methods) -> methods.forEach((method, entry) -> listing
                .computeIfAbsent(path, key -> new HashMap<>()).put(method, entry.query())));
        return listing;
    }
}
