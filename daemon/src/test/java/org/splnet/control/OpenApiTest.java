package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.service.status.FakeSource;

/// `docs/openapi.json` and the control socket have the same paths, methods and queries.
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyPathAndMethodIsInBoth() throws Exception {
        Map<String, Object> served = new TreeMap<>();
        new Paths(new FakeSource(), new FakeSteering()).listing().forEach((path, methods) ->
                methods.forEach((method, query) -> {
                    if (!method.equals(HttpMethod.HEAD)) {
                        served.put(method.name().toLowerCase(Locale.ROOT) + " " + path,
                                new TreeSet<>(query).toString());
                    }
                }));
        for (SocketCall each : SocketCall.values()) {
            if (each != SocketCall.CONNECT) {
                served.put(each.method().name().toLowerCase(Locale.ROOT) + " " + each.path(), "[]");
            }
        }
        Map<String, Object> documented = new TreeMap<>();
        JsonNode paths = OpenApi.document().path("paths");
        paths.properties().forEach(path -> path.getValue().properties().forEach(each -> {
            TreeSet<String> query = new TreeSet<>();
            TreeSet<String> inPath = new TreeSet<>();
            each.getValue().path("parameters").forEach(parameter -> ("query".equals(
                    parameter.path("in").asText()) ? query : inPath).add(parameter.path("name").asText()));
            inPath.forEach(name -> assertThat(path.getKey()).contains("{" + name + "}"));
            documented.put(each.getKey() + " " + path.getKey(), query.toString());
        }));
        assertThat(documented).isEqualTo(served);
    }

    @Test
    void everyReferenceLeadsSomewhere() throws Exception {
        JsonNode document = OpenApi.document();
        assertThat(document.findValues("$ref")).isNotEmpty().allSatisfy(each ->
                assertThat(document.at(each.asText().substring(1)).isMissingNode()).as(each.asText())
                        .isFalse());
        assertThat(document.findValues("summary")).allSatisfy(each ->
                assertThat(each.asText()).endsWith("."));
    }

    // ---- the test of the test

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "{\"level\":\"info\",\"levels\":{\"ip\":\"warn\"}} | ~~",
        "{\"level\":\"info\"} | : levels is missing",
        "{\"level\":\"info\",\"levels\":{},\"more\":1} | /more: is not documented",
        "{\"level\":\"loud\",\"levels\":{}} | /level: \"loud\" is not one of",
        "{\"level\":7,\"levels\":{}} | /level: 7 is not of type",
        "{\"level\":\"info\",\"levels\":{\"ip\":null}} | /levels/ip: null is not of type"})
    void findsWhatIsWrong(String value, String problem) throws Exception {
        JsonNode document = OpenApi.document();
        var problems = new Schema(document).problems(document.at("/components/schemas/Log"),
                JSON.readTree(value));
        if (problem.isEmpty()) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).singleElement().asString().startsWith(problem);
        }
    }
}
