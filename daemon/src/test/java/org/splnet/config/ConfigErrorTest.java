package org.splnet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each mistake gives exactly its message.
class ConfigErrorTest {
    private static final String GOOD = """
            [[interface]]
            name = "splnet0"
            driver = "tap"
            addresses = ["10.88.0.2/24"]
            """;

    /// `mistakes.txt`: what is appended to the good file, so that it starts at line 5; two dashes; the
    /// message.
    static Stream<Arguments> mistakes() throws IOException {
        try (InputStream in = ConfigErrorTest.class.getResourceAsStream("mistakes.txt")) {
            String[] all = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n====\n");
            return Stream.of(all).map(each -> each.split("\n--\n"))
                    .map(each -> Arguments.of(each[0], each[1]));
        }
    }

    private static SplnetConfig read(String text) throws ConfigException {
        return new ConfigReader(new FakeDrivers()).parse("f", text.getBytes(StandardCharsets.UTF_8));
    }

    private static String problems(String text) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> read(text));
        assertThat(refused).as(text).isNotNull();
        return refused.getMessage();
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("mistakes")
    void saysWhatIsAllowed(String appended, String message) {
        assertThat(problems(GOOD + appended + "\n")).isEqualTo(message);
    }

    @Test
    void takesTheGoodFile() throws ConfigException {
        assertThat(read(GOOD).interfaces()).singleElement().satisfies(
                each -> assertThat(each.addresses()).hasToString("[10.88.0.2/24]"));
    }

    @Test
    void aDriverIsGivenSizesInOctets() throws ConfigException {
        assertThat(read(GOOD.replace("tap", "pcap") + "buffer-size = \"4MiB\"\n").interfaces().getFirst()
                .options()).containsEntry("buffer-size", "4194304");
    }

    @Test
    void aByteOrderMarkAndTheLineEndsOfOtherSystemsAreNothing() throws ConfigException {
        assertThat(read("\uFEFF" + GOOD.replace("\n", "\r\n")).interfaces()).hasSize(1);
    }

    @Test
    void wantsAnInterface() {
        assertThat(problems("")).isEqualTo("f:1: there must be at least one [[interface]]");
    }

    @Test
    void listsEveryProblemInOrderOfLines() {
        assertThat(problems("witness = \"on\"\n[log]\nlevel = 1\n" + GOOD + "mtu = 1\n[tcp]\nr1 = \"x\"\n"))
                .isEqualTo(
                """
                f:1: witness: "on": must be one of off, contested, profile, order
                f:3: log.level: 1: must be text in quotes
                f:8: interface.mtu: 1: must be in 68..65535
                f:10: tcp.r1: "x": must be a whole number""");
    }

    @Test
    void knowsTheLineOfEveryElementOfALongList() {
        assertThat(problems("""
                # comment
                [[interface]]
                name = "splnet0"
                driver = "tap"
                addresses = [   # several
                    "10.88.0.2/24",
                    # not this one
                    "10.88.0.0/24", "10.89.0.1/24",
                    "10.90.0.1/99"
                ]
                """)).isEqualTo("""
                f:8: interface.addresses: "10.88.0.0/24": must be an address of a host, this is the network \
                itself
                f:9: interface.addresses: "10.90.0.1/99": is not an address with prefix length: prefix \
                length "99" is not in 0..32""");
    }

    @Test
    void knowsTheLinesOfInlineAndDottedTables() {
        assertThat(problems(GOOD + "[services]\nstatus.port = 0\necho = { port = 70000 }\n")).isEqualTo("""
                f:6: services.status.port: 0: must be in 1..65535
                f:7: services.echo.port: 70000: must be in 1..65535""");
    }

    @Test
    void aFilesNameIsNoLineOfItsOwn() {
        assertThat(catchThrowableOfType(ConfigException.class, () -> new ConfigReader(new FakeDrivers())
                .parse("f\n<0>forged", "a = 1".getBytes(StandardCharsets.UTF_8))).getMessage())
                .startsWith("f\\u000a<0>forged:1: ").hasLineCount(2);
    }

    @Test
    void refusesWhatIsNotUtf8() {
        byte[] octets = "a = 1\nb = \"x\"".getBytes(StandardCharsets.ISO_8859_1);
        octets[octets.length - 2] = (byte) 0xff;
        assertThat(catchThrowableOfType(ConfigException.class,
                () -> new ConfigReader(new FakeDrivers()).parse("f", octets)))
                .hasMessage("f:2: not UTF-8 text");
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThat(problems("#".repeat(Toml.MAX_SIZE + 1))).isEqualTo(
                "f: a configuration has at most 1048576 octets");
    }

    @Test
    void saysNoMoreThanCanBeRead() {
        assertThat(problems(GOOD + "mac = \"" + "x".repeat(60_000) + "\"")).startsWith("f:5: interface.mac: ")
                .hasSizeLessThan(300);
        assertThat(problems(GOOD + "mtu = " + "1".repeat(60_000))).startsWith("f:5: not TOML: ")
                .hasSizeLessThan(300);
    }

    @Test
    void refusesDeepNesting() {
        assertThat(problems("a = " + "[".repeat(100_000)))
                .isEqualTo("f: not TOML: document nesting depth (33) exceeds the maximum allowed (32)");
    }

    @Test
    void saysWhyAFileCannotBeRead(@TempDir Path dir) throws Exception {
        ConfigReader reader = new ConfigReader(new FakeDrivers());
        Path missing = dir.resolve("missing.toml");
        assertThat(catchThrowableOfType(ConfigException.class, () -> reader.read(missing)))
                .hasMessage(missing + ": no such file");
        assertThat(catchThrowableOfType(ConfigException.class, () -> reader.read(dir)).getMessage())
                .startsWith(dir + ": cannot be read: ");
        Path file = Files.writeString(dir.resolve("good.toml"), GOOD);
        assertThat(reader.read(file).interfaces()).hasSize(1);
    }
}
