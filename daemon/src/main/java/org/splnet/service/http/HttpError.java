package org.splnet.service.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/// A request that is answered with an error.
public final class HttpError extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;
    private final String allow;

    /// @param message a sentence for people
    public HttpError(HttpResponseStatus status, String message) {
        this(status, message, null);
    }

    /// @param allow the methods a resource has, for 405 (RFC 9110 §15.5.6)
    public HttpError(HttpResponseStatus status, String message, String allow) {
        super(message, null, false, false);
        this.status = status;
        this.allow = allow;
    }

    /// There is nothing at the path.
    ///
    /// @param message a sentence for people
    public static HttpError notFound(String message) {
        return new HttpError(HttpResponseStatus.NOT_FOUND, message);
    }

    /// What the answer begins with.
    public HttpResponseStatus status() {
        return status;
    }

    /// The methods a resource has; null but for 405.
    public String allow() {
        return allow;
    }
}
