package org.splnet.control;

import io.netty.handler.codec.http.HttpResponseStatus;
import org.splnet.service.http.HttpError;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;

/// Socket errors as answers.
final class SocketErrors {
    private SocketErrors() {
    }

    /// The answer to a call that failed.
    static HttpError of(SocketException e) {
        return HttpError.ofCall(status(e.error()), e.getMessage(), e.error().name());
    }

    /// 422: the request was understood and is not wanted.
    static HttpError refused(String errno, String message) {
        return HttpError.ofCall(HttpResponseStatus.UNPROCESSABLE_ENTITY, message, errno);
    }

    /// 403: not by whoever asks.
    ///
    /// @param message which rule says so
    static HttpError forbidden(String message) {
        return HttpError.ofCall(HttpResponseStatus.FORBIDDEN, message, "EACCES");
    }

    /// 429: not more of it.
    ///
    /// @param message which limit says so
    static HttpError tooMany(String errno, String message) {
        return HttpError.ofCall(HttpResponseStatus.TOO_MANY_REQUESTS, message, errno);
    }

    private static HttpResponseStatus status(SockError error) {
        return switch (error) {
            case ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EPROTO, ECONNABORTED ->
                    HttpResponseStatus.BAD_GATEWAY;
            case ETIMEDOUT -> HttpResponseStatus.GATEWAY_TIMEOUT;
            case EADDRINUSE, EISCONN -> HttpResponseStatus.CONFLICT;
            case EACCES -> HttpResponseStatus.FORBIDDEN;
            case ENOBUFS, EAGAIN -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            default -> HttpResponseStatus.UNPROCESSABLE_ENTITY;
        };
    }

    /// Linux's number for it.
    static int number(SockError error) {
        return switch (error) {
            case EAGAIN -> 11;
            case EACCES -> 13;
            case EINVAL -> 22;
            case EPIPE -> 32;
            case EPROTO -> 71;
            case EDESTADDRREQ -> 89;
            case EMSGSIZE -> 90;
            case EADDRINUSE -> 98;
            case EADDRNOTAVAIL -> 99;
            case ENETDOWN -> 100;
            case ENETUNREACH -> 101;
            case ECONNABORTED -> 103;
            case ECONNRESET -> 104;
            case ENOBUFS -> 105;
            case EISCONN -> 106;
            case ENOTCONN -> 107;
            case ESHUTDOWN -> 108;
            case ETIMEDOUT -> 110;
            case ECONNREFUSED -> 111;
            case EHOSTUNREACH -> 113;
        };
    }
}
