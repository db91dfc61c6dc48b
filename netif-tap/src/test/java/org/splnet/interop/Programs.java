package org.splnet.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Unmodified programs with splnet's sockets (`splnet run`), in a laboratory.
final class Programs {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private final Lab lab;

    Programs(Lab lab) {
        this.lab = lab;
    }

    /// Skips the test, with the reason, where something that it needs is not there.
    static void need(String... names) {
        assumeTrue(Files.exists(HOME.resolve("preload/build/libsplnet.so")),
                "preload/build/libsplnet.so is not built (make -C preload; needs a C compiler)");
        for (String name : names) {
            boolean there = Arrays.stream((System.getenv("PATH") + ":/usr/sbin").split(":"))
                    .anyMatch(dir -> Files.isExecutable(Path.of(dir, name)));
            assumeTrue(there, name + " is not installed");
        }
    }

    /// Runs a program with splnet's sockets to its end.
    Lab.Result run(String... command) {
        return lab.run(with(command));
    }

    /// Runs a shell script with splnet's sockets to its end.
    Lab.Result sh(String script) {
        return run("sh", "-c", script);
    }

    /// Starts a program with splnet's sockets, output to a file of the laboratory.
    Process spawn(String output, String... command) throws IOException {
        return lab.spawn(output, with(command));
    }

    /// Waits until somebody accepts connections there.
    void awaitListener(String address, int port) {
        lab.python("""
                import socket, sys, time
                end = time.monotonic() + 20
                while True:
                    try:
                        socket.create_connection((sys.argv[1], int(sys.argv[2])), 1).close()
                        break
                    except OSError:
                        if time.monotonic() > end:
                            raise
                        time.sleep(0.02)
                """, address, Integer.toString(port)).ok();
    }

    private String[] with(String... command) {
        List<String> all = new ArrayList<>(List.of(HOME.resolve("bin/splnet").toString(), "run", "--socket",
                lab.dir().resolve("control.sock").toString(), "--"));
        all.addAll(Arrays.asList(command));
        return all.toArray(String[]::new);
    }
}
