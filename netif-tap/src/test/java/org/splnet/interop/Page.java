package org.splnet.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A page of `docs/`, for tests to do what it tells people to do. Commands that are run are marked as such.
///
/// @param name the file's
record Page(String name) {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern BLOCK = Pattern.compile("(<!-- run -->\n)?```([a-z]*)\n(.*?)```\n",
            Pattern.DOTALL);

    /// All of it.
    String text() {
        try {
            return Files.readString(DOCS.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every configuration.
    List<String> configurations() {
        return blocks("toml", false);
    }

    /// What is said to be run, in order.
    List<String> runnable() {
        return blocks("sh", true);
    }

    /// What the daemon is said to say.
    List<String> lines() {
        return blocks("text", false).stream().map(String::strip).toList();
    }

    private List<String> blocks(String language, boolean marked) {
        List<String> found = new ArrayList<>();
        Matcher block = BLOCK.matcher(text());
        while (block.find()) {
            if (block.group(2).equals(language) && (!marked || block.group(1) != null)) {
                found.add(block.group(3));
            }
        }
        return found;
    }

    /// `splnet check-config` of a configuration, which is put into that file.
    static Lab.Result check(String configuration, Path file) throws IOException {
        Files.writeString(file, configuration);
        return Lab.exec(Duration.ofSeconds(50), command("check-config", file.toString()));
    }

    /// The command `splnet` of this build.
    static List<String> command(String... arguments) {
        var all = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.noUnsafe=false", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                "org.splnet.Main"));
        all.addAll(List.of(arguments));
        return all;
    }

    /// Makes `bin/splnet` in a laboratory, for its daemon.
    static void install(Lab lab) throws IOException {
        Path bin = Files.createDirectories(lab.dir().resolve("bin")).resolve("splnet");
        Files.writeString(bin, "#!/bin/sh\nSPLNET_SOCKET=" + lab.control() + " exec " + String.join(" ",
                command()) + " \"$@\"\n");
        if (!bin.toFile().setExecutable(true)) {
            throw new IOException(bin + " cannot be made executable");
        }
    }
}
