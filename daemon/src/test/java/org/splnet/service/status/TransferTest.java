package org.splnet.service.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;
import org.splnet.service.FakeStream;

/// `/bytes/N` and `/upload`.
class TransferTest extends HttpServiceTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyOctetIsWhatTheFormulaSays() throws Exception {
        long total = (1L << 24) + 100_000;      // past the end of the period
        FakeStream client = connect(1 << 20, IDLE_NS, clock).clientSends(request("GET /bytes/" + total));
        header(client);
        long at = 0;
        while (at < total) {
            ByteBuf part = client.clientTakes();
            for (int i = part.readerIndex(); i < part.writerIndex(); i++, at++) {
                if (part.getByte(i) != (byte) (at * 31 + (at >> 8) * 7 + (at >> 16))) {
                    throw new AssertionError("octet " + at);
                }
            }
            part.release();
        }
        assertThat(at).isEqualTo(total);
        assertThat(client.clientSends(request("GET /bytes/1")).clientTakes()).satisfies(ByteBuf::release);
    }

    /// Takes the header and no octet more, which a fresh connection sends as one piece.
    private static void header(FakeStream client) {
        ByteBuf header = client.clientTakes();
        String text = header.toString(java.nio.charset.StandardCharsets.US_ASCII);
        header.release();
        assertThat(text).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
    }

    @Test
    void sendsNothingAndTheLargestByHead() throws Exception {
        assertThat(exchange(request("GET /bytes/0"))).contains("content-length: 0").endsWith("\r\n\r\n");
        assertThat(exchange(request("HEAD /bytes/1099511627776"))).contains("content-length: 1099511627776");
    }

    @Test
    void tellsLengthAndDigestOfABody() throws Exception {
        long seed = TestSeed.next();
        byte[] octets = new byte[300_000];
        new SplittableRandom(seed).nextBytes(octets);
        FakeStream client = connect()
                .clientSends("PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n");
        for (int at = 0; at < octets.length; at += 7777) {
            client.clientSends(java.util.Arrays.copyOfRange(octets, at, Math.min(octets.length, at + 7777)));
        }
        check(body(client.clientEnds().clientTakesAll()), octets);
    }

    @Test
    void tellsLengthAndDigestOfAChunkedBodyWithATrailer() throws Exception {
        check(body(exchange("POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;ext=1\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nX: y\r\n\r\n")),
                "hello world".getBytes());
    }

    @Test
    void tellsTheDigestOfNothing() throws Exception {
        check(body(exchange("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")), new byte[0]);
    }

    private static void check(String answer, byte[] octets) throws Exception {
        JsonNode json = JSON.readTree(answer);
        assertThat(json.get("length").asLong()).isEqualTo(octets.length);
        assertThat(json.get("sha256").asText()).isEqualTo(
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets)));
    }

    /// RFC 9110 §10.1.1: `curl` waits for 100 before it sends a large body.
    @Test
    void tellsAClientThatWaitsToGoOn() throws Exception {
        FakeStream client = connect().clientSends(
                "PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        String goOn = "HTTP/1.1 100 Continue\r\n\r\n";
        assertThat(new String(client.clientTakes(goOn.length()))).isEqualTo(goOn);
        check(body(client.clientSends("hello").clientEnds().clientTakesAll()), "hello".getBytes());
    }

    @Test
    void tellsAClientThatWaitsForNothingRightAway() throws Exception {
        FakeStream client = connect().clientSends(
                "PUT /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.clientTakesAll()).startsWith("HTTP/1.1 404");
    }

    @Test
    void answersTheRequestBehindAnUpload() throws Exception {
        FakeStream client = connect().clientSends("PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                + "Expect: 100-continue\r\n\r\nhelloHEAD /bytes/5 HTTP/1.1\r\nHost: x\r\n\r\n").clientEnds();
        assertThat(client.clientTakesAll().split("HTTP/1.1 200")).hasSize(3);
    }

    @Test
    void givesUpOnABodyThatEndsEarly() throws Exception {
        FakeStream client = connect()
                .clientSends("PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhello")
                .clientEnds();
        assertThat(client.clientTakesAll()).isEmpty();
        assertThat(client.isAborted()).isTrue();
    }

    @Test
    void showsEverythingAsJson() throws Exception {
        JsonNode all = JSON.readTree(body(exchange(request("GET /status.json"))));
        assertThat(all.fieldNames()).toIterable()
                .containsExactly("status", "interfaces", "addresses", "sockets", "routes", "neighbors",
                        "leases", "relays", "stats", "locks");
        for (String part : new String[] {"status", "interfaces", "addresses", "sockets", "routes",
                "neighbors", "leases", "relays", "stats", "locks"}) {
            assertThat(JSON.readTree(body(exchange(request("GET /v1/" + part))))).as(part)
                    .isEqualTo(all.get(part));
        }
        assertThat(all.at("/interfaces/0/addresses/0").asText()).isEqualTo("10.88.0.2/24");
        assertThat(all.at("/sockets/0/local").asText()).isEqualTo("0.0.0.0:80");
        assertThat(all.at("/stats/tcp/segments-in").asLong()).isEqualTo(5);
    }

    /// The network has no business with who is on the host.
    @Test
    void showsSocketsWithoutTheirOwners() throws Exception {
        source = new FakeSource() {
            @Override
            public List<SocketStatus> sockets() {
                return List.of(new SocketStatus("udp", "", "10.88.0.2:53", "*", 0, 0,
                        Map.of("owner", "resolver[42] uid=1000 gid=1000", "drops", 7)));
            }
        };
        for (String path : new String[] {"/status.json", "/v1/sockets", "/", "/metrics"}) {
            assertThat(body(exchange(request("GET " + path)))).as(path).doesNotContain("resolver", "uid=");
        }
        assertThat(body(exchange(request("GET /v1/sockets")))).contains("10.88.0.2:53", "\"drops\" : 7");
    }

    @Test
    void showsAPageForPeople() throws Exception {
        String page = body(exchange(request("GET /")));
        assertThat(page).contains("unix:///run/web&lt;1&gt;.sock").doesNotContain("web<1>");
        assertThat(page).startsWith("<!DOCTYPE html>").endsWith("</html>\n")
                .contains("<html", "tap&lt;0&gt;", "LISTEN",
                "10.88.0.1", "segments-in", "up 1 d 02:03:04",
                        "(i*31 + (i&gt;&gt;8)*7 + (i&gt;&gt;16)) &amp; 255")
                .doesNotContain("tap<0>", "resets-in", "quiet", "null", "src=", "%s");
    }
}
