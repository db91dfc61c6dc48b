package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;

/// What the daemon answers, and what it must not.
class AnswerReaderTest {
    private static final String GOOD = "HTTP/1.1 200 OK\r\nSplnet-Socket: 17\r\n"
            + "Splnet-Local: 10.88.0.2:49152\r\nSplnet-Remote: 10.88.0.1:80\r\n\r\n";
    private static final String BAD = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 65\r\n\r\n"
            + "{\"detail\":\"connect 10.88.0.1:81: refused\",\"errno\":\"ECONNREFUSED\"}";

    /// Gives what it has in pieces.
    private static final class Pieces implements ReadableByteChannel {
        private final ByteBuffer octets;
        private final Random random;
        private boolean dry;

        Pieces(String text, Random random) {
            octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
            this.random = random;
        }

        @Override
        public int read(ByteBuffer to) {
            dry = !dry && random.nextInt(3) == 0;
            int n = dry ? 0 : Math.min(Math.min(1 + random.nextInt(40), to.remaining()), octets.remaining());
            if (!octets.hasRemaining()) {
                return -1;
            }
            to.put(octets.slice(octets.position(), n));
            octets.position(octets.position() + n);
            return n;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private static Answer read(Pieces from, int least) throws IOException {
        AnswerReader reader = new AnswerReader(least);
        Answer answer;
        do {
            answer = reader.read(from);
        } while (answer == null);
        return answer;
    }

    @Test
    void takesNotOneOctetOfTheStream() throws Exception {
        long seed = TestSeed.next();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            boolean good = random.nextBoolean();
            Pieces from = new Pieces((good ? GOOD : BAD) + "stream\r\n\r\n", random);
            Answer answer = read(from, good ? random.nextInt(GOOD.length()) : random.nextInt(BAD.length()));
            assertThat(from.octets.remaining()).as("seed %d", seed).isEqualTo(10);
            assertThat(answer.status()).isEqualTo(good ? 200 : 502);
            if (good) {
                assertThat(answer.socket()).isEqualTo(17);
                assertThat(EndPoint.format(answer.local())).isEqualTo("10.88.0.2:49152");
            } else {
                assertThatThrownBy(answer::ok).isExactlyInstanceOf(ConnectException.class)
                        .hasMessage("Connection refused")
                        .hasRootCauseMessage("connect 10.88.0.1:81: refused");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-x\r\n\r\n", "HTTP/1.1 999 x\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"})
    void refusesWhatIsNoAnswer(String text) {
        assertThatThrownBy(() -> read(new Pieces(text + text, new Random(1)), 0))
                .isInstanceOf(IOException.class);
    }

    @Test
    void refusesAHeadWithoutEnd() {
        assertThatThrownBy(() -> read(new Pieces("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(10_000),
                new Random(1)), 0)).isExactlyInstanceOf(IOException.class).hasMessageContaining("8192");
        assertThatThrownBy(() -> read(new Pieces("HTTP/1.1 200 OK\r\n", new Random(1)), 0))
                .isExactlyInstanceOf(EOFException.class);
    }

    @Test
    void numbersAndEndsAreChecked() {
        for (String end : new String[] {"", "1.2.3.4", "1.2.3:4", "1.2.3.256:4", "1.2.3.4:65536",
            "1.2.3.4.5:6"}) {
            assertThatThrownBy(() -> EndPoint.parse(end)).isInstanceOf(IOException.class)
                    .hasMessageContaining("'" + end + "'");
        }
        assertThatThrownBy(() -> new Answer(200, Map.of("Splnet-Socket", "x"), "").socket())
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new Answer(200, Map.of(), "").local()).isInstanceOf(IOException.class);
    }

    @Test
    void jsonIsReadAndWritten() throws Exception {
        Map<String, Object> members = FlatJson.read(
                " {\"a\" : 1 , \"b\":\"x\\n\\u0041\\\"\", \"c\":null,\"d\":true,"
                + "\"e\":[1,{\"f\":\"]}\"}],\"g\":-2.5,\"h\":false}");
        assertThat(members).containsEntry("a", 1L).containsEntry("b", "x\nA\"").containsEntry("c", null)
                .containsEntry("d", true).containsEntry("g", -2.5).containsEntry("h", false).hasSize(7);
        assertThat(FlatJson.read("{}")).isEmpty();
        assertThat(FlatJson.read(FlatJson.write(Map.of("k", "\"\u00fc\\\n"))))
                .containsEntry("k", "\"\u00fc\\\n");
        for (int i = 0; i < 30; i++) {
            String cut = "{\"a\":[1,{\"b\":\"c\\u0041\"}]}".substring(0, Math.min(i, 24));
            assertThatThrownBy(() -> FlatJson.read(cut)).as(cut).isInstanceOf(IOException.class);
        }
    }
}
