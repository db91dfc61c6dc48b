package org.splnet.control;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.splnet.service.http.HttpError;

/// What clients ask for that is about sockets, see docs/sockets.md.
enum SocketCall {
    /// A connection; its target is no path.
    CONNECT(HttpMethod.CONNECT, ""),
    BIND(HttpMethod.POST, "/v1/bind"),
    LISTEN(HttpMethod.POST, "/v1/listen"),
    DATAGRAM(HttpMethod.POST, "/v1/datagram"),
    ATTACH(HttpMethod.POST, "/v1/attach/{id}"),
    SHOW(HttpMethod.GET, "/v1/sockets/{id}"),
    END(HttpMethod.DELETE, "/v1/sockets/{id}"),
    OPTIONS(HttpMethod.GET, "/v1/sockets/{id}/options"),
    CHANGE(HttpMethod.PUT, "/v1/sockets/{id}/options"),
    ERROR(HttpMethod.GET, "/v1/sockets/{id}/error"),
    QUEUES(HttpMethod.GET, "/v1/sockets/{id}/queues"),
    REMOTE(HttpMethod.PUT, "/v1/sockets/{id}/remote");

    private static final String ID = "{id}";

    private final HttpMethod method;
    private final String path;

    SocketCall(HttpMethod method, String path) {
        this.method = method;
        this.path = path;
    }

    HttpMethod method() {
        return method;
    }

    /// Where it is, with `{id}` for a socket's number.
    String path() {
        return path;
    }

    /// The call at `path`; null if that is not about a socket.
    ///
    /// @throws HttpError 405 for another method than there is
    static SocketCall at(HttpMethod method, String path) throws HttpError {
        HttpMethod asked = HttpMethod.HEAD.equals(method) ? HttpMethod.GET : method;
        TreeSet<String> others = new TreeSet<>();
        for (SocketCall each : values()) {
            if (each != CONNECT && each.matches(path)) {
                if (each.method.equals(asked)) {
                    return each;
                }
                others.add(each.method.name());
            }
        }
        if (others.remove("GET")) {
            others.add("GET");
            others.add("HEAD");
        }
        if (!others.isEmpty()) {
            String allow = String.join(", ", others);
            throw new HttpError(HttpResponseStatus.METHOD_NOT_ALLOWED, "This resource has " + allow
                    + " only.",
                    allow);
        }
        return null;
    }

    private boolean matches(String asked) {
        int hole = path.indexOf(ID);
        if (hole < 0) {
            return path.equals(asked);
        }
        String rest = path.substring(hole + ID.length());
        return asked.startsWith(path.substring(0, hole)) && asked.endsWith(rest)
                && asked.length() > hole + rest.length()
                && asked.indexOf('/', hole) == (rest.isEmpty() ? -1 : asked.length() - rest.length());
    }

    /// The socket's number in the path of a request.
    ///
    /// @throws HttpError 404 for what cannot be one
    long id(String asked) throws HttpError {
        int hole = path.indexOf(ID);
        return Numbers.id(asked.substring(hole, asked.length() - (path.length() - hole - ID.length())));
    }

    /// True if what follows the request is the socket's octets, before the answer too: nothing behind one
    /// that fails is a request.
    static boolean isStream(SocketCall call) {
        return call == CONNECT || call == ATTACH;
    }

    /// All paths, for whoever looks for one in vain.
    static String paths() {
        return Arrays.stream(values()).map(SocketCall::path).filter(each -> !each.isEmpty()).distinct()
                .collect(Collectors.joining(", "));
    }
}
