package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.service.http.HttpError;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;

@Timeout(60)
class EventStreamTest {
    private static List<JsonNode> lines(byte[] piece) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        String text = new String(piece, StandardCharsets.UTF_8);
        assertThat(text).endsWith("\n");
        for (String line : text.split("\n")) {
            all.add(new ObjectMapper().readTree(line));
        }
        return all;
    }

    @Test
    void aLineIsAnEvent() throws Exception {
        try (EventStream stream = new EventStream(EnumSet.of(EventKind.CONNECTION_OPENED), 8)) {
            stream.start(() -> { });
            JsonNode greeting = lines(stream.next()).getFirst();
            assertThat(greeting.path("event").asText()).isEqualTo("subscribed");
            assertThat(greeting.path("kinds")).hasToString("[\"connection-opened\"]");
            assertThat(stream.next()).isNull();
            Events.post(EventKind.CONNECTION_OPENED, "local", new StringBuilder("a\"b"), "passive", true,
                    "station", null);
            JsonNode line = lines(stream.next()).getFirst();
            assertThat(line.path("time").asText()).matches("20\\d\\d-.*T.*Z");
            assertThat(line.path("event").asText()).isEqualTo("connection-opened");
            assertThat(line.path("local").asText()).isEqualTo("a\"b");
            assertThat(line.path("passive").isBoolean()).isTrue();
            assertThat(line.has("station")).isFalse();
            assertThat(stream.ended()).isFalse();
        }
    }

    /// A time was a string.
    @Test
    void itsFieldsAreOfTheTypesThatAreWritten() throws Exception {
        try (EventStream stream = new EventStream(EnumSet.of(EventKind.LEASE_BOUND), 8)) {
            stream.start(() -> { });
            stream.next();
            Events.post(EventKind.LEASE_BOUND, "interface", "x", "address", Cidr.parse("10.0.0.2/24"),
                    "server", Ip4Addr.parse("10.0.0.1"), "seconds", 4_294_967_295L);
            JsonNode document = OpenApi.document();
            assertThat(new Schema(document).problems(document.at("/components/schemas/Event"),
                    lines(stream.next()).getFirst())).isEmpty();
        }
    }

    @Test
    void whatIsLostIsCountedInALine() throws Exception {
        try (EventStream stream = new EventStream(EnumSet.of(EventKind.LINK_UP), 8)) {
            stream.start(() -> { });
            stream.next();
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 20; i++) {
                    Events.post(EventKind.LINK_UP, "interface", "x");
                }
                List<JsonNode> lines = lines(stream.next());
                assertThat(lines).hasSize(9);
                assertThat(lines.getLast().path("event").asText()).isEqualTo("lost");
                assertThat(lines.getLast().path("count").asInt()).isEqualTo(12);
            }
            assertThat(stream.next()).isNull();
        }
    }

    @Test
    void onePieceHasItsSize() throws Exception {
        try (EventStream stream = new EventStream(EnumSet.of(EventKind.LINK_UP), 1024)) {
            stream.start(() -> { });
            for (int i = 0; i < 1000; i++) {
                Events.post(EventKind.LINK_UP, "interface", "x".repeat(50));
            }
            int lines = 0;
            int pieces = 0;
            for (byte[] piece; (piece = stream.next()) != null; pieces++) {
                assertThat(piece.length).isLessThan(20_000);
                lines += lines(piece).size();
            }
            assertThat(lines).isEqualTo(1001);
            assertThat(pieces).isGreaterThan(1);
        }
    }

    @Test
    void kindsAreNamed() throws Exception {
        assertThat(EventStream.kinds(null)).hasSize(EventKind.values().length);
        assertThat(EventStream.kinds("link-up,fault")).containsExactly(EventKind.LINK_UP, EventKind.FAULT);
        for (String wrong : List.of("", "link", "link-up,", "LINK_UP")) {
            HttpError error = catchThrowableOfType(HttpError.class, () -> EventStream.kinds(wrong));
            assertThat(error).as(wrong).hasMessageContaining("must be one of link-up, link-down");
        }
    }

    @Test
    void oneThatWasNotStartedEndsToo() {
        EventStream stream = new EventStream(EnumSet.of(EventKind.FAULT));
        assertThat(stream.next()).isNull();
        stream.close();
        stream.close();
        assertThat(Events.wanted(EventKind.FAULT)).isFalse();
    }
}
