package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.control.Client.request;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.kern.FaultLog;

/// The control socket as its clients see it.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ControlServerTest {
    private static final int BODY = 256;

    private final FakeSteering steering = new FakeSteering();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    @TempDir
    private Path dir;
    private Path socket;
    private ControlServer server;

    @BeforeEach
    void start() throws Exception {
        log.start();
        root().addAppender(log);
        open(new ControlServer.Limits(8, 8, TimeUnit.SECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(30),
                BODY, 0));
    }

    private void open(ControlServer.Limits limits) throws Exception {
        end();
        socket = dir.resolve("control.sock");
        server = Servers.open(socket, steering, limits);
    }

    /// Whatever it was sent: not a word in the log.
    @AfterEach
    void stop() {
        end();
        root().detachAppender(log);
        assertThat(log.list).isEmpty();
    }

    private void end() {
        if (server != null) {
            server.close();
        }
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger("ROOT");
    }

    private String ask(String line, String body) throws Exception {
        return Client.ask(socket, request(line, body));
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private static JsonNode json(String answer) throws Exception {
        return new ObjectMapper().readTree(body(answer));
    }

    private static void refused(String answer, int status, String... detail) throws Exception {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ")
                .contains("content-type: application/problem+json", "connection: close");
        assertThat(json(answer).path("status").asInt()).isEqualTo(status);
        assertThat(json(answer).path("type").asText()).isEqualTo("about:blank");
        assertThat(json(answer).path("title").asText()).isNotEmpty();
        assertThat(json(answer).path("detail").asText()).isNotEmpty();
        for (String each : detail) {
            assertThat(json(answer).path("detail").asText()).contains(each);
        }
    }

    @ParameterizedTest
    @CsvSource({"status, /version", "interfaces, /0/name", "sockets, /0/state", "routes, /0/via",
        "neighbors, /0/address", "relays, /0/listen", "stats, /tcp/segments-in", "locks, /witness"})
    void showsWhatTheStatusPageShows(String resource, String member) throws Exception {
        String answer = ask("GET /v1/" + resource, null);
        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("content-type: application/json");
        assertThat(json(answer).at(member).isMissingNode()).isFalse();
    }

    @Test
    void aHeadHasNoBody() throws Exception {
        String whole = ask("GET /v1/routes", null);
        String head = ask("HEAD /v1/routes", null);
        assertThat(head).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n")
                .contains("content-length: " + body(whole).length());
    }

    @Test
    void theWitnessIsSwitchedAndReset() throws Exception {
        assertThat(json(ask("PUT /v1/locks", "{\"witness\":\"order\"}")).has("ranks")).isTrue();
        assertThat(json(ask("DELETE /v1/locks", null)).has("ranks")).isTrue();
        assertThat(steering.done).containsExactly("witness order", "forget");
    }

    @Test
    void timePasses() throws Exception {
        assertThat(json(ask("GET /v1/clock", null))).hasToString("{\"now-ns\":100,\"next-due-ns\":null}");
        steering.nextDueNs = 7;
        assertThat(json(ask("POST /v1/clock", "{\"advance-ns\":5}")))
                .hasToString("{\"fired\":3,\"now-ns\":100,\"next-due-ns\":7}");
        assertThat(steering.done).containsExactly("advance 5");
    }

    @Test
    void theSystemsClockIsNobodysToAdvance() throws Exception {
        steering.manual = false;
        refused(ask("GET /v1/clock", null), 409, "the system's");
        refused(ask("POST /v1/clock", "{\"advance-ns\":5}"), 409, "the system's");
        assertThat(steering.done).isEmpty();
    }

    @Test
    void theStackIsReset() throws Exception {
        String answer = ask("POST /v1/reset", null);
        assertThat(answer).startsWith("HTTP/1.1 204 ").endsWith("\r\n\r\n").doesNotContain("content-length");
        assertThat(steering.done).containsExactly("reset");
    }

    @Test
    void relaysComeAndGo() throws Exception {
        String body = "{\"forward\":{}}";
        assertThat(json(ask("POST /v1/relays", body)).path("id").asInt()).isEqualTo(3);
        refused(ask("POST /v1/relays", body), 409, "address already in use");
        refused(ask("POST /v1/relays", "{}"), 422, "must be a forward");
        refused(ask("POST /v1/relays", "[]"), 422, "must be an object");
        assertThat(ask("DELETE /v1/relays/3", null)).startsWith("HTTP/1.1 204 ");
        for (String none : List.of("4", "-3", "x", "99999999999")) {
            refused(ask("DELETE /v1/relays/" + none, null), 404, "no relay of that number");
        }
        refused(ask("GET /v1/relays/3", null), 405, "DELETE only");
        assertThat(steering.done).containsExactly("open", "close");
    }

    static Stream<Arguments> refusals() {
        String put = "PUT /v1/locks";
        String clock = "POST /v1/clock";
        return Stream.of(
                Arguments.of("GET /", null, 404, "/metrics, /v1/addresses, "),
                Arguments.of("GET /v1/locks/", null, 404, "nothing"),
                Arguments.of("DELETE /v1/nothing", null, 404, "nothing"),
                Arguments.of("POST /v1/status", "{}", 405, "GET, HEAD only"),
                Arguments.of("POST /v1/locks", "{}", 405, "DELETE, GET, HEAD, PUT only"),
                Arguments.of("BREW /v1/status", null, 405, "GET, HEAD only"),
                Arguments.of("GET /%zz", null, 400, "percent"),
                Arguments.of(put, null, 400, "not JSON"),
                Arguments.of(put, "", 400, "not JSON"),
                Arguments.of(put, "{\"witness\":\n  oder}", 400, "line 2, column "),
                Arguments.of(put, "{\"witness\":\"off\"} x", 400, "line 1, column "),
                Arguments.of(put, "{\"witness\":\"off\",\"witness\":\"order\"}", 400, "uplicate"),
                Arguments.of(put, "{\"witness\":\"\u00ff\"}", 400, "not JSON"),
                Arguments.of(put, "[".repeat(BODY), 400, "not JSON"),
                Arguments.of(put, "\"off\"", 422, "must be {\"witness\": "),
                Arguments.of(put, "null", 422, "must be {\"witness\": "),
                Arguments.of(put, "{}", 422, "\"witness\" is missing"),
                Arguments.of(put, "{\"witnes\":\"off\"}", 422, "\"witnes\": unknown key"),
                Arguments.of(put, "{\"witness\":\"off\",\"a\":1}", 422, "\"a\": unknown key"),
                Arguments.of(put, "{\"witness\":7}", 422, "witness: 7 must be"),
                Arguments.of(put, "{\"witness\":\"loud\"}", 422, "\"loud\" is not one of off, order"),
                Arguments.of(clock, "{\"advance-ns\":\"5\"}", 422, "a whole number in 0.."),
                Arguments.of(clock, "{\"advance-ns\":1.5}", 422, "a whole number in 0.."),
                Arguments.of(clock, "{\"advance-ns\":-1}", 422, "a whole number in 0.."),
                Arguments.of(clock, "{\"advance-ns\":31536000000000001}", 422, "in 0..31536000000000000"),
                Arguments.of(clock, "{\"advance-ns\":" + "9".repeat(100) + "}", 422, "a whole number in 0.."),
                Arguments.of(put, " ".repeat(BODY + 1), 413, "longer than 256 octets"),
                Arguments.of("GET /v1/" + "a".repeat(9000), null, 414, "8192"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refuses(String line, String body, int status, String detail) throws Exception {
        refused(ask(line, body), status, detail);
        assertThat(steering.done).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"GET, /v1/reset, POST", "PUT, /v1/clock, 'GET, HEAD, POST'",
        "POST, /v1/locks, 'DELETE, GET, HEAD, PUT'"})
    void namesTheMethodsThereAre(String method, String path, String allow) throws Exception {
        assertThat(ask(method + " " + path, null)).startsWith("HTTP/1.1 405 ")
                .contains("\r\nallow: " + allow + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no such thing\r\n\r\n", "GET\r\n\r\n", "GET /v1/status HTTP/1.1\r\n\r\n",
        "GET /v1/status HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", "\u0000\u0001\u0002\u00ff\r\n\r\n",
        "PUT /v1/locks HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "PUT /v1/locks HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "PUT /v1/locks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"})
    void whatIsNoRequestIs400(String garbage) throws Exception {
        refused(Client.ask(socket, garbage), 400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{ | expected close marker for Object", "{} {} | found after value",
        "{\"witness\":NaN} | Non-standard token 'NaN'",
        "{[} | was expecting double-quote to start field name", "[1} | expected ']'"})
    void aBodyThatIsNoJsonIsToldInNoWordsOfTheParsers(String body, String end) throws Exception {
        assertThat(json(ask("PUT /v1/locks", body)).path("detail").asText()).endsWith(end);
    }

    @Test
    void aHeaderHasItsSize() throws Exception {
        refused(Client.ask(socket, "GET /v1/status HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000)
                + "\r\n\r\n"), 431, "16384");
    }

    @Test
    void aChunkedBodyIsTakenAndHasItsSizeToo() throws Exception {
        String head = "PUT /v1/locks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertThat(Client.ask(socket, head + "b\r\n{\"witness\":\r\n6\r\n\"off\"}\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
        String chunk = "64\r\n" + " ".repeat(100) + "\r\n";
        refused(Client.ask(socket, head + chunk.repeat(3)), 413);
    }

    @Test
    void aClientThatWaitsToBeAskedForItsBodyIsAsked() throws Exception {
        try (Client client = new Client(socket)) {
            client.send("PUT /v1/locks HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    + "Connection: close\r\nContent-Length: 17\r\n\r\n");
            client.send("{\"witness\":\"off\"}");
            assertThat(client.rest()).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
        }
        refused(Client.ask(socket, "PUT /v1/locks HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                + "Content-Length: 1700\r\n\r\n"), 413);
    }

    @Test
    void aClientMayEndItsSideAfterTheRequest() throws Exception {
        steering.goOn = new CountDownLatch(1);
        try (Client client = new Client(socket)) {
            client.send(request("POST /v1/clock", "{\"advance-ns\":1}")).endsSending();
            steering.advancing.await();
            steering.goOn.countDown();
            assertThat(client.rest()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void requestsMayFollowEachOther() throws Exception {
        String answers = Client.ask(socket, Client.persistent("POST /v1/reset").repeat(4)
                + request("POST /v1/reset", null));
        assertThat(answers.split("HTTP/1.1 204", -1)).hasSize(6);
        assertThat(steering.done).containsExactly("reset", "reset", "reset", "reset", "reset");
    }

    @Test
    void aSlowClientIsNotWaitedFor() throws Exception {
        open(new ControlServer.Limits(8, 8, TimeUnit.MILLISECONDS.toNanos(20),
                TimeUnit.MILLISECONDS.toNanos(20), BODY, 0));
        try (Client client = new Client(socket)) {
            refused(client.rest(), 408);
        }
        String part = "PUT /v1/locks HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{";
        try (RawClient client = RawClient.having(server, part)) {
            refused(client.answer(), 408);
        }
    }

    /// It may rest between two requests, but not within one.
    @Test
    void aSlowSecondRequestIsNotWaitedForEither() throws Exception {
        open(new ControlServer.Limits(8, 8, TimeUnit.MILLISECONDS.toNanos(200), TimeUnit.MINUTES.toNanos(10),
                BODY, 0));
        try (RawClient client = RawClient.having(server, Client.persistent("POST /v1/reset"))) {
            assertThat(client.answer()).startsWith("HTTP/1.1 204");
            client.write("PUT /v1/locks HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
            refused(client.answer(), 408);
        }
    }

    /// That another request may come takes as long as it likes, but not that its answer is taken.
    @Test
    void aSlowReaderIsNotWaitedForEither() throws Exception {
        open(new ControlServer.Limits(8, 8, TimeUnit.MILLISECONDS.toNanos(200), TimeUnit.MINUTES.toNanos(10),
                BODY, 0));
        try (RawClient client = RawClient.of(server)) {
            aRound();
            for (int i = 0; i < 5000 && server.sessions() > 0; i++) {
                client.write(Client.persistent("GET /v1/sockets/1"));
                aRound();               // answered, or not read
                aRound();
            }
            while (server.sessions() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    private void aRound() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        server.poller().execute(done::countDown);
        done.await();
    }

    @Test
    void moreClientsThanThereIsRoomForWait() throws Exception {
        List<Client> idle = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            idle.add(new Client(socket));
        }
        try (Client late = new Client(socket)) {
            late.send(request("POST /v1/reset", null));
            // Those within are served all the same; and until one of them ends, the late one is not.
            assertThat(idle.get(7).send(request("GET /v1/status", null)).rest()).startsWith("HTTP/1.1 200 ");
            assertThat(steering.done).isEmpty();
            idle.get(0).close();
            assertThat(late.rest()).startsWith("HTTP/1.1 204 ");
        }
        for (Client each : idle) {
            each.close();
        }
    }

    @Test
    void manyClientsAreServed() throws Exception {
        for (int i = 0; i < 500; i++) {
            assertThat(ask("GET /v1/locks", null)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void rubbishOfAnyKindDoesNoHarm() throws Exception {
        Random random = new Random(TestSeed.next());
        byte[] good = request("PUT /v1/locks", "{\"witness\":\"order\"}")
                .getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 500; i++) {
            byte[] bad = good.clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            String text = new String(bad, 0, random.nextInt(bad.length + 1),
                    StandardCharsets.ISO_8859_1);
            try (Client client = new Client(socket)) {
                client.send(text).endsSending().rest();
            }
        }
        assertThat(ask("GET /v1/locks", null)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aFaultOfOursIsLoggedOnceAndSaidEachTime() throws Exception {
        steering.fault = new AssertionError("on purpose");
        for (int i = 0; i < 3; i++) {
            refused(ask("POST /v1/reset", null), 500, "a fault of the daemon");
        }
        assertThat(FaultLog.system().distinct()).singleElement()
                .isEqualTo(new FaultLog.Fault(3, steering.fault));
        FaultLog.system().clear();
        assertThat(log.list).as("the first").hasSize(1);
        log.list.clear();
        FaultLog.system().clear();
    }

    @Test
    void aClientThatVanishesIsNoEvent() throws Exception {
        steering.goOn = new CountDownLatch(1);
        try (Client client = new Client(socket)) {
            client.send(request("POST /v1/clock", "{\"advance-ns\":1}"));
            steering.advancing.await();
        }
        steering.goOn.countDown();
        assertThat(ask("GET /v1/locks", null)).startsWith("HTTP/1.1 200 ");
    }
}
