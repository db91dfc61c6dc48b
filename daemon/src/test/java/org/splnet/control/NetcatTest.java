package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.splnet.cli.Cli;
import org.splnet.cli.FakeHost;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;

/// `splnet connect` and `splnet listen`.
class NetcatTest extends LentBed {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private OutputStream out = shown;
    private final StringWriter err = new StringWriter();
    private String typed = "";
    private InputStream keyboard;

    private int run(String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--socket";
        all[args.length + 1] = socket.toString();
        return Cli.run(new Terminal(), new PrintWriter(err, true), new PrintWriter(err, true), all);
    }

    private final class Terminal extends FakeHost {
        @Override
        public InputStream input() {
            return keyboard != null ? keyboard : new ByteArrayInputStream(typed.getBytes(UTF_8));
        }

        @Override
        public OutputStream output() {
            return out;
        }
    }

    @Test
    void whatIsTypedComesBack() {
        typed = "hello\n".repeat(50_000);
        assertThat(run("connect", "127.0.0.1", "7")).as(err.toString()).isZero();
        assertThat(shown.toString(UTF_8)).isEqualTo(typed);
    }

    @Test
    void aRefusalIsSaidInOneLine() {
        assertThat(run("connect", "127.0.0.1", "1")).isEqualTo(69);
        assertThat(err.toString()).contains("connection refused (ECONNREFUSED)").hasLineCount(1);
        assertThat(run("connect", "nowhere", "1")).isEqualTo(64);
        assertThat(run("listen", "1.2.3.4:5")).isEqualTo(64);
        assertThat(err.toString()).contains("EADDRNOTAVAIL");
    }

    @Test
    void listensOnceAndEndsWithTheConnection() throws Exception {
        typed = "from here";
        int[] exit = {-1};
        Thread command = Thread.ofVirtual().start(() -> exit[0] = run("listen", "-v", "127.0.0.1:0"));
        until(() -> err.toString().endsWith("\n"));
        String where = err.toString().strip().replaceFirst("^listening on ", "");
        StreamSocket peer = host.tcp.connect((Endpoint) null, Endpoint.parse(where), SocketOptions.DEFAULTS);
        assertThat(peer.await(Readiness.CONNECTED, 10 * SECOND)).isNotZero();
        peer.send(Unpooled.copiedBuffer("from there", UTF_8));
        assertThat(all(peer)).isEqualTo(typed.length());
        peer.shutdownOutput();
        command.join();
        peer.close();
        assertThat(exit[0]).as(err.toString()).isZero();
        assertThat(shown.toString(UTF_8)).isEqualTo("from there");
        assertThat(err.toString()).contains("\nconnection from 127.0.0.1:");
    }

    @Test
    void aConnectionThatBreaksIsNoSuccess() throws Exception {
        int[] exit = {-1};
        Thread command = Thread.ofVirtual().start(() -> exit[0] = run("connect", "127.0.0.1", "9000"));
        StreamSocket peer = peer();
        peer.send(Unpooled.copiedBuffer("half", UTF_8));
        until(() -> shown.size() == 4);
        peer.abort();
        command.join();
        assertThat(exit[0]).isEqualTo(74);
        assertThat(err.toString()).contains("127.0.0.1:9000", "ECONNRESET").hasLineCount(1);
    }

    private static OutputStream broken(String why) {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException(why);
            }
        };
    }

    @Test
    void whatCannotBeWrittenIsNotThePeersFault() {
        typed = "hello";
        out = broken("Broken pipe");
        assertThat(run("connect", "127.0.0.1", "7")).isEqualTo(74);
        assertThat(err.toString()).as("who has gone hears nothing").isEmpty();
        out = broken("No space left on device");
        assertThat(run("connect", "127.0.0.1", "7")).isEqualTo(74);
        assertThat(err).hasToString("splnet: standard output: No space left on device\n");
    }

    @Test
    void aServerGoesOnAndWhatIsTypedIsForWhoeverIsThere() throws Exception {
        var typing = new PipedOutputStream();
        keyboard = new PipedInputStream(typing);
        int[] exit = {-1};
        Thread command = Thread.ofVirtual().start(() -> exit[0] = run("listen", "-k", "127.0.0.1:8090"));
        until(() -> host.tcp.infos().stream().anyMatch(each -> each.local().port() == 8090));
        for (int i = 0; i < 3; i++) {
            StreamSocket peer = host.tcp.connect((Endpoint) null, Endpoint.parse("127.0.0.1:8090"),
                    SocketOptions.DEFAULTS);
            assertThat(peer.await(Readiness.CONNECTED, 10 * SECOND)).isNotZero();
            typing.write('0' + i);
            typing.flush();
            ByteBuf got = received(peer);
            assertThat(got.toString(UTF_8)).isEqualTo("" + i);
            got.release();
            if (i == 1) {
                peer.abort();
                until(() -> err.toString().contains("ECONNRESET"));
            } else {
                peer.shutdownOutput();
                assertThat(all(peer)).isZero();
                peer.close();
            }
        }
        server.close();
        command.join();
        assertThat(exit[0]).isEqualTo(74);
    }
}
