package org.splnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.NoLeaks;
import org.splnet.capture.PcapngSample;

/// Commands that a signal ends, which interrupts them, while a daemon hangs that has answered until then.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class InterruptedCliTest {
    private static final class TestHost extends FakeHost {
        @Override
        public boolean pause(Duration time) {
            return true;
        }
    }

    /// What the daemon does with a connection.
    private interface Turn {
        void take(SocketChannel client) throws IOException;
    }

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Thread command = Thread.currentThread();
    @TempDir
    private Path dir;
    private ServerSocketChannel listener;
    private Thread server;

    private int run(String line, Turn... turns) throws IOException {
        Path socket = dir.resolve("s");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        server = Thread.ofVirtual().start(() -> serve(turns));
        return Cli.run(new TestHost(), new PrintWriter(out, true), new PrintWriter(err, true),
                (line + " --socket " + socket).split(" "));
    }

    /// Each in its turn; behind the last one there is silence, and the signal.
    private void serve(Turn... turns) {
        try (SocketChannel last = take(turns, 0)) {
            command.interrupt();
            last.read(ByteBuffer.allocate(1));      // until the command has gone
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private SocketChannel take(Turn[] turns, int next) throws IOException {
        SocketChannel client = listener.accept();
        Question.read(client);
        if (next < turns.length) {
            turns[next].take(client);
        }
        if (next + 1 < turns.length) {
            client.close();
            return take(turns, next + 1);
        }
        return client;
    }

    @AfterEach
    void end() throws Exception {
        Thread.interrupted();
        server.join();
        listener.close();
    }

    @Test
    void pingsAreSummedUp() throws Exception {
        byte[] answer = ("{\"outcome\":\"reply\",\"from\":\"10.0.0.1\",\"rttNs\":1500000,\"ttl\":64,"
                + "\"octets\":56}").getBytes(StandardCharsets.US_ASCII);
        Turn reply = client -> write(client, "HTTP/1.1 200 OK\r\nContent-Length: " + answer.length
                + "\r\n\r\n", answer);
        run("ping -c 0 10.0.0.1", reply, reply, silent -> { });
        assertThat(out.toString()).endsWith(
                "\n2 sent, 2 answered, 0 lost, 1.500/1.500/1.500 ms (least/mean/most)\n").hasLineCount(3);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void ofNoPingThereIsNoSummary() throws Exception {
        run("ping 10.0.0.1", silent -> { });
        assertThat(out.toString() + err).isEmpty();
    }

    @Test
    void aCaptureIsWholeAndItsFramesAreCounted() throws Exception {
        byte[] sample = PcapngSample.file("w0", 0, List.of(new byte[60], new byte[60], new byte[60]));
        Path file = dir.resolve("x.pcapng");
        assertThat(run("capture -w " + file, client -> {
            write(client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(sample.length) + "\r\n", sample);
            while (!Files.exists(file) || Files.size(file) < sample.length) {
                Thread.yield();
            }
        })).isZero();
        assertThat(file).hasBinaryContent(sample);
        assertThat(err).hasToString("3 frames\n");
    }

    private static void write(SocketChannel to, String head, byte[] body) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(head.length() + body.length);
        to.write(all.put(head.getBytes(StandardCharsets.US_ASCII)).put(body).flip());
    }
}
