package org.splnet.service.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.kern.Clock;
import org.splnet.service.FakeStream;

/// RFC 9110 and RFC 9112, as a client sees them.
class HttpConformanceTest extends HttpServiceTest {
    private static final String HOST = "Host: x\r\n";

    static Stream<Arguments> refusals() {
        String upload = "POST /upload HTTP/1.1\r\n" + HOST;
        return Stream.of(
                // RFC 9112 §3: the request line
                Arguments.of("no such thing\r\n\r\n", 400),
                Arguments.of("GET\r\n\r\n", 400),
                Arguments.of("GET x HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("GET / HTTP/2.0\r\n" + HOST + "\r\n", 505),
                Arguments.of("GET /%zz HTTP/1.1\r\n" + HOST + "\r\n", 400),
                Arguments.of("GET /" + "a".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n", 414),
                // §3.2: Host
                Arguments.of("GET / HTTP/1.1\r\n\r\n", 400),
                Arguments.of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
                Arguments.of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
                Arguments.of("GET / HTTP/1.1\r\nHost: http://a\r\n\r\n", 400),
                Arguments.of("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
                Arguments.of("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
                Arguments.of("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
                Arguments.of("GET / HTTP/1.0\r\nHost: a%zz" + "%41".repeat(4000) + "\r\n\r\n", 400),
                // §5: fields
                Arguments.of("GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(20_000) + "\r\n\r\n", 431),
                Arguments.of("GET / HTTP/1.1\r\n" + HOST + "X : y\r\n\r\n", 400),
                Arguments.of("GET / HTTP/1.1\r\n" + HOST + "no colon\r\n\r\n", 400),
                // §6: length and coding
                Arguments.of(upload + "Content-Length: -1\r\n\r\n", 400),
                Arguments.of(upload + "Content-Length: 1x\r\n\r\n", 400),
                Arguments.of(upload + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
                Arguments.of(upload + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
                Arguments.of(upload + "Transfer-Encoding: gzip\r\n\r\n", 400),
                Arguments.of(upload + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
                Arguments.of(upload + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
                Arguments.of(upload + "\r\n", 411),
                Arguments.of("GET / HTTP/1.1\r\n" + HOST + "Content-Length: 70000\r\n\r\n", 413),
                // RFC 9110 §9.1, §10.1.1, §15.5
                Arguments.of("FETCH / HTTP/1.1\r\n" + HOST + "\r\n", 501),
                Arguments.of("GET / HTTP/1.1\r\n" + HOST + "Expect: miracles\r\n\r\n", 417),
                Arguments.of(request("GET /nothing"), 404),
                Arguments.of(request("GET /bytes/"), 404),
                Arguments.of(request("GET /bytes/-1"), 404),
                Arguments.of(request("GET /bytes/1099511627777"), 404),
                Arguments.of(request("DELETE /"), 405),
                Arguments.of(request("GET /upload"), 405),
                Arguments.of(request("CONNECT x:80"), 400));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refuses(String request, int code) throws Exception {
        String response = exchange(request);
        assertThat(status(response)).startsWith("HTTP/1.1 " + code + " ");
        assertThat(response).contains("content-length: " + body(response).length())
                .contains("content-type: text/plain");
        assertThat(body(response)).endsWith(".\n");
    }

    /// RFC 9110 §15.5.6: 405 comes with the methods there are.
    @Test
    void namesTheMethodsThereAre() throws Exception {
        assertThat(exchange(request("PUT /"))).contains("405").contains("\r\nallow: GET, HEAD, OPTIONS\r\n");
        assertThat(exchange(request("GET /upload"))).contains("\r\nallow: OPTIONS, POST, PUT\r\n");
    }

    @Test
    void answersOptions() throws Exception {
        assertThat(exchange(request("OPTIONS /upload"))).startsWith("HTTP/1.1 204 ")
                .contains("allow: OPTIONS, POST, PUT")
                .doesNotContain("content-length");
        assertThat(exchange(request("OPTIONS *"))).startsWith("HTTP/1.1 204 ");
    }

    @Test
    void keepsTheConnectionAndAnswersInOrder() throws Exception {
        FakeStream client = connect();
        client.clientSends(request("GET /bytes/3") + request("GET /nothing") + request("HEAD /bytes/9")
                + "GET /bytes/4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").clientEnds();
        String all = client.clientTakesAll();
        String[] answers = all.split("(?=HTTP/1.1 )");
        assertThat(answers).hasSize(4);
        assertThat(answers[0]).startsWith("HTTP/1.1 200")
                .contains("connection: keep-alive", "content-length: 3");
        assertThat(body(answers[0])).hasSize(3);
        assertThat(answers[1]).startsWith("HTTP/1.1 404");
        assertThat(answers[2]).contains("content-length: 9\r\n");
        assertThat(body(answers[2])).isEmpty();
        assertThat(answers[3]).contains("connection: close");
        assertThat(body(answers[3])).hasSize(4);
    }

    @Test
    void closesAfterHttp10() throws Exception {
        FakeStream client = connect().clientSends("GET /bytes/1 HTTP/1.0\r\n\r\n");
        assertThat(client.clientTakesAll()).contains("connection: close");
    }

    @Test
    void headHasTheHeaderOfGet() throws Exception {
        String get = exchange(request("GET /v1/routes"));
        String head = exchange(request("HEAD /v1/routes"));
        assertThat(head).isEqualTo(get.substring(0, get.indexOf("\r\n\r\n") + 4));
        assertThat(get).contains("content-type: application/json", "cache-control: no-store",
                "server: splnet",
                "date: Tue, 14 Nov 2023 22:13:20 GMT", "x-content-type-options: nosniff");
    }

    /// RFC 9112 §3.2.2: a server must accept the absolute form.
    @Test
    void acceptsTheAbsoluteFormAndIgnoresTheQuery() throws Exception {
        assertThat(body(exchange(request("GET http://elsewhere/bytes/7?n=1")))).hasSize(7);
        assertThat(exchange(request("GET http://elsewhere"))).startsWith("HTTP/1.1 200");
        assertThat(exchange(request("GET http://elsewhere?/nothing"))).startsWith("HTTP/1.1 200");
        assertThat(body(exchange(request("GET /byt%65s/5")))).hasSize(5);
    }

    /// RFC 9112 §3.2: a reg-name may be much, and nothing (§3.3).
    @ParameterizedTest
    @ValueSource(strings = {"", "a_b.c", "10.0.0.1", "x:", "x:80", "[::1]", "[fe80::1]:80", "%41-b~", ":80"})
    void knowsAHost(String host) throws Exception {
        assertThat(exchange("GET /bytes/1 HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void readsARequestThatDripsIn() throws Exception {
        FakeStream client = connect();
        for (char c : request("GET /bytes/2").toCharArray()) {
            client.clientSends(String.valueOf(c));
        }
        assertThat(body(client.clientEnds().clientTakesAll())).hasSize(2);
    }

    @Test
    void skipsASmallBodyThatNobodyWants() throws Exception {
        String all = exchange("GET /bytes/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                + request("GET /bytes/2"));
        assertThat(all.split("HTTP/1.1 200")).hasSize(3);
    }

    @Test
    void endsTheConnectionRatherThanSkipALargeChunkedBody() throws Exception {
        FakeStream client = connect();
        client.clientSends("GET /bytes/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 20; i++) {
            client.clientSends("1000\r\n" + "x".repeat(0x1000) + "\r\n");
        }
        client.clientEnds();
        assertThat(client.clientTakesAll()).startsWith("HTTP/1.1 200");
    }

    // ---- time

    @Test
    void givesUpARequestThatTakesTooLong() throws Exception {
        FakeStream client = connect(new FakeStream(WINDOW).clientSends("GET / HTTP/1.1\r\n"), 100_000_000L,
                Clock.system());
        assertThat(client.clientTakesAll()).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void closesAnIdleConnectionInSilence() throws Exception {
        FakeStream client = connect(WINDOW, 100_000_000L, Clock.system());
        assertThat(client.clientTakesAll()).isEmpty();
        assertThat(client.isAborted()).isFalse();
    }

    @Test
    void resetsAClientThatTakesNothing() throws Exception {
        FakeStream client = connect(1000, IDLE_NS, clock).clientSends(request("GET /bytes/1000000"));
        client.clientTakes(500);
        for (int quarter = 0; quarter < 100 && !client.isAborted(); quarter++) {     // it may still move
            wheel.advance(clock.advance(IDLE_NS / 4 + 2_000_000));
        }
        assertThat(client.isAborted()).isTrue();
        assertThat(server().stats().idleTimeouts.sum()).isEqualTo(1);
    }

    @Test
    void survivesAClientThatResetsInMidStream() throws Exception {
        FakeStream client = connect(1000, IDLE_NS, clock).clientSends(request("GET /bytes/1000000"));
        client.clientTakes(5000);
        client.clientResets();
        assertThat(body(exchange(request("GET /bytes/3")))).hasSize(3);
    }

    @Test
    void metricsAreGivenAsTheScraperWantsThem() throws Exception {
        String plain = exchange(request("GET /metrics"));
        assertThat(plain).contains("content-type: text/plain; version=0.0.4",
                "splnet_tcp_segments_in_total 5");
        String open = exchange("GET /metrics HTTP/1.1\r\nHost: x\r\n"
                + "Accept: application/openmetrics-text; version=1.0.0\r\n\r\n");
        assertThat(open).contains("content-type: application/openmetrics-text").endsWith("# EOF\n");
    }
}
