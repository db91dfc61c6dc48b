package org.splnet.service.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Which handler answers which path.
public final class Router {
    private static final Set<HttpMethod> KNOWN = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST,
            HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.CONNECT, HttpMethod.OPTIONS, HttpMethod.TRACE,
            HttpMethod.PATCH);
    private static final Set<HttpMethod> READ = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<HttpMethod> WRITE = Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.OPTIONS);

    /// @param body true if the handler reads the body
    record Route(HttpHandler handler, Set<HttpMethod> methods, boolean body) {
        String allow() {
            TreeSet<String> names = new TreeSet<>();
            methods.forEach(method -> names.add(method.name()));
            return String.join(", ", names);
        }
    }

    private final Map<String, Route> exact = new LinkedHashMap<>();
    private final Map<String, Route> below = new LinkedHashMap<>();

    /// A resource to be read.
    public Router get(String path, HttpHandler handler) {
        exact.put(path, new Route(handler, READ, false));
        return this;
    }

    /// Resources below `prefix`, which ends with a slash, to be read.
    public Router getBelow(String prefix, HttpHandler handler) {
        below.put(prefix, new Route(handler, READ, false));
        return this;
    }

    /// A resource that takes a body by POST or PUT.
    public Router upload(String path, HttpHandler handler) {
        exact.put(path, new Route(handler, WRITE, true));
        return this;
    }

    Route route(HttpMethod method, String path) throws HttpError {
        // RFC 9110 §9.1: unrecognized is 501, recognized but not here is 405.
        if (!KNOWN.contains(method)) {
            throw new HttpError(HttpResponseStatus.NOT_IMPLEMENTED, "There is no method "
                    + printable(method) + " here.");
        }
        Route route = exact.get(path);
        if (route == null) {
            for (Map.Entry<String, Route> entry : below.entrySet()) {
                if (path.startsWith(entry.getKey())) {
                    route = entry.getValue();
                }
            }
        }
        if (route == null) {
            throw HttpError.notFound("There is nothing at this path.");
        }
        if (!route.methods().contains(method)) {
            throw new HttpError(HttpResponseStatus.METHOD_NOT_ALLOWED, "This resource has " + route.allow()
                    + " only.",
                    route.allow());
        }
        return route;
    }

    private static String printable(HttpMethod method) {
        String name = method.name();
        return name.length() > 20 ? name.substring(0, 20) + "..." : name;
    }
}
