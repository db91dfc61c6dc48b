package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.cli.LogSetup;
import org.splnet.config.ClockMode;
import org.splnet.config.ControlConfig;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.LogLevel;
import org.splnet.config.SplnetConfig;
import org.splnet.control.Client;
import org.splnet.control.OpenApi;
import org.splnet.control.Schema;
import org.splnet.kern.Witness;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;

/// What a running daemon answers is what `docs/openapi.json` says that it answers: the same keys, no more and
/// no less, of the same types.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ApiAnswersTest {
    private final LogLevel level = LogSetup.get(null);
    private final JsonNode document = OpenApi.document();
    @TempDir
    private Path dir;
    private Splnetd daemon;

    @BeforeEach
    void start() throws Exception {
        SplnetConfig d = SplnetConfig.defaults();
        InterfaceConfig one = new InterfaceConfig("w0", "wire", null, 0, List.of(Cidr.parse("10.9.0.2/24")),
                false, Map.of());
        daemon = Splnetd.start(new SplnetConfig(ClockMode.MANUAL, d.locks(), d.witness(), List.of(one),
                List.of(), List.of(), d.net(), d.ip(), d.udp(), d.tcp(), d.services(), List.of(),
                new ControlConfig(dir.resolve("s").toString()), d.log()),
                new Drivers(List.of(new WireDriver())));
        daemon.answer();
        daemon.tcp().listen(Endpoint.parse("127.0.0.1:99"), 1, SocketOptions.DEFAULTS);
        daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:99"), SocketOptions.DEFAULTS);
        daemon.advance(1_000_000_000L);
    }

    @AfterEach
    void stop() {
        LogSetup.set(null, level);
        daemon.close();
    }

    /// @param operation as in the document: `get /v1/status`
    /// @param target what is asked for, without `/v1/`; empty for the path of the operation
    private void holds(String operation, String target, String body) throws Exception {
        String method = operation.substring(0, operation.indexOf(' '));
        String path = operation.substring(operation.indexOf(' ') + 1);
        String answer = Client.ask(dir.resolve("s"), Client.request(method.toUpperCase(java.util.Locale.ROOT)
                + " " + (target.isEmpty() ? path : "/v1/" + target), body));
        String code = answer.substring(9, 12);
        JsonNode responses = document.path("paths").path(path).path(method).path("responses");
        assertThat(responses.has(code)).as("%s answers %s", operation, answer).isTrue();
        if (code.equals("204")) {
            assertThat(answer).endsWith("\r\n\r\n");
            return;
        }
        String type = answer.replaceFirst("(?s).*\r\ncontent-type: ([^\r;]*).*", "$1");
        JsonNode schema = responses.path(code).path("content").path(type).path("schema");
        assertThat(schema.isMissingNode()).as(operation + " " + code + " " + type).isFalse();
        JsonNode read = new ObjectMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
        assertThat(new Schema(document).problems(schema, read)).as(operation).isEmpty();
        assertThat(read).as(operation).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "get /v1/status | ~~ |", "get /v1/interfaces | ~~ |", "get /v1/addresses | ~~ |",
        "get /v1/sockets | ~~ |", "get /v1/routes | ~~ |", "get /v1/stats | ~~ |", "get /v1/log | ~~ |",
        "get /v1/clock | ~~ |", "post /v1/reset | ~~ |",
        "post /v1/reload | ~~ |",
        "post /v1/ping | ~~ | {\"address\":\"127.0.0.1\"}", "post /v1/ping | ~~ | {\"address\":\"10.7.7.7\"}",
        "post /v1/clock | ~~ | {\"advance-ns\":1}",
        "put /v1/log | ~~ | {\"level\":\"info\"}",
        "post /v1/datagram | ~~ | {\"local\":\"10.9.9.9:7\"}",
        "post /v1/bind | ~~ | {\"protocol\":\"tcp\",\"local\":\"127.0.0.1:99\"}",
        "get /v1/sockets/{id} | sockets/99 |",
        "put /v1/log | ~~ | {\"level\":\"loud\"}", "put /v1/log | ~~ | {",
        "post /v1/addresses | ~~ | {\"interface\":\"w0\",\"address\":\"10.9.0.9/24\"}",
        "post /v1/addresses | ~~ | {\"interface\":\"w0\",\"address\":\"10.9.0.2/24\"}",
        "post /v1/addresses | ~~ | {\"interface\":\"w7\",\"address\":\"10.9.0.9/24\"}",
        "delete /v1/addresses/{interface}/{address} | addresses/w0/10.9.0.2/24 |",
        "delete /v1/addresses/{interface}/{address} | addresses/w0/10.9.0.2/23 |",
        "post /v1/routes | ~~ | {\"to\":\"default\",\"via\":\"10.9.0.1\"}",
        "delete /v1/routes/{to} | routes/default |",
        "post /v1/neighbors | ~~ | {\"interface\":\"w0\","
                + "\"address\":\"10.9.0.9\",\"mac\":\"02:00:00:00:00:09\"}",
        "delete /v1/neighbors/{interface}/{address} | neighbors/w0/10.9.0.9 |"})
    void answersAsDocumented(String operation, String target, String body) throws Exception {
        holds(operation, target, body);
    }

    @Test
    void neighborsAndLocksToo() throws Exception {
        holds("post /v1/neighbors", "",
                "{\"interface\":\"w0\",\"address\":\"10.9.0.9\",\"mac\":\"02:00:00:00:00:09\"}");
        holds("get /v1/neighbors", "", null);
        Witness.Mode before = Witness.mode();
        try {
            holds("put /v1/locks", "", "{\"witness\":\"profile\"}");
            daemon.tcp().listen(Endpoint.parse("127.0.0.1:98"), 1, SocketOptions.DEFAULTS).close();
            holds("get /v1/locks", "", null);
            holds("delete /v1/locks", "", null);
        } finally {
            Witness.mode(before);
        }
    }
}
