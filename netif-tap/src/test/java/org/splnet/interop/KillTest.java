package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A daemon that is killed in the middle of bulk transfers and started again by who keeps its TAP: how long
/// nobody answers. Prints the times, from the kill to the first ping that is answered, the start of Java
/// included; a time to be proud of is for a machine that does nothing else.
@Tag("root")
@Timeout(600)
class KillTest {
    private static final int TIMES = 3;
    private static final int BOUND_MS = 30_000;
    private static final String ANSWERED = "answered after ms ";

    private static final String KILLER = ServiceTest.KEEPER + """
            import struct, threading, time
            running = {}
            def load(*of):
                while running is not None:
                    # who only receives never asks a daemon that does not know him: he has to lose patience
                    curl = running[of] = subprocess.Popen(["curl", "-s", "-m", "60", "-Y", "1", "-y", "1",
                                                          "-o", "/dev/null", *of])
                    curl.wait()
                    time.sleep(0.02)
            there = "http://10.88.0.2/"
            for of in [there + "bytes/1000000000000"], ["-T", "/dev/zero", there + "upload"]:
                threading.Thread(target=load, args=of, daemon=True).start()
            icmp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
            icmp.settimeout(0.01)
            sent = 0
            def echo(first):
                global sent
                sent += 1
                try:
                    icmp.sendto(struct.pack("!BBHHH", 8, 0, 0, 0, sent), ("10.88.0.2", 0))
                    return struct.unpack("!BBHHH", icmp.recv(100)[:8])[4] >= first
                except OSError:
                    return False
            def octets():
                return [int(open(f"/sys/class/net/splnet0/statistics/{way}_bytes").read())
                        for way in ("rx", "tx")]
            def drain():                                # or there is no room for READY
                s.settimeout(0)
                try:
                    while s.recv(4096):
                        pass
                except BlockingIOError:
                    s.settimeout(30)
            s.settimeout(30)
            daemon = start()
            until(b"READY=1")
            for _ in range(TIMES):
                before = octets()
                while min(now - then for now, then in zip(octets(), before)) < 20_000_000:
                    time.sleep(0.05)
                    drain()
                first = sent + 1
                at = time.monotonic()
                daemon.kill()
                daemon.wait()
                daemon = start()
                while not echo(first) and time.monotonic() - at < 30:
                    pass
                print("answered after ms", round(1000 * (time.monotonic() - at)), flush=True)
                until(b"READY=1")
            last, running = running, None
            for curl in last.values():
                curl.kill()
            daemon.kill()
            daemon.wait()
            """.replace("TIMES", Integer.toString(TIMES));

    @Test
    void answersSoonAfterItWasKilledUnderLoad() throws Exception {
        assumeTrue(Wire.CHOSEN == Wire.TAP, "a manager keeps TAPs");
        try (Lab lab = Lab.empty()) {
            String said = ServiceTest.managed(lab, KILLER);
            List<Integer> times = said.lines().filter(each -> each.startsWith(ANSWERED))
                    .map(each -> Integer.valueOf(each.substring(ANSWERED.length()))).toList();
            System.out.println("KillTest: killed under load, answers a ping after ms: " + times);
            assertThat(times).as(said).hasSize(TIMES).allMatch(each -> each < BOUND_MS);
        }
    }
}
