package org.splnet.service.http;

/// The client has ended or broken off what it began, or takes nothing: there is nobody left to answer.
public final class ClientGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientGone(String message) {
        super(message, null, false, false);
    }
}
