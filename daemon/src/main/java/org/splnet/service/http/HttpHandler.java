package org.splnet.service.http;

import org.splnet.socket.SocketException;

/// Answers requests for one resource.
@FunctionalInterface
public interface HttpHandler {
    /// Answers with exactly one of the methods of `exchange`. Runs in the connection's virtual thread and may
    /// wait.
    ///
    /// @throws HttpError instead of an answer
    void handle(Exchange exchange) throws HttpError, SocketException, InterruptedException;
}
