package org.splnet.interop;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A daemon, and whatever else is started here, as a user without any privilege: whoever runs the test, or if
/// that is root, `nobody`. No namespace, no device of the host: a directory is all they have.
final class OrdinaryUser implements AutoCloseable {
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
    private static final List<String> DROP = List.of("setpriv", "--reuid", "65534", "--regid", "65534",
            "--clear-groups", "--no-new-privs", "--inh-caps", "-all", "--bounding-set", "-all");
    private static final Duration LIMIT = Duration.ofSeconds(300);

    private final Path dir;
    private final List<Process> children = new ArrayList<>();
    private final String classPath;
    private Process daemon;

    OrdinaryUser() throws IOException {
        dir = Files.createTempDirectory("splu");
        // What the test's class path names may lie where nobody but root may look.
        String tests = System.getProperty("java.class.path");
        classPath = ROOT ? copyOf(tests) : tests;
        if (ROOT) {
            Lab.exec(LIMIT, List.of("chown", "-R", "65534:65534", dir.toString())).ok();
        }
    }

    private String copyOf(String path) throws IOException {
        Path to = Files.createDirectory(dir.resolve("class-path"));
        List<String> copies = new ArrayList<>();
        List<String> jars = new ArrayList<>(List.of("cp", "-t", to.toString()));
        for (String each : path.split(File.pathSeparator)) {
            if (Files.isDirectory(Path.of(each))) {
                Path copy = to.resolve(Integer.toString(copies.size()));
                Lab.exec(LIMIT, List.of("cp", "-r", each, copy.toString())).ok();
                copies.add(copy.toString());
            } else if (Files.exists(Path.of(each))) {
                jars.add(each);
            }
        }
        Lab.exec(LIMIT, jars).ok();
        copies.add(to + "/*");
        return String.join(File.pathSeparator, copies);
    }

    /// A directory of that user's, removed at the end.
    Path dir() {
        return dir;
    }

    /// Starts a command, output to a file of the directory.
    Process spawn(String output, List<String> command) throws IOException {
        Process child = new ProcessBuilder(unprivileged(command)).redirectErrorStream(true)
                .redirectOutput(dir.resolve(output).toFile()).start();
        children.add(child);
        return child;
    }

    /// Starts the daemon, or ends it and starts another one. Does not wait until it answers.
    void startDaemon(String config) throws IOException {
        if (daemon != null) {
            Lab.end(daemon);
        }
        Path file = dir.resolve("splnet.toml");
        Files.writeString(file, config + "\n[control]\nsocket = \"" + dir.resolve("control.sock") + "\"\n");
        daemon = new ProcessBuilder(unprivileged(Lab.daemonCommand(classPath, file)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile())).start();
        children.add(daemon);
    }

    /// Capabilities of the daemon, as the kernel shows them: hexadecimal, and zero if it has none.
    String capabilities() throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(daemon.pid()), "status")).lines()
                .filter(line -> line.startsWith("CapEff:")).findFirst().orElseThrow().substring(7).strip();
    }

    /// What the daemon has logged.
    String log() throws IOException {
        return Files.readString(dir.resolve("log"));
    }

    /// Runs a shell script to its end.
    Lab.Result sh(String script) {
        return Lab.exec(LIMIT, unprivileged(List.of("sh", "-c", script)));
    }

    private static List<String> unprivileged(List<String> command) {
        List<String> all = new ArrayList<>(ROOT ? DROP : List.of());
        all.addAll(command);
        return all;
    }

    @Override
    public void close() throws IOException {
        children.forEach(Lab::end);
        try (Stream<Path> files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }
}
