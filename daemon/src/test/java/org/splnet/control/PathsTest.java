package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.service.http.HttpError;
import org.splnet.service.status.FakeSource;

/// What is done with a path, a query and a body.
class PathsTest {
    private final FakeSteering steering = new FakeSteering();
    private final Paths paths = new Paths(new FakeSource(), steering);

    private Object run(String method, String path, Map<String, List<String>> query, String body)
            throws HttpError {
        return paths.action(HttpMethod.valueOf(method), path, query)
                .run(body.getBytes(StandardCharsets.UTF_8));
    }

    private HttpError refused(String method, String path, Map<String, List<String>> query, String body) {
        HttpError error = catchThrowableOfType(HttpError.class, () -> run(method, path, query, body));
        assertThat(error).isNotNull();
        assertThat(error.getMessage()).endsWith(".").doesNotEndWith("..");
        return error;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "POST | /v1/addresses | {\"interface\":\"a\",\"address\":\"b\"} | address a b true",
        "POST | /v1/addresses | {\"interface\":\"a\",\"address\":\"b\",\"probe\":false} | address a b false",
        "DELETE | /v1/addresses/a/b/c | ~~ | no address a b/c",
        "POST | /v1/routes | {\"to\":\"a\",\"via\":\"b\"} | route a b null 0",
        "POST | /v1/routes | {\"to\":\"a\",\"interface\":\"b\",\"metric\":3} | route a null b 3",
        "DELETE | /v1/routes/a/b | ~~ | no route a/b null",
        "POST | /v1/neighbors | {\"interface\":\"a\",\"address\":\"b\",\"mac\":\"c\"} | neighbor a b c",
        "DELETE | /v1/neighbors/a/b | ~~ | no neighbor a b",
        "POST | /v1/ping | {\"address\":\"a\"} | ping a 56 1000000000",
        "POST | /v1/ping | {\"address\":\"a\",\"octets\":0,\"timeout-ms\":7} | ping a 0 7000000",
        "PUT | /v1/log | {\"level\":\"warn\"} | log null warn",
        "PUT | /v1/log | {\"level\":\"warn\",\"subsystem\":\"ip\"} | log ip warn"})
    void steers(String method, String path, String body, String done) throws Exception {
        run(method, path, Map.of(), body);
        assertThat(steering.done).containsExactly(done);
    }

    @Test
    void aQueryGetsThere() throws Exception {
        run("DELETE", "/v1/routes/default", Map.of("via", List.of("10.0.0.1")), "");
        assertThat(steering.done).containsExactly("no route default 10.0.0.1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "POST | /v1/addresses | {\"interface\":\"a\"} | 422 | \"address\" is missing",
        "POST | /v1/addresses | {\"interface\":\"a\",\"address\":1} | 422 | address: 1 must be an address",
        "POST | /v1/addresses | {\"interface\":\"a\",\"address\":\"b\",\"probe\":1} | 422 | true or false",
        "POST | /v1/addresses | {\"if\":\"a\",\"address\":\"b\"} | 422 | \"if\": unknown key, the body",
        "POST | /v1/routes | {\"to\":\"a\"} | 409 | needs a gateway",
        "POST | /v1/routes | {\"to\":\"a\",\"metric\":-1} | 422 | metric: -1 must be",
        "DELETE | /v1/addresses/a/b | ~~ | 404 | a has no address b",
        "DELETE | /v1/addresses/a/ | ~~ | 404 | /v1/addresses/{interface}/{address}",
        "DELETE | /v1/addresses/a | ~~ | 404 | nothing at this path",
        "GET | /v1/addresses/a/b | ~~ | 405 | DELETE only",
        "PUT | /v1/log | {\"level\":\"loud\"} | 422 | must be one of"})
    void refuses(String method, String path, String body, int status, String why) {
        HttpError error = refused(method, path, Map.of(), body);
        assertThat(error.status().code()).isEqualTo(status);
        assertThat(error.getMessage()).contains(why);
    }

    @Test
    void aQueryThatIsNotWantedIsRefused() {
        assertThat(refused("GET", "/v1/status", Map.of("a", List.of("b")), ""))
                .hasMessage("?a: unknown key, this takes none.");
        assertThat(refused("GET", "/metrics", Map.of("formal", List.of("b")), ""))
                .hasMessage("?formal: unknown key, there is format.");
        assertThat(refused("GET", "/metrics", Map.of("format", List.of("b", "c")), ""))
                .hasMessage("?format: must be there once.");
        assertThat(refused("GET", "/metrics", Map.of("format", List.of("xml")), ""))
                .hasMessage("?format: must be one of [prometheus, openmetrics].");
        assertThat(refused("GET", "/v1/none", Map.of("a", List.of("b")), "").status().code())
                .isEqualTo(404);
    }

    @Test
    void metricsAreADocument() throws Exception {
        Document plain = (Document) run("GET", "/metrics", Map.of(), "");
        assertThat(plain.type()).startsWith("text/plain; version=0.0.4");
        assertThat(new String(plain.octets(), StandardCharsets.UTF_8))
                .contains("splnet_tcp_segments_in_total 5.0\n");
        Document open = (Document) run("GET", "/metrics", Map.of("format", List.of("openmetrics")), "");
        assertThat(open.type()).startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(new String(open.octets(), StandardCharsets.UTF_8)).endsWith("# EOF\n");
    }
}
