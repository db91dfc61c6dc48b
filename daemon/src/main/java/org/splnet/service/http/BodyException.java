package org.splnet.service.http;

/// The request's body ended early or is malformed: there is nobody left to answer, or nothing to say but 400.
public final class BodyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BodyException(String message) {
        super(message, null, false, false);
    }
}
