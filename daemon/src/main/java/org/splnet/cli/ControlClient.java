package org.splnet.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Asks the daemon's control socket, one connection per question. The JDK's HTTP client knows no Unix
/// sockets.
final class ControlClient {
    private static final int MOST = 256 << 20;
    private static final int PIECE = 64 << 10;
    private static final long ANSWER_S = 10;
    private static final String NOT_RUNNING = " (systemctl status splnetd; splnet daemon --config FILE)";

    /// There is nobody to ask.
    static final class Unreachable extends Failure {
        private static final long serialVersionUID = 1L;

        Unreachable(int exitCode, String message) {
            super(exitCode, message);
        }
    }

    private final Path socket;

    ControlClient(Path socket) {
        this.socket = socket;
    }

    /// What `/v1/RESOURCE` answers.
    ///
    /// @param body JSON; null for none
    /// @throws Unreachable if nobody can be asked, with the cure
    /// @throws Failure with the daemon's reason, if it refuses
    JsonNode ask(String method, String resource, String body) throws Failure {
        byte[] octets = exchange(request(method, resource, body));
        EmbeddedChannel codec = new EmbeddedChannel(new HttpResponseDecoder(),
                new HttpObjectAggregator(MOST));
        try {
            codec.writeInbound(Unpooled.wrappedBuffer(octets));
            codec.finish();
        } catch (CodecException e) {
            throw brokenOff();
        }
        FullHttpResponse response = codec.readInbound();
        if (response == null) {
            throw brokenOff();
        }
        try {
            return read(response.status().code(), response.decoderResult().isSuccess()
                    ? ByteBufUtil.getBytes(response.content()) : new byte[0]);
        } finally {
            response.release();
            codec.releaseInbound();
        }
    }

    private Failure brokenOff() {
        return new Failure(Sysexits.UNAVAILABLE, socket + ": the answer is broken off: did the daemon end?");
    }

    private static byte[] request(String method, String resource, String body) {
        String head = method + " /v1/" + resource + " HTTP/1.1\r\nHost: splnet\r\nConnection: close\r\n";
        byte[] octets = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((octets.length == 0 ? head + "\r\n"
                : head + "Content-Type: application/json\r\nContent-Length: " + octets.length + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        out.writeBytes(octets);
        return out.toByteArray();
    }

    private byte[] exchange(byte[] request) throws Failure {
        CountDownLatch done = new CountDownLatch(1);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            Thread.ofVirtual().start(() -> expire(channel, done));
            channel.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer out = ByteBuffer.wrap(request);
            while (out.hasRemaining()) {
                channel.write(out);
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            while (channel.read(piece) >= 0 && all.size() < MOST) {
                all.write(piece.array(), 0, piece.position());
                piece.clear();
            }
            return all.toByteArray();
        } catch (ClosedChannelException e) {
            throw new Unreachable(Sysexits.UNAVAILABLE, socket + ": no answer within " + ANSWER_S
                    + " s: is the daemon well? Its log: journalctl -u splnetd");
        } catch (IOException e) {
            throw unreachable(e);
        } finally {
            done.countDown();
        }
    }

    /// A blocking channel knows no time: whoever closes it wakes the reader.
    private static void expire(SocketChannel channel, CountDownLatch done) {
        try {
            if (!done.await(ANSWER_S, TimeUnit.SECONDS)) {
                channel.close();
            }
        } catch (IOException | InterruptedException e) {
            // nothing is left to be woken
        }
    }

    private Unreachable unreachable(IOException e) {
        String why = String.valueOf(e.getMessage());
        if (why.contains("Permission denied")) {
            return new Unreachable(Sysexits.NOPERM, socket + ": permission denied: it is for its user"
                    + " and group: run this with sudo, or join the group");
        }
        if (e instanceof ConnectException) {
            return new Unreachable(Sysexits.UNAVAILABLE, socket + ": nobody is listening: start the daemon"
                    + NOT_RUNNING);
        }
        if (why.contains("No such file")) {
            return new Unreachable(Sysexits.UNAVAILABLE, socket + ": no such socket: start the daemon"
                    + NOT_RUNNING + ", or name its control.socket: --socket PATH");
        }
        return new Unreachable(Sysexits.UNAVAILABLE, socket + ": " + why);
    }

    private JsonNode read(int status, byte[] octets) throws Failure {
        JsonNode read;
        try {
            read = new ObjectMapper().readTree(octets);
        } catch (JacksonException e) {
            throw new Failure(Sysexits.UNAVAILABLE, socket + " answers no JSON: is that splnet's socket?");
        } catch (IOException e) {
            throw new Failure(Sysexits.IOERR, socket + ": " + e.getMessage());
        }
        if (status / 100 == 2) {
            return read;
        }
        String detail = read.path("detail").asText("");
        throw new Failure(status == 400 || status == 422 ? Sysexits.USAGE : Sysexits.UNAVAILABLE,
                detail.isEmpty() ? socket + " answers " + status
                        + ": is that splnet's socket, and of this version?" : detail);
    }
}
