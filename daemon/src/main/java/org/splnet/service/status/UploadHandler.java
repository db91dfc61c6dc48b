package org.splnet.service.status;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.splnet.service.http.Exchange;
import org.splnet.service.http.HttpError;
import org.splnet.service.http.HttpHandler;
import org.splnet.socket.SocketException;

/// `/upload`: reads a body of any length and tells its length and digest.
final class UploadHandler implements HttpHandler {
    private final Json json;

    /// @param length octets
    /// @param sha256 in hexadecimal
    record Received(long length, String sha256) { }

    UploadHandler(Json json) {
        this.json = json;
    }

    @Override
    public void handle(Exchange exchange) throws HttpError, SocketException, InterruptedException {
        MessageDigest digest = sha256();
        long length = 0;
        for (ByteBuf octets; (octets = exchange.body()) != null; ) {
            try {
                length += octets.readableBytes();
                for (ByteBuffer part : octets.nioBuffers()) {
                    digest.update(part);
                }
            } finally {
                octets.release();
            }
        }
        Received received = new Received(length, HexFormat.of().formatHex(digest.digest()));
        exchange.answer(Json.TYPE, () -> json.octets(received));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
