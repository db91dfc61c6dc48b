package org.splnet.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.splnet.kern.LockDiscipline;

/// One network namespace with a daemon in it: the kernel at 10.88.0.1, splnet at 10.88.0.2, and between them
/// a TAP; or, where `-Dsplnet.wire` says so, a pair of NICs, of which the daemon opens the other end
/// ([Wire]).
///
/// The namespace's name carries this process's number, so that `bin/sweep` can remove what a killed run left.
final class Lab implements AutoCloseable {
    /// How a command ended.
    ///
    /// @param exit its exit code; -1 if it was ended because its time was up
    /// @param out standard output and standard error
    record Result(int exit, String out) {
        /// The output of a command that must have succeeded.
        String ok() {
            if (exit != 0) {
                throw new AssertionError("exit " + exit + ": " + out);
            }
            return out;
        }
    }

    static final String HOST = "10.88.0.1";
    static final String SPLNET = "10.88.0.2";

    /// A TAP with the host's address on it and every service on.
    static final String CONFIG = """
            [[interface]]
            name = "splnet0"
            driver = "tap"
            addresses = ["10.88.0.2/24"]
            host-address = "10.88.0.1/24"
            probe = false

            [services]
            echo = true
            discard = true
            chargen = true
            status = true
            """;

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Duration LIMIT = Duration.ofSeconds(600);
    /// It is there in a second, unless other tests have the machine.
    private static final long PATIENCE_NS = 60_000_000_000L;

    private final String name = "splt-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    private final Path dir;
    private final List<Process> children = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private List<String> launcher = List.of();
    private Process daemon;

    private Lab() throws IOException {
        dir = Files.createTempDirectory(name);
        must("ip", "netns", "add", name);
        run("ip", "link", "set", "lo", "up").ok();
        // Router solicitations and MLD reports of the kernel would only blur captures.
        run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1").ok();
        run("sysctl", "-qw", "net.ipv4.ping_group_range=0 65535").ok();
    }

    /// A laboratory without a daemon yet.
    static Lab empty() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root for a network namespace");
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun");
        return new Lab();
    }

    /// A laboratory with a daemon that answers.
    static Lab start(String config, String... jvmOptions) throws IOException {
        Lab lab = empty();
        try {
            lab.startDaemon(config, jvmOptions);
            return lab;
        } catch (IOException | RuntimeException | AssertionError e) {
            lab.close();
            throw e;
        }
    }

    /// Starts the daemon and waits until it answers a ping from the namespace.
    void startDaemon(String config, String... jvmOptions) throws IOException {
        spawnDaemon(config, jvmOptions);
        awaitAnswer();
    }

    /// Starts the daemon, and does not wait.
    void spawnDaemon(String forTap, String... jvmOptions) throws IOException {
        Path file = dir.resolve("splnet.toml");
        String config = Wire.CHOSEN.ready(this, forTap);
        // Namespaces do not separate files: each daemon has its control socket in its laboratory.
        Files.writeString(file, config.contains("[control]") ? config
                : config + "\n[control]\nsocket = \"" + dir.resolve("control.sock") + "\"\n");
        List<String> command = daemonCommand(System.getProperty("java.class.path"), file, jvmOptions);
        command.addAll(0, launcher);
        ProcessBuilder builder = new ProcessBuilder(inside(command.toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile()));
        builder.environment().putAll(environment);
        if (daemon != null) {
            children.add(daemon);       // whatever becomes of the test
        }
        daemon = builder.start();
    }

    /// A daemon's command, with all that watches over it.
    static List<String> daemonCommand(String classPath, Path config, String... jvmOptions) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.noUnsafe=false", "-Dio.netty.leakDetection.level=simple",
                "-Dio.netty.leakDetection.samplingInterval=1", "-ea", "-Xmx1g",
                "-XX:+UseSerialGC", "-Dsplnet.witness=order", "-Dsplnet.witness.sites=true",
                "-D" + LockDiscipline.PROPERTY + "=" + LockDiscipline.current()));
        command.addAll(Arrays.asList(jvmOptions));
        command.addAll(List.of("-cp", classPath, "org.splnet.Main", "daemon", "--config",
                config.toString()));
        return command;
    }

    /// Sets a variable of the daemon's environment.
    void environment(String variable, String value) {
        environment.put(variable, value);
    }

    /// Sets a command that becomes the daemon, whose own command is its last arguments.
    void launcher(String... command) {
        launcher = List.of(command);
    }

    /// The daemon's control socket.
    Path control() {
        return dir.resolve("control.sock");
    }

    /// One more daemon of the same control socket, with another interface; its output goes to the file
    /// `second`.
    Process secondDaemon() throws IOException {
        Path file = dir.resolve("second.toml");
        Files.writeString(file, "[[interface]]\nname = \"splnet1\"\ndriver = \"tap\"\naddresses ="
                + " [\"10.89.0.2/24\"]\n[control]\nsocket = \"" + control() + "\"\n");
        return spawn("second", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                "org.splnet.Main", "daemon", "--config", file.toString());
    }

    /// Ends the daemon without a word (`kill -9`).
    void killDaemon() throws InterruptedException {
        daemon.destroyForcibly().waitFor();
    }

    /// Descriptors of the daemon.
    int descriptors() {
        return sh("ls /proc/" + pid() + "/fd | wc -l").ok().strip().transform(Integer::parseInt);
    }

    /// Waits until the daemon answers a ping.
    void awaitAnswer() {
        for (long end = System.nanoTime() + PATIENCE_NS; System.nanoTime() - end < 0; ) {
            if (!daemon.isAlive()) {
                throw new AssertionError("the daemon ended with exit " + daemon.exitValue() + ":\n" + log());
            }
            if (run("ping", "-c", "1", "-W", "1", SPLNET).exit() == 0) {
                return;
            }
            pause();
        }
        throw new AssertionError("the daemon does not answer:\n" + log());
    }

    /// While the TAP does not exist yet `ping` fails at once: waits a moment without spinning.
    private void pause() {
        try {
            daemon.waitFor(200, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Runs a command in the namespace to its end.
    Result run(String... command) {
        return run(LIMIT, command);
    }

    /// Runs a command in the namespace to its end or the end of `limit`.
    Result run(Duration limit, String... command) {
        return exec(limit, inside(command));
    }

    /// Runs a shell script in the namespace.
    Result sh(String script) {
        return run(LIMIT, "sh", "-c", script);
    }

    /// Runs a Python script in the namespace.
    Result python(String script, String... args) {
        List<String> command = new ArrayList<>(List.of("python3", "-c", script));
        command.addAll(Arrays.asList(args));
        return run(LIMIT, command.toArray(String[]::new));
    }

    /// Starts a command in the namespace, output to a file of the laboratory.
    Process spawn(String output, String... command) throws IOException {
        Process child = new ProcessBuilder(inside(command)).redirectErrorStream(true)
                .redirectOutput(dir.resolve(output).toFile()).start();
        children.add(child);
        return child;
    }

    /// The namespace.
    String name() {
        return name;
    }

    /// A directory for files, removed at the end.
    Path dir() {
        return dir;
    }

    /// The daemon's process number.
    long pid() {
        // `ip netns exec` becomes the command, so the child is the daemon itself.
        return daemon.pid();
    }

    /// The daemon's process.
    Process daemon() {
        return daemon;
    }

    /// Live heap of the daemon in KiB after a full collection, read by `jcmd`.
    long heapAfterCollection() {
        String jcmd = System.getProperty("java.home") + "/bin/jcmd " + pid();
        String info = sh(jcmd + " GC.run >/dev/null && " + jcmd + " GC.run >/dev/null && " + jcmd
                + " GC.heap_info").ok();
        Matcher used = Pattern.compile("used (\\d+)K").matcher(info);
        long sum = 0;
        // DefNew and Tenured; what follows (Metaspace) is not heap.
        for (int i = 0; i < 2 && used.find(); i++) {
            sum += Long.parseLong(used.group(1));
        }
        if (sum == 0) {
            throw new AssertionError("no heap in: " + info);
        }
        return sum;
    }

    /// Living objects of the daemon, by class of ours; the heap is collected for that.
    Map<String, Long> objects() {
        String all = sh(System.getProperty("java.home") + "/bin/jcmd " + pid() + " GC.class_histogram").ok();
        Map<String, Long> found = new HashMap<>();
        Matcher line = Pattern.compile("\\d+: +(\\d+) +\\d+ +(org\\.splnet\\.[\\w.$]+)").matcher(all);
        while (line.find()) {
            found.put(line.group(2), Long.parseLong(line.group(1)));
        }
        return found;
    }

    /// Threads of the daemon, as the kernel counts them.
    int threads() {
        return sh("ls /proc/" + pid() + "/task | wc -l").ok().strip().transform(Integer::parseInt);
    }

    /// What the daemon has logged.
    String log() {
        return text("log");
    }

    /// The contents of a file of the laboratory; empty if it is not there.
    String text(String file) {
        try {
            Path path = dir.resolve(file);
            return Files.exists(path) ? Files.readString(path, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Nothing in the log that a developer would have to look into: no exception, no leak, no lock order
    /// violation.
    void assertQuiet() {
        assertQuiet(log());
    }

    /// The same of some daemon's log.
    static void assertQuiet(String log) {
        for (String bad : List.of("Exception", "Error:", "LEAK", "reversal", "while holding",
                "ERROR splnet.fault")) {
            if (log.contains(bad)) {
                throw new AssertionError("the daemon's log has '" + bad + "':\n" + log);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Process child : children) {
            end(child);
        }
        if (daemon != null) {
            end(daemon);
        }
        exec(LIMIT, List.of("ip", "netns", "delete", name));
        try (Stream<Path> files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }

    /// Ends a process, gently if that helps.
    static void end(Process process) {
        try {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> inside(String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(Arrays.asList(command));
        return all;
    }

    private static void must(String... command) {
        exec(LIMIT, List.of(command)).ok();
    }

    /// Runs a command outside of any namespace, to its end or the end of `limit`.
    static Result exec(Duration limit, List<String> command) {
        try {
            Path out = Files.createTempFile("splt", ".out");
            try {
                Process process = new ProcessBuilder(command).redirectErrorStream(true)
                        .redirectOutput(out.toFile()).start();
                boolean done = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (!done) {
                    process.destroyForcibly().waitFor();
                }
                return new Result(done ? process.exitValue() : -1,
                        new String(Files.readAllBytes(out), StandardCharsets.UTF_8));
            } finally {
                Files.delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
