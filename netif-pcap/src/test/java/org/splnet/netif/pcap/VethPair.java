package org.splnet.netif.pcap;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Two NICs back to back: ours, and one in a network namespace where the kernel is the peer at 10.214.0.1.
/// Names carry this process's number, so that `bin/sweep` removes what a killed run left.
final class VethPair implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String namespace = "splt-" + ProcessHandle.current().pid() + "-v" + COUNT.incrementAndGet();
    private final String ours = "splt" + ProcessHandle.current().pid() + "-" + COUNT.get();

    private final boolean bothHere;

    VethPair() {
        this(false);
    }

    /// Both of them in this process's namespace, without the kernel as a peer.
    static VethPair bothHere() {
        return new VethPair(true);
    }

    private VethPair(boolean bothHere) {
        this.bothHere = bothHere;
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root to make network devices");
        run("ip", "netns", "add", namespace);
        make();
    }

    /// Makes both NICs, which are not there.
    void make() {
        if (bothHere) {
            run("ip", "link", "add", ours, "type", "veth", "peer", "name", peerName());
            run("ip", "link", "set", peerName(), "up");
            up();
            return;
        }
        run("ip", "link", "add", ours, "type", "veth", "peer", "name", "peer", "netns", namespace);
        inside("ip", "addr", "add", "10.214.0.1/24", "dev", "peer");
        inside("ip", "link", "set", "peer", "up");
        up();
    }

    /// Takes our end up, and returns when frames pass: the kernel starts the queues a little later, and what
    /// is sent before that it throws away.
    void up() {
        run("ip", "link", "set", ours, "up");
        for (int i = 0; i < 1000; i++) {
            if (run("ip", "link", "show", ours).contains("state UP")
                    && (bothHere ? run("ip", "link", "show", peerName())
                    : inside("ip", "link", "show", "peer")).contains("state UP")) {
                return;
            }
        }
        throw new AssertionError(ours + " does not come up");
    }

    /// The other end, if both are here.
    String peerName() {
        return ours + "p";
    }

    /// Our end.
    String name() {
        return ours;
    }

    /// Runs a command in the peer's namespace; it must succeed.
    String inside(String... command) {
        var all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(Arrays.asList(command));
        return run(all.toArray(String[]::new));
    }

    /// Starts a Python script in the peer's namespace.
    Process python(String script) {
        return start(script, Redirect.INHERIT);
    }

    /// The same, whose output the caller reads.
    Process pythonHeard(String script) {
        return start(script, Redirect.PIPE);
    }

    private Process start(String script, Redirect output) {
        try {
            return new ProcessBuilder("ip", "netns", "exec", namespace, "python3", "-c", script)
                    .inheritIO().redirectOutput(output).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a command; it must succeed.
    static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (Files.exists(Path.of("/sys/class/net", ours))) {
            run("ip", "link", "del", ours);
        }
        run("ip", "netns", "delete", namespace);
    }
}
