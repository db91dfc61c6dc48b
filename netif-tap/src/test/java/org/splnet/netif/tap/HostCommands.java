package org.splnet.netif.tap;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The host's side of a test: `ip` commands, and names of interfaces that carry this process's number, so
/// that a later run removes what a killed one left.
final class HostCommands implements AutoCloseable {
    private static final String PREFIX = "splt";
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final List<String> names = new ArrayList<>();

    HostCommands() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root to make network devices");
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun");
        removeLeftovers();
    }

    /// A name for an interface, which is removed at the end.
    String name() {
        String name = PREFIX + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        names.add(name);
        return name;
    }

    /// Runs `ip` with these arguments; it must succeed.
    String ip(String... arguments) {
        String output = run(arguments);
        if (output == null) {
            throw new AssertionError("ip " + String.join(" ", arguments) + " failed");
        }
        return output;
    }

    boolean exists(String name) {
        return Files.exists(Path.of("/sys/class/net", name));
    }

    /// A value of an interface under /sys/class/net.
    String sys(String name, String key) {
        try {
            return Files.readString(Path.of("/sys/class/net", name, key)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Collections.reverse(names);
        names.stream().filter(this::exists).forEach(name -> run("link", "del", name));
    }

    private static void removeLeftovers() {
        String[] present = Path.of("/sys/class/net").toFile().list();
        Arrays.stream(present == null ? new String[0] : present)
                .filter(name -> name.matches(PREFIX + "[0-9]+-[0-9]+"))
                .filter(name -> ProcessHandle.of(Long.parseLong(
                        name.substring(PREFIX.length(), name.indexOf('-')))).isEmpty())
                .forEach(name -> run("link", "del", name));
    }

    // the output, or null if it failed
    private static String run(String... arguments) {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
