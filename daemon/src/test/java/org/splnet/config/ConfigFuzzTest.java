package org.splnet.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;

/// Whatever the file contains, reading it ends in a configuration or a ConfigException, and soon.
///
/// [#fuzzerTestOneInput] is a harness for Jazzer, run as the package `org.splnet.fuzz` says with
/// `--target_class=org.splnet.config.ConfigFuzzTest`.
public class ConfigFuzzTest {
    private static final int ROUNDS = 4000;
    private static final String[] PIECES = {"[[", "]]", "[", "]", "{", "}", "=", "\"", "'''", "\"\"\"", "\n",
            ".", ",",
        "#", "interface", "route", "to", "via", "default", "addresses", "10.88.0.2/24", "1e999", "0x", "nan",
                "-inf",
        "1979-05-27T07:32:00Z", "tcp", "msl", "services", "echo", "true", "\\u0000", "\u0000",
                "\ud83d\ude00", "9".repeat(200)};

    /// One input.
    public static void fuzzerTestOneInput(byte[] octets) {
        try {
            new ConfigReader(new FakeDrivers()).parse("fuzz", octets);
        } catch (ConfigException expected) {
            assertThat(expected.problems()).isNotEmpty();
            assertThat(expected.getMessage()).startsWith("fuzz");
        }
    }

    @Test
    void survivesMutatedFiles() throws IOException {
        long seed = TestSeed.next();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] file = Files.readString(Path.of("..", "config", "splnet.toml"))
                .replaceAll("(?m)^# .*\n", "").replaceAll("(?m)^#", "")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] mutated = mutate(file, random);
            run(mutated, seed, round);
        }
    }

    @Test
    void survivesHeapsOfPieces() {
        long seed = TestSeed.next();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
                text.append(random.nextInt(3) == 0 ? " " : "");
            }
            run(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8), seed, round);
        }
    }

    @Test
    void survivesLargeFilesWithManyProblems() {
        StringBuilder text = new StringBuilder();
        while (text.length() < Toml.MAX_SIZE - 100) {
            text.append("[[interface]]\nname = 1\naddresses = [\n[],\n[]]\n");
        }
        fuzzerTestOneInput(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void run(byte[] octets, long seed, int round) {
        try {
            fuzzerTestOneInput(octets);
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("seed " + seed + " round " + round + ": "
                    + new String(octets, java.nio.charset.StandardCharsets.ISO_8859_1), e);
        }
    }

    private static byte[] mutate(byte[] file, SplittableRandom random) {
        byte[] out = file.clone();
        for (int n = 1 + random.nextInt(6); n > 0; n--) {
            int at = random.nextInt(out.length);
            switch (random.nextInt(4)) {
                case 0 -> out[at] = (byte) random.nextInt(256);
                case 1 -> out[at] = out[random.nextInt(out.length)];
                case 2 -> out = Arrays.copyOf(out, Math.max(1, at));
                default -> {
                    int len = Math.min(random.nextInt(200), out.length - at);
                    System.arraycopy(out, random.nextInt(out.length - len + 1), out, at, len);
                }
            }
        }
        return out;
    }
}
