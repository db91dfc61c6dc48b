package org.splnet.service.status;

import org.splnet.service.http.Exchange;
import org.splnet.service.http.HttpError;
import org.splnet.service.http.HttpHandler;
import org.splnet.socket.SocketException;

/// `/bytes/N`: N octets of the [TestPattern].
final class BytesHandler implements HttpHandler {
    static final String PREFIX = "/bytes/";

    private static final long MOST = 1L << 40;
    private static final int DIGITS = 13;

    @Override
    public void handle(Exchange exchange) throws HttpError, SocketException, InterruptedException {
        exchange.stream("application/octet-stream", TestPattern.CYCLE,
                length(exchange.path().substring(PREFIX.length())));
    }

    private static long length(String text) throws HttpError {
        boolean digits = !text.isEmpty() && text.length() <= DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || Long.parseLong(text) > MOST) {
            throw HttpError.notFound("/bytes/N: N must be a number in 0.." + MOST + ".");
        }
        return Long.parseLong(text);
    }
}
