package org.splnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;

/// The commands over the control socket, against one that answers what it is told to.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ControlCliTest {
    private static final String LOCKS = "{\"witness\":\"off\",\"violations\":0,\"ranks\":[],\"seen\":[]}";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s";

    /// Shows a thing as often as it is told to.
    private final class TestHost extends FakeHost {
        private final Map<String, String> environment = new HashMap<>();
        private final List<Duration> pauses = new ArrayList<>();
        private boolean terminal;
        private int repeats;

        @Override
        public String environment(String name) {
            return environment.get(name);
        }

        @Override
        public boolean terminal() {
            return terminal;
        }

        @Override
        public boolean pause(Duration time) {
            pauses.add(time);
            return repeats-- > 0;
        }
    }

    private final TestHost host = new TestHost();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    @TempDir
    private Path dir;
    private Path socket;
    private ServerSocketChannel listener;
    private Thread server;
    private volatile String answer = OK.formatted(LOCKS.length(), LOCKS);
    private volatile UnaryOperator<String> answers = request -> answer;

    @BeforeEach
    void listen() throws IOException {
        socket = dir.resolve("s");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        server = Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void end() throws Exception {
        listener.close();
        server.join();
    }

    private void serve() {
        try {
            while (true) {
                try (SocketChannel client = listener.accept()) {
                    String text = Question.read(client);
                    asked.add(text);
                    client.write(ByteBuffer.wrap(answers.apply(text).getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    private int run(String line) {
        return Cli.run(host, new PrintWriter(out, true), new PrintWriter(err, true), line.split(" "));
    }

    @Test
    void everyViewAsksTheSocket() {
        for (View view : View.values()) {
            assertThat(run(view.label() + " --json --socket " + socket)).isZero();
            assertThat(asked.removeLast()).startsWith("GET /v1/" + view.label() + " HTTP/1.1\r\n")
                    .contains("\r\nConnection: close\r\n");
        }
        assertThat(out.toString()).contains("\"witness\" : \"off\"");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void theEnvironmentNamesTheSocketToo() {
        host.environment.put("SPLNET_SOCKET", socket.toString());
        assertThat(run("locks")).isZero();
        assertThat(out.toString()).contains("witness     off");
        assertThat(run("locks --socket " + dir.resolve("other"))).isEqualTo(69);
    }

    @Test
    void theWitnessIsSwitchedThenResetThenShown() {
        assertThat(run("locks --reset --witness order --socket " + socket)).isZero();
        assertThat(asked).hasSize(3);
        assertThat(asked.get(0)).startsWith("PUT /v1/locks ").endsWith("\r\n\r\n{\"witness\":\"order\"}");
        assertThat(asked.get(1)).startsWith("DELETE /v1/locks ");
        assertThat(asked.get(2)).startsWith("GET /v1/locks ");
        assertThat(out.toString()).contains("witness     off");
    }

    @Test
    void whatTheDaemonRefusesIsToldInItsWords() {
        String problem = "{\"status\":422,\"detail\":\"witness: \\\"loud\\\" is not one of off, order.\"}";
        answer = OK.replace("200 OK", "422 Unprocessable Entity").formatted(problem.length(), problem);
        assertThat(run("locks --witness loud --socket " + socket)).isEqualTo(64);
        assertThat(err).hasToString("splnet: witness: \"loud\" is not one of off, order.\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatARuleDoesNotAllowIsAMissingPermission() {
        String problem = "{\"status\":403,\"detail\":\"Rule everybody does not let uid 7 change anything.\"}";
        answer = OK.replace("200 OK", "403 Forbidden").formatted(problem.length(), problem);
        assertThat(run("locks --witness order --socket " + socket)).isEqualTo(77);
        assertThat(err).hasToString("splnet: Rule everybody does not let uid 7 change anything.\n");
    }

    @Test
    void watchingShowsAgain() {
        host.repeats = 2;
        assertThat(run("locks --watch --socket " + socket)).isZero();
        assertThat(asked).hasSize(3);
        assertThat(host.pauses).containsOnly(Duration.ofSeconds(2)).hasSize(3);
        assertThat(out.toString()).doesNotContain("\033").contains("\n\ndiscipline ");
        host.repeats = 1;
        host.terminal = true;
        assertThat(run("locks --watch 7 --socket " + socket)).isZero();
        assertThat(host.pauses).last().isEqualTo(Duration.ofSeconds(7));
        assertThat(out.toString()).contains("\033[H\033[2Jdiscipline ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"locks --watch 0 | must be 1 or more", "locks --watch soon | soon",
        "locks --witness off --url http://127.0.0.1:1 | changes nothing",
        "locks --reset --url http://127.0.0.1:1 | --socket PATH",
        "reload --url http://127.0.0.1:1 | --url",
        "stats --url http://127.0.0.1:1 --socket /x | only one", "status --witness off | --witness"})
    void aWrongCommandLineIsNamed(String line, String named) {
        assertThat(run(line)).isEqualTo(64);
        assertThat(err.toString()).contains(named);
        assertThat(asked).isEmpty();
    }

    @Test
    void aSocketThatIsNotThereIsNamedWithTheCure() throws Exception {
        Path none = dir.resolve("none");
        for (String line : List.of("status", "locks --witness off", "locks --reset")) {
            err.getBuffer().setLength(0);
            assertThat(run(line + " --socket " + none)).isEqualTo(69);
            assertThat(err.toString()).startsWith("splnet: " + none + ": no such socket: start the daemon")
                    .contains("--socket PATH").hasLineCount(1);
        }
        end();
        assertThat(socket).exists();
        err.getBuffer().setLength(0);
        assertThat(run("status --socket " + socket)).isEqualTo(69);
        assertThat(err.toString()).startsWith("splnet: " + socket + ": nobody is listening: start the daemon")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"200 OK | no JSON | <html>", "404 Not Found | answers 404 | {}",
        "200 OK | no JSON | {"})
    void whatIsNoControlSocketIsNotTakenForOne(String status, String told, String body) {
        answer = OK.replace("200 OK", status).formatted(body.length(), body);
        assertThat(run("status --socket " + socket)).isEqualTo(69);
        assertThat(err.toString()).contains(told).hasLineCount(1);
    }

    /// One that knows a call less than the command does.
    @Test
    void anOlderDaemonIsNamedWithTheCure() {
        String problem = "{\"status\":404,\"detail\":\"There is nothing at this path; there is /v1/x.\"}";
        answer = OK.replace("200 OK", "404 Not Found").formatted(problem.length(), problem);
        assertThat(run("log --socket " + socket)).isEqualTo(69);
        String status = OK.formatted(17, "{\"version\":\"0.0\"}");
        answers = text -> text.startsWith("GET /v1/status ") ? status : answer;
        assertThat(run("log --socket " + socket)).isEqualTo(76);
        assertThat(err.toString()).contains("no such call as log: it is of version 0.0", "restart it");
        err.getBuffer().setLength(0);
        assertThat(run("listen 5 --socket " + socket)).isEqualTo(76);
        assertThat(err.toString()).contains("no such call as POST /v1/listen: it is of").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        "garbage\r\n\r\n"})
    void aBrokenAnswerIsNamed(String text) {
        answer = text;
        assertThat(run("status --socket " + socket)).isEqualTo(69);
        assertThat(err.toString()).contains(socket.toString()).hasLineCount(1);
    }

    @Test
    void theStatusPageIsAskedWhereTheSocketCannotBeReached() throws Exception {
        JsonNode page = TextNode.valueOf("page");
        JsonNode read = TextNode.valueOf("socket");
        assertThat(Source.firstOf(() -> read, () -> page)).isSameAs(read);
        Failure denied = new ControlClient.Unreachable(77, "denied");
        Failure gone = new ControlClient.Unreachable(69, "gone");
        Failure refused = new Failure(69, "refused");
        assertThat(Source.firstOf(() -> fail(denied), () -> page)).isSameAs(page);
        assertThat(Source.firstOf(() -> fail(gone), () -> page)).isSameAs(page);
        assertThatThrownBy(() -> Source.firstOf(() -> fail(refused), () -> page)).isSameAs(refused);
        assertThatThrownBy(() -> Source.firstOf(() -> fail(denied), () -> fail(refused))).isSameAs(denied);
        assertThatThrownBy(() -> Source.firstOf(() -> fail(gone), () -> fail(refused))).isSameAs(gone);
        assertThat(Files.exists(socket)).isTrue();
    }

    private static JsonNode fail(Failure failure) throws Failure {
        throw failure;
    }
}
