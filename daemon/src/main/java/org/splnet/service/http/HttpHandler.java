package org.splnet.service.http;

import org.splnet.socket.SocketException;

/// Answers requests for one resource.
@FunctionalInterface
public interface HttpHandler {
    /// Answers with exactly one of the methods of `exchange`. Runs in the connection's virtual thread and may
    /// wait.
    ///
    /// @throws IllegalArgumentException if the path's rest makes no sense: 404 with its message
    void handle(Exchange exchange) throws SocketException, InterruptedException;
}
