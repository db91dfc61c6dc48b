package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            lab.sh("sed -i 's/^.services.$/[tcp]\\nno-delay = true\\n[services]/' " + lab.dir()
                    + "/splnet.toml && kill -HUP " + lab.pid()).ok();
            awaitWord(lab, "RELOADING=1.MONOTONIC_USEC=[0-9]");
            lab.sh("for i in $(seq 600); do test $(grep -c READY=1 " + lab.dir()
                    + "/manager) = 2 && exit 0; sleep 0.1; done; exit 1").ok();
            lab.daemon().destroy();
            assertThat(lab.daemon().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(lab.daemon().exitValue()).as("SIGTERM").isEqualTo(143);
            assertThat(listener.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(lab.text("manager")).containsSubsequence("STATUS=", "READY=1", "RELOADING=1",
                    "STATUS=", "READY=1", "STOPPING=1");
            assertThat(lab.log()).contains("started", "tcp.no-delay: false, now true", "stopped");
            assertThat(lab.run("ip", "link", "show", "splnet0").exit()).as("the TAP is gone").isNotZero();
            lab.assertQuiet();
        }
    }

    private static void awaitWord(Lab lab, String word) {
        lab.sh("for i in $(seq 600); do grep -q '" + word + "' " + lab.dir()
                + "/manager && exit 0; sleep 0.1; done; exit 1").ok();
    }

    /// What systemd does with FDSTORE=1: keeps what it is given, and hands it to the next.
    static final String KEEPER = """
            import array, fcntl, os, signal, socket, subprocess, sys
            path, java = sys.argv[1], sys.argv[2:]
            # 3 is where a kept descriptor will be.
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s = socket.socket(fileno=fcntl.fcntl(s.detach(), fcntl.F_DUPFD_CLOEXEC, 10))
            s.bind(path)
            kept = []
            def start():
                child = ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"]
                env = dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC="600000")
                if kept:
                    os.dup2(kept[0], 3)
                    env.update(LISTEN_FDS="1", LISTEN_FDNAMES="device-tap-splnet0")
                return subprocess.Popen(child + java, env=env, pass_fds=[3] if kept else [])
            def until(word):
                while True:
                    said, control, _, _ = s.recvmsg(4096, 64)
                    # without this systemd gives up what it keeps as soon as its device goes
                    for _, kind, data in control if b"FDPOLL=0" in said else []:
                        fds = array.array("i"); fds.frombytes(data[:4])
                        os.set_inheritable(fds[0], True)
                        kept.append(os.dup(fds[0]) if fds[0] == 3 else fds[0])
                    if word in said:
                        return
            """;

    /// Kills it, starts it again, and lets it hang.
    private static final String MANAGER = KEEPER + """
            link = lambda: open("/sys/class/net/splnet0/ifindex").read().strip()
            s.settimeout(30)
            daemon = start()
            until(b"READY=1")
            for _ in range(3):
                until(b"WATCHDOG=1")
            before = link()
            daemon.kill(); daemon.wait()
            carrier = subprocess.run(["ip", "link", "show", "splnet0"], capture_output=True, text=True).stdout
            print("between", link() == before, "LOWER_UP" in carrier, flush=True)
            daemon = start()
            until(b"READY=1")
            ping = subprocess.call(["ping", "-c", "1", "-W", "20", "10.88.0.2"], stdout=subprocess.DEVNULL)
            print("after", link() == before, ping == 0, flush=True)
            os.kill(daemon.pid, signal.SIGSTOP)
            s.settimeout(2)
            try:
                while True:
                    until(b"WATCHDOG=1")
            except TimeoutError:
                print("hungry", flush=True)
            daemon.kill(); daemon.wait()
            """;

    @Test
    void theTapOutlivesADaemonThatIsKilledAndTheWatchdogIsFed() throws Exception {
        try (Lab lab = Lab.empty()) {
            assertThat(managed(lab, MANAGER)).contains("between True True", "after True True", "hungry",
                    "device=splnet0 kept");
        }
    }

    /// Has it lose its TAP to somebody, and then kills it.
    private static final String DELETER = KEEPER + """
            import time
            link = lambda: open("/sys/class/net/splnet0/ifindex").read().strip()
            ping = ["ping", "-c", "1", "-W", "20", "10.88.0.2"]
            s.settimeout(30)
            daemon = start()
            until(b"READY=1")
            before = link()
            subprocess.check_call(["ip", "link", "delete", "splnet0"])
            end = time.monotonic() + 60
            while subprocess.call(ping, stdout=subprocess.DEVNULL) and time.monotonic() < end:
                time.sleep(0.1)
            again = link()
            print("deleted", again != before, flush=True)
            daemon.kill(); daemon.wait()
            print("between", link() == again, flush=True)
            daemon = start()
            until(b"READY=1")
            print("after", link() == again, subprocess.call(ping, stdout=subprocess.DEVNULL) == 0, flush=True)
            daemon.kill(); daemon.wait()
            """;

    @Test
    void aTapThatWasDeletedAndMadeAgainIsKeptAsWell() throws Exception {
        try (Lab lab = Lab.empty()) {
            assertThat(managed(lab, DELETER)).contains("deleted True", "between True", "after True True",
                    "device=splnet0 kept");
        }
    }

    /// As systemd after a restart with another configuration: a TAP that is not in it any more is still kept.
    private static final String OLD_TAP = """
            import fcntl, os, socket, struct, subprocess, sys
            path, java = sys.argv[1], sys.argv[2:]
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s = socket.socket(fileno=fcntl.fcntl(s.detach(), fcntl.F_DUPFD_CLOEXEC, 10))
            s.bind(path)
            s.settimeout(30)
            tap = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", b"old0", 0x1002))
            tap = fcntl.fcntl(tap, fcntl.F_DUPFD_CLOEXEC, 10)
            os.closerange(3, 10)
            os.dup2(tap, 3)
            there = lambda: os.path.exists("/sys/class/net/old0")
            print("before", there(), flush=True)
            child_env = ("import os,sys; os.environ['LISTEN_PID']=str(os.getpid()); "
                    "os.execv(sys.argv[1], sys.argv[1:])")
            env = dict(os.environ, NOTIFY_SOCKET=path, LISTEN_FDS="1", LISTEN_FDNAMES="device-tap-old0")
            daemon = subprocess.Popen([sys.executable, "-c", child_env] + java, env=env, pass_fds=[3])
            os.close(3)
            forgotten = False
            while True:
                said = s.recv(4096).decode()
                if said == "FDSTOREREMOVE=1\\nFDNAME=device-tap-old0":
                    os.close(tap)
                    forgotten = True
                if said.startswith("READY=1"):
                    break
            print("forgotten", forgotten, "after", there(), flush=True)
            daemon.terminate(); daemon.wait()
            """;

    @Test
    void aTapThatIsNotConfiguredAnyMoreIsGivenUp() throws Exception {
        try (Lab lab = Lab.empty()) {
            assertThat(managed(lab, OLD_TAP)).contains("before True", "forgotten True after False");
        }
    }

    /// What a manager of the daemon's says, in Python.
    static String managed(Lab lab, String manager) throws IOException {
        Path config = lab.dir().resolve("splnet.toml");
        Files.writeString(config, Lab.CONFIG + "\n[control]\nsocket = \"" + lab.dir() + "/s\"\n");
        return lab.run("python3", "-c", manager, lab.dir() + "/notify",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), "org.splnet.Main",
                "daemon", "--config", config.toString()).out();
    }

    @Test
    void aSecondDaemonIsToldWhoHasTheDevice() throws IOException {
        try (Lab lab = Lab.start(Lab.CONFIG)) {
            Process first = lab.daemon();
            lab.spawnDaemon(Lab.CONFIG);
            Process second = lab.daemon();
            assertThat(second.onExit().orTimeout(100, TimeUnit.SECONDS).join().exitValue()).isEqualTo(69);
            assertThat(lab.log()).contains("EBUSY", "process " + first.pid());
            int ping = lab.run("ping", "-c", "1", "-W", "10", Lab.SPLNET).exit();
            assertThat(ping).as("the first goes on").isZero();
            first.destroy();
            first.onExit().orTimeout(100, TimeUnit.SECONDS).join();
        }
    }
}
