package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The daemon as its service manager sees it.
@Tag("root")
class ServiceTest {
    private static final String LISTENER = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1])
            print("bound", flush=True)
            while True:
                said = s.recv(4096).decode()
                print(said.replace("\\n", " "), flush=True)
                if said.startswith("STOPPING"):
                    break
            """;

    @Test
    void saysWhenItIsReadyAndWhenItStopsAndLeavesNothing() throws Exception {
        try (Lab lab = Lab.empty()) {
            String path = lab.dir() + "/notify";
            Process listener = lab.spawn("manager", "python3", "-c", LISTENER, path);
            awaitWord(lab, "bound");
            lab.environment("NOTIFY_SOCKET", path);
            lab.startDaemon(Lab.CONFIG);
            awaitWord(lab, "READY=1");
            lab.daemon().destroy();
            assertThat(lab.daemon().waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(lab.daemon().exitValue()).as("SIGTERM").isEqualTo(143);
            assertThat(listener.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(lab.text("manager")).containsSubsequence("READY=1", "STATUS=", "STOPPING=1");
            assertThat(lab.log()).contains("started", "stopped");
            assertThat(lab.run("ip", "link", "show", "splnet0").exit()).as("the TAP is gone").isNotZero();
            lab.assertQuiet();
        }
    }

    private static void awaitWord(Lab lab, String word) {
        lab.sh("for i in $(seq 100); do grep -q " + word + " " + lab.dir()
                + "/manager && exit 0; sleep 0.1; done; exit 1").ok();
    }

    @Test
    void aSecondDaemonIsToldWhoHasTheDevice() throws IOException {
        try (Lab lab = Lab.start(Lab.CONFIG)) {
            Process first = lab.daemon();
            lab.spawnDaemon(Lab.CONFIG);
            Process second = lab.daemon();
            assertThat(second.onExit().orTimeout(20, TimeUnit.SECONDS).join().exitValue()).isEqualTo(69);
            assertThat(lab.log()).contains("EBUSY", "process " + first.pid());
            int ping = lab.run("ping", "-c", "1", "-W", "1", Lab.SPLNET).exit();
            assertThat(ping).as("the first goes on").isZero();
            first.destroy();
            first.onExit().orTimeout(20, TimeUnit.SECONDS).join();
        }
    }
}
