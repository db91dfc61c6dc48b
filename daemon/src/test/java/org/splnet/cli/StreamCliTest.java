package org.splnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
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
import org.splnet.capture.PcapngReader;
import org.splnet.capture.PcapngSample;

/// The commands that go on, and those that ask again and again, against a socket that answers what it is told
/// to.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class StreamCliTest {
    private static final byte[] FRAME = new byte[60];

    /// Is shown nothing at a terminal, and as often as it is told to.
    private static final class TestHost extends FakeHost {
        private int repeats;
        private OutputStream output = OutputStream.nullOutputStream();

        @Override
        public OutputStream output() {
            return output;
        }

        @Override
        public boolean pause(Duration time) {
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
    private volatile Function<String, byte[]> answers;

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
                    client.write(ByteBuffer.wrap(answers.apply(text)));
                }
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    /// A disk that is full, or a reader that has gone.
    private static final class Broken extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    private int run(String line) {
        return run(line, new PrintWriter(out, true));
    }

    private int run(String line, PrintWriter to) {
        return Cli.run(host, to, new PrintWriter(err, true),
                (line + " --socket " + socket).split(" "));
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// In chunks of `size`, as a stream comes.
    private static byte[] chunked(byte[] content, int size) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(octets("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
        for (int at = 0; at < content.length; at += size) {
            int length = Math.min(size, content.length - at);
            all.writeBytes(octets(Integer.toHexString(length) + "\r\n"));
            all.write(content, at, length);
            all.writeBytes(octets("\r\n"));
        }
        all.writeBytes(octets("0\r\n\r\n"));
        return all.toByteArray();
    }

    private static byte[] json(String text) {
        return octets("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void eventsAreShownWhereverTheyAreCut(int size) {
        String first = "{\"time\":\"T1\",\"event\":\"link-up\",\"interface\":\"w0\"}\n";
        String second = "{\"time\":\"T2\",\"event\":\"connection-opened\",\"passive\":true}\n";
        answers = request -> chunked(octets(first + second), size);
        assertThat(run("events link-up connection-opened")).isZero();
        assertThat(asked.getFirst()).startsWith(
                "GET /v1/events?kind=link-up%2Cconnection-opened HTTP/1.1\r\n");
        assertThat(out).hasToString("T1  link-up interface=w0\nT2  connection-opened passive=true\n");
        out.getBuffer().setLength(0);
        assertThat(run("events --json")).isZero();
        assertThat(out).hasToString(first + second);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aStreamThatIsRefusedIsToldInTheDaemonsWords() throws Exception {
        String problem = "{\"status\":422,\"detail\":\"filter: \\\"tpc\\\": syntax error.\"}";
        answers = request -> octets("HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: " + problem.length()
                + "\r\n\r\n" + problem);
        Path file = Files.writeString(dir.resolve("old.pcapng"), "of old");
        assertThat(run("capture -w " + file + " tpc")).isEqualTo(64);
        assertThat(err).hasToString("splnet: filter: \"tpc\": syntax error.\n");
        assertThat(file).hasContent("of old");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{"})
    void aStreamThatIsNoneIsNamed(String answer) {
        answers = request -> octets(answer);
        assertThat(run("events")).isEqualTo(69);
        assertThat(err.toString()).contains("broken off").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 100, 5000})
    void aCaptureIsWrittenAsItComes(int size) throws Exception {
        byte[] sample = PcapngSample.file("w0", 1_000_000_000L, List.of(FRAME, FRAME));
        answers = request -> chunked(sample, size);
        Path file = dir.resolve("x.pcapng");
        assertThat(run("capture -i w0 -i lo -s 100 -c 2 -w " + file + " tcp port 80")).isZero();
        assertThat(asked.getFirst()).startsWith(
                "GET /v1/capture?filter=tcp%20port%2080&interface=w0%2Clo&snaplen=100&count=2 HTTP/1.1\r\n");
        assertThat(file).hasBinaryContent(sample);
        assertThat(err).hasToString("2 frames\n");
        err.getBuffer().setLength(0);
        assertThat(run("capture")).isZero();
        assertThat(out.toString().lines()).hasSize(2)
                .anyMatch(line -> line.matches("(\\d\\d:){2}\\d\\d\\.000000 w0 > 60 octets 0{64}\\.\\.\\."))
                .anyMatch(line -> line.contains(" w0 < 60 octets"));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void whereTheDaemonEndsWhatHasComeIsCounted() {
        byte[] all = chunked(PcapngSample.file("w0", 0, List.of(FRAME, FRAME)), 100);
        answers = request -> java.util.Arrays.copyOf(all, all.length - 5);
        assertThat(run("capture -w " + dir.resolve("x.pcapng"))).isEqualTo(69);
        assertThat(err.toString()).startsWith("2 frames\n").contains("broken off");
    }

    /// The files of the directory that `x.pcapng` was made into, in order.
    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(dir)) {
            return all.filter(each -> each.toString().contains("/x")).sorted().toList();
        }
    }

    private static PcapngReader read(Path file) {
        PcapngReader reader = new PcapngReader();
        try {
            reader.read(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return reader;
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 100, 5000})
    void aCaptureGoesOnInAnotherFileBeforeOneIsTooLarge(int size) throws Exception {
        byte[] sample = PcapngSample.file("w0", 1_000_000_000L, Collections.nCopies(100, FRAME));
        int head = PcapngSample.head("w0").length;
        answers = request -> chunked(sample, size);
        assertThat(run("capture -C 1k -w " + dir.resolve("x.pcapng"))).isZero();
        int each = (1024 - head) / 108;             // a block of 108 octets for each frame
        assertThat(files()).hasSize((99 + each) / each).allSatisfy(file -> {
            assertThat(file.getFileName().toString()).matches("x_0000\\d_20\\d{12}\\.pcapng|x_0001\\d_.*");
            assertThat(Files.size(file)).isLessThanOrEqualTo(1024);
            assertThat(read(file).interfaces).containsExactly("w0");
        });
        List<Long> times = files().stream().flatMap(file -> read(file).packets.stream())
                .map(PcapngReader.Captured::timeNs).toList();
        assertThat(times).hasSize(100).isSorted().doesNotHaveDuplicates();
        assertThat(err).hasToString("100 frames, " + files().size() + " files\n");
        assertThat(read(files().getLast()).statistics.get(0)).as("at the end").containsEntry(8, 100L);
    }

    @Test
    void ofACapturesFilesTheNewestStay() throws Exception {
        Path older = Files.writeString(dir.resolve("x_00001_older.pcapng"), "not ours");
        byte[] sample = PcapngSample.file("w0", 1_000_000_000L, Collections.nCopies(10, new byte[3000]));
        answers = request -> chunked(sample, 700);
        assertThat(run("capture -C 1k -W 3 -w " + dir.resolve("x.pcapng"))).isZero();
        assertThat(older).hasContent("not ours");
        assertThat(files().stream().filter(file -> !file.equals(older)).map(file -> read(file).packets)
                .toList()).hasSize(3).allMatch(packets -> packets.size() == 1);
        assertThat(files()).element(1).asString().contains("/x_00008_");
        assertThat(err).hasToString("10 frames, 10 files\n");
    }

    @Test
    void aCaptureGoesOnInAnotherFileAfterATime() throws Exception {
        byte[] sample = PcapngSample.file("w0", 0, 400_000_000L, Collections.nCopies(9, FRAME), null);
        answers = request -> chunked(sample, 5000);
        assertThat(run("capture -G 1 -w " + dir.resolve("x"))).isZero();
        assertThat(files()).hasSize(3).allMatch(file -> file.toString().matches(".*/x_\\d{5}_\\d{14}"));
        assertThat(files().stream().map(file -> read(file).packets.size()).toList())
                .containsExactly(3, 3, 3);
    }

    @Test
    void aFileThatCannotBeMadeIsNamed() throws Exception {
        answers = request -> chunked(PcapngSample.file("w0", 0, List.of(FRAME, FRAME)), 100);
        assertThat(run("capture -C 1k -w " + dir.resolve("none/x.pcapng"))).isEqualTo(74);
        assertThat(err.toString()).contains("none/x_00001_").endsWith(": no such file or directory\n")
                .hasLineCount(1);
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "-C 1k | -C and -G need -w with the name of a file", "-G 5 -w - | -C and -G need -w",
        "-W 3 -w x | -W needs -C or -G", "-C 0 -w x | \"0\" is no size", "-C 1T -w x | \"1T\" is no size",
        "-C 9999999999 -w x | no size", "-C -1 -w x | -C", "-G 0 -w x | -G: 0 must be in 1..31622400",
        "-C 1 -W 0 -w x | -W: 0 must be in 1..100000", "-C 1 -W 100001 -w x | 100001 must be in",
        "-G x -w x | -G"})
    void whatCannotRotateIsToldBeforeAnythingIsCaptured(String options, String why) throws Exception {
        assertThat(run("capture " + options)).isEqualTo(64);
        assertThat(err.toString()).contains(why);
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 1000000", "7, 7000000", "1k, 1024", "2K, 2048", "3m, 3145728", "1G, 1073741824",
        "999999999G, 1073741822926258176"})
    void sizesAreThoseOfTcpdump(String text, long octets) {
        assertThat(new Rotation.Size().convert(text)).isEqualTo(octets);
    }

    @Test
    void whatTheStackDroppedIsShownWithTheReason() {
        answers = request -> chunked(PcapngSample.file("w0", 0, 1, List.of(FRAME),
                "dropped: udp-no-port\u001b[2J"), 1000);
        assertThat(run("capture --dropped")).isZero();
        assertThat(asked.getFirst()).startsWith("GET /v1/capture?dropped=true HTTP/1.1\r\n");
        assertThat(out.toString()).endsWith("... [dropped: udp-no-port?[2J]\n");
    }

    @Test
    void whatIsNoPcapngIsNamed() {
        answers = request -> chunked(octets("this is no pcapng at all, is it?"), 50);
        assertThat(run("capture")).isEqualTo(76);
        assertThat(err.toString()).contains("no pcapng").hasLineCount(1);
    }

    @Test
    void pingsAreCounted() {
        List<String> all = List.of(
                "{\"outcome\":\"reply\",\"from\":\"10.0.0.1\",\"rttNs\":1500000,\"ttl\":64,\"octets\":56}",
                "{\"outcome\":\"timeout\",\"from\":null,\"rttNs\":0,\"ttl\":0,\"octets\":0}",
                "{\"outcome\":\"unreachable\",\"from\":\"10.0.0.9\",\"rttNs\":5,\"ttl\":0,\"octets\":0}");
        answers = request -> json(all.get((asked.size() - 1) % 3));
        host.repeats = 2;
        assertThat(run("ping -c 3 10.0.0.1")).isZero();
        assertThat(out).hasToString("1: 56 octets from 10.0.0.1, ttl 64, 1.500 ms\n2: timeout\n"
                + "3: unreachable, says 10.0.0.9\n3 sent, 1 answered, 2 lost, 1.500/1.500/1.500 ms"
                + " (least/mean/most)\n");
        assertThat(asked.getFirst()).startsWith("POST /v1/ping ")
                .endsWith("{\"address\":\"10.0.0.1\",\"octets\":56,\"timeout-ms\":1000}");
        answers = request -> json(all.get(1));
        assertThat(run("ping -c 1 10.0.0.1")).isEqualTo(1);
        for (String wrong : List.of("ping -c -1 a", "ping -i 0 a", "ping -W 6 a", "ping -W NaN a", "ping")) {
            assertThat(run(wrong)).as(wrong).isEqualTo(64);
        }
    }

    @Test
    void whatStandardOutputDoesNotTakeIsSaid() {
        host.output = new Broken();
        answers = request -> chunked(PcapngSample.file("w0", 1_000_000_000L, List.of(FRAME, FRAME)), 100);
        assertThat(run("capture -w -")).isEqualTo(74);
        assertThat(err.toString()).contains("No space left on device");
    }

    @Test
    void nothingIsShownAgainToWhoHasGone() {
        answers = request -> json("[]");
        host.repeats = 5;
        run("sockets --watch 1", new PrintWriter(new Broken(), true));
        assertThat(asked).hasSize(1);
        run("top", new PrintWriter(new Broken(), true));
        assertThat(asked).as("four resources, twice at most").hasSizeLessThanOrEqualTo(1 + 2 * 4);
    }

    @Test
    void topShowsRates() {
        int[] round = {0};
        Map<String, Function<Integer, String>> resources = Map.of(
                "status", n -> "{\"uptimeSeconds\":" + 10 * n + "}",
                "interfaces", n -> "[{\"name\":\"w0\",\"counters\":{\"in-packets\":" + 1000 * n
                        + ",\"in-octets\":" + 50_000 * n + ",\"in-drops\":" + 10 * n + "}}]",
                "stats", n -> "{\"tcp\":{\"segments-in\":" + 70 * n + "}}",
                "sockets", n -> "[{\"protocol\":\"tcp\",\"state\":\"ESTABLISHED\",\"local\":\"a:1\","
                        + "\"remote\":\"b:2\",\"details\":{\"octetsAcked\":" + 120 * n
                        + ",\"octetsReceived\":0,\"octetsResent\":0,\"srttMs\":1.5,\"cwnd\":9}},"
                        + "{\"protocol\":\"tcp\",\"state\":\"LISTEN\",\"local\":\"a:1\",\"remote\":\"*\","
                        + "\"details\":{}}]");
        answers = request -> {
            String resource = request.replaceFirst("(?s)GET /v1/(\\w+) .*", "$1");
            round[0] += resource.equals("status") ? 1 : 0;
            return json(resources.get(resource).apply(round[0]));
        };
        host.repeats = 1;
        assertThat(run("top")).isZero();
        assertThat(out.toString()).contains("connections 1  listeners 1", "segments in 7/s")
                .containsPattern("w0 +100 +5000 +0 +0 +1 +0\n")
                .containsPattern("ESTABLISHED +a:1 +b:2 +0 +12 +0 +1.50 +9 +-\n");
    }
}
