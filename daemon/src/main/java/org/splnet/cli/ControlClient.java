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
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// Asks the daemon's control socket, one connection per question. The JDK's HTTP client knows no Unix
/// sockets.
final class ControlClient {
    private static final int MOST = 256 << 20;
    private static final int PIECE = 64 << 10;
    private static final long ANSWER_MS = 10_000;
    /// How every 404 begins that is about the path and not about the thing it names.
    private static final String NO_PATH = "There is nothing at this path";
    private static final String NOT_RUNNING = " (systemctl status splnetd; splnet daemon --config FILE)";

    /// There is nobody to ask.
    static final class Unreachable extends Failure {
        private static final long serialVersionUID = 1L;

        Unreachable(int exitCode, String message) {
            super(exitCode, message);
        }
    }

    /// A connection to the daemon that is a socket of the stack.
    ///
    /// @param id its number
    /// @param local our end
    record Lent(SocketChannel channel, long id, String local) implements Closeable {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record Reply(int status, byte[] octets) { }

    private final Path socket;
    private final long answerMs;

    ControlClient(Path socket) {
        this(socket, ANSWER_MS);
    }

    /// @param answerMs for how long a daemon is waited for that says nothing
    ControlClient(Path socket, long answerMs) {
        this.socket = socket;
        this.answerMs = answerMs;
    }

    /// What `/v1/RESOURCE` answers.
    ///
    /// @param resource below `/v1/`, encoded, with its query
    /// @param body JSON; null for none
    /// @return missing where there is no content
    /// @throws Unreachable if nobody can be asked, with the cure
    /// @throws Failure with the daemon's reason, if it refuses
    JsonNode ask(String method, String resource, String body) throws Failure {
        Reply reply = reply(method, "/v1/" + resource, body);
        JsonNode read = read(reply);
        if (reply.status() / 100 == 2) {
            return read;
        }
        throw refused(reply.status(), read.path("detail").asText(""), resource);
    }

    /// What is at `path`, as it is.
    ///
    /// @throws Failure as [#ask]
    byte[] document(String path) throws Failure {
        Reply reply = reply("GET", path, null);
        if (reply.status() / 100 == 2) {
            return reply.octets();
        }
        throw refused(reply.status(), read(reply).path("detail").asText(""), path);
    }

    private Reply reply(String method, String path, String body) throws Failure {
        byte[] octets = exchange(request(method, path, body));
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
            return new Reply(response.status().code(), response.decoderResult().isSuccess()
                    ? ByteBufUtil.getBytes(response.content()) : new byte[0]);
        } finally {
            response.release();
            codec.releaseInbound();
        }
    }

    private Failure brokenOff() {
        return new Failure(Sysexits.UNAVAILABLE, socket + ": the answer is broken off: did the daemon end?");
    }

    private static byte[] request(String method, String path, String body) {
        String head = method + " " + path + " HTTP/1.1\r\nHost: splnet\r\nConnection: close\r\n";
        byte[] octets = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((octets.length == 0 ? head + "\r\n"
                : head + "Content-Type: application/json\r\nContent-Length: " + octets.length + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        out.writeBytes(octets);
        return out.toByteArray();
    }

    /// Takes what `path` answers piece by piece, until the taker has enough, the daemon ends it, or the
    /// thread is interrupted.
    ///
    /// @throws Failure as [#ask], and what the taker throws
    void stream(String path, Pieces.Taker taker) throws Failure {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Pieces pieces = new Pieces(taker)) {
            send(channel, begun, request("GET", path, null));
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            boolean whole = false;
            while (!whole && channel.read(piece) >= 0) {
                whole = !pieces.come(piece.array(), piece.position());
                piece.clear();
                if (pieces.well()) {
                    begun.complete(null);
                }
            }
            if (pieces.status() == 0 || !whole && !pieces.end()) {
                throw brokenOff();
            }
            if (!pieces.well()) {
                throw refused(pieces.status(), read(new Reply(pieces.status(), pieces.problem()))
                        .path("detail").asText(""), path);
            }
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();       // what has come is kept without haste
        } catch (ClosedChannelException e) {
            throw late(e);
        } catch (IOException e) {
            throw unreachable(e);
        } finally {
            begun.complete(null);
        }
    }

    private void send(SocketChannel channel, CompletableFuture<Void> done, byte[] request)
            throws IOException {
        send(channel, done, request, () -> false);
    }

    /// @param waits asked each time when there was no answer: true to wait on
    private void send(SocketChannel channel, CompletableFuture<Void> done, byte[] request,
            BooleanSupplier waits) throws IOException {
        Thread.ofVirtual().start(() -> expire(channel, done, waits));
        channel.connect(UnixDomainSocketAddress.of(socket));
        ByteBuffer out = ByteBuffer.wrap(request);
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private byte[] exchange(byte[] request) throws Failure {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            send(channel, done, request);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            while (channel.read(piece) >= 0 && all.size() < MOST) {
                all.write(piece.array(), 0, piece.position());
                piece.clear();
            }
            return all.toByteArray();
        } catch (ClosedChannelException e) {
            throw late(e);
        } catch (IOException e) {
            throw unreachable(e);
        } finally {
            done.complete(null);
        }
    }

    /// A connection that a request makes a socket of the stack, the caller's to close.
    ///
    /// @param head of the request, without the empty line
    /// @param body JSON, or empty
    /// @throws Failure as [#ask]; a refusal of the peer or the network is [Sysexits#UNAVAILABLE]
    Lent lent(String head, String body) throws Failure {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            byte[] octets = body.getBytes(StandardCharsets.UTF_8);
            String length = octets.length == 0 ? "" : "Content-Length: " + octets.length + "\r\n";
            // That of a connect is the other end's, whose time is the stack's to know, if the daemon is well.
            send(channel, begun, (head + "Host: splnet\r\n" + length + "\r\n" + body)
                    .getBytes(StandardCharsets.UTF_8), () -> head.startsWith("CONNECT ") && answers());
            String answer = LentAnswer.head(channel);
            int status = LentAnswer.status(answer);
            if (status == 200) {
                Lent lent = new Lent(channel, LentAnswer.socket(answer), LentAnswer.local(answer));
                if (!begun.complete(null)) {
                    throw new ClosedChannelException();
                }
                channel = null;
                return lent;
            }
            throw refused(status, read(new Reply(status, LentAnswer.body(channel, answer))).path("detail")
                    .asText(""), head.substring(0, head.indexOf(" HTTP/")));
        } catch (ClosedChannelException e) {
            throw late(e);
        } catch (IOException e) {
            throw unreachable(e);
        } finally {
            begun.complete(null);
            close(channel);
        }
    }

    /// Why a socket of the stack has ended; null if there was no error. Told once.
    String error(long socketId) throws Failure {
        return Tables.field(ask("GET", "sockets/" + socketId + "/error", null), "errno");
    }

    private static void close(SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // it was of no use any more
        }
    }

    private boolean answers() {
        try {
            ask("GET", "status", null);
            return true;
        } catch (Failure e) {
            return !(e instanceof Unreachable);
        }
    }

    private Failure late(ClosedChannelException e) {
        return e instanceof ClosedByInterruptException ? new Failure(Sysexits.IOERR, null)
                : new Unreachable(Sysexits.UNAVAILABLE, socket + ": no answer within " + answerMs / 1000
                        + " s: is the daemon well? Its log: journalctl -u splnetd");
    }

    /// A blocking channel knows no time: whoever closes it wakes the reader.
    ///
    /// @param done whoever completes it decides: an answer may come while `waits` is asked
    private void expire(SocketChannel channel, CompletableFuture<Void> done, BooleanSupplier waits) {
        while (!over(done)) {
            if (!waits.getAsBoolean() && done.complete(null)) {
                close(channel);
            }
        }
    }

    private boolean over(CompletableFuture<Void> done) {
        try {
            done.get(answerMs, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | InterruptedException e) {
            return true;                // nothing is left to be woken
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

    private JsonNode read(Reply reply) throws Failure {
        try {
            return new ObjectMapper().readTree(reply.octets());
        } catch (JacksonException e) {
            throw new Failure(Sysexits.UNAVAILABLE, socket + " answers no JSON: is that splnet's socket?");
        } catch (IOException e) {
            throw new Failure(Sysexits.IOERR, socket + ": " + e.getMessage());
        }
    }

    private Failure refused(int status, String detail, String resource) throws Failure {
        if (detail.isEmpty()) {
            return new Failure(Sysexits.UNAVAILABLE, socket + " answers " + status
                    + ": is that splnet's socket, and of this version?");
        }
        boolean unknown = status == 405 || status == 404 && detail.startsWith(NO_PATH);
        if (unknown && !resource.equals("status")) {
            String version = ask("GET", "status", null).path("version").asText("?");
            return new Failure(Sysexits.PROTOCOL, socket + ": the daemon knows no such call as " + resource
                    + ": it is of version " + version + ", this command of " + Version.text()
                    + ": use the splnet that came with it, or restart it (systemctl restart splnetd)");
        }
        return new Failure(switch (status) {
            case 400, 422 -> Sysexits.USAGE;
            case 403 -> Sysexits.NOPERM;
            case 500 -> Sysexits.SOFTWARE;
            default -> Sysexits.UNAVAILABLE;
        }, detail);
    }

    /// One segment of a path, or one value of a query.
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
