package org.splnet.service.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/// A request that is answered with an error.
public final class HttpError extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;
    private final String allow;
    private final String errno;

    /// @param message a sentence for people
    public HttpError(HttpResponseStatus status, String message) {
        this(status, message, null);
    }

    /// @param allow the methods a resource has, for 405 (RFC 9110 §15.5.6)
    public HttpError(HttpResponseStatus status, String message, String allow) {
        this(status, message, allow, null);
    }

    private HttpError(HttpResponseStatus status, String message, String allow, String errno) {
        super(message, null, false, false);
        this.status = status;
        this.allow = allow;
        this.errno = errno;
    }

    /// A socket call that failed.
    ///
    /// @param errno what it would have set errno to, by its POSIX name
    public static HttpError ofCall(HttpResponseStatus status, String message, String errno) {
        return new HttpError(status, message, null, errno);
    }

    /// There is nothing at the path.
    ///
    /// @param message a sentence for people
    public static HttpError notFound(String message) {
        return new HttpError(HttpResponseStatus.NOT_FOUND, message);
    }

    /// Not now, for a reason that lies with us.
    ///
    /// @param message a sentence for people
    public static HttpError unavailable(String message) {
        return new HttpError(HttpResponseStatus.SERVICE_UNAVAILABLE, message);
    }

    /// Something of ours is broken.
    ///
    /// @param message a sentence for people
    public static HttpError fault(String message) {
        return new HttpError(HttpResponseStatus.INTERNAL_SERVER_ERROR, message);
    }

    /// What the answer begins with.
    public HttpResponseStatus status() {
        return status;
    }

    /// The methods a resource has; null but for 405.
    public String allow() {
        return allow;
    }

    /// What the socket call would have set errno to; null if it was none.
    public String errno() {
        return errno;
    }
}
