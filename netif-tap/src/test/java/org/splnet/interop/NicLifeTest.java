package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What happens to a NIC under a running daemon: followed, not fatal, and connections go on.
@Tag("root")
@Timeout(600)
class NicLifeTest {
    private static final String MAKE = "ip link add far0 type veth peer name nic0;"
            + " ip address add 10.88.0.1/24 dev far0; ip link set far0 up; ip link set nic0 up";
    private static final String CONFIG = """
            [[interface]]
            name = "lan0"
            driver = "packet"
            device = "%s"
            addresses = ["10.88.0.2/24"]
            probe = false

            [services]
            status = true
            """;

    /// A guest's end of the tap vm1: asks for 10.88.0.2 until it is answered.
    private static final String GUEST = """
            import fcntl, os, select, struct, sys
            tap = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", b"vm1", 0x1002))
            ask = bytes.fromhex("ffffffffffff" "020000000010" "0806" "0001080006040001"
                    "020000000010" "0a58000a" "000000000000" "0a580002").ljust(60, bytes(1))
            for _ in range(150):
                os.write(tap, ask)
                if select.select([tap], [], [], 0.2)[0]:
                    frame = os.read(tap, 2000)
                    if frame[12:14] == bytes.fromhex("0806") and frame[21] == 2:
                        print("answered")
                        sys.exit(0)
            sys.exit(1)
            """;

    @BeforeEach
    void once() {
        assumeTrue(Wire.CHOSEN == Wire.TAP, "it is a NIC anyway");
    }

    private static void awaitLog(Lab lab, String wanted) {
        for (int i = 0; i < 480; i++) {
            if (lab.log().contains(wanted)) {
                return;
            }
            lab.sh("sleep 0.25");
        }
        throw new AssertionError("not logged: " + wanted + "\n" + lab.log());
    }

    private static void awaitStatus(Lab lab, String wanted) {
        String seen = "";
        for (int i = 0; i < 480; i++) {
            seen = lab.run("curl", "-sS", "--unix-socket", lab.control().toString(),
                    "http://x/v1/interfaces").out().replaceAll("\\s", "");
            if (seen.contains(wanted)) {
                return;
            }
            lab.sh("sleep 0.25");
        }
        throw new AssertionError("not " + wanted + ": " + seen + "\n" + lab.log());
    }

    @Test
    void aTransferOutlivesAPulledCableALinkThatIsDownAndANicThatIsUnplugged() throws Exception {
        try (Lab lab = Lab.empty()) {
            lab.sh(MAKE).ok();
            lab.startDaemon(CONFIG.formatted("nic0"));
            var transfer = new Endless(lab);
            awaitStatus(lab, "\"carrier\":true");
            lab.sh("ip link set far0 down").ok();
            awaitLog(lab, "nic has no carrier device=nic0");
            awaitStatus(lab, "\"carrier\":false");
            lab.sh("ip link set far0 up").ok();
            awaitLog(lab, "nic is up device=nic0");
            lab.sh("ip link set nic0 down").ok();
            awaitLog(lab, "nic is down device=nic0");
            lab.sh("ip link set nic0 up").ok();
            awaitStatus(lab, "\"carrier\":true");
            lab.sh("ip link delete nic0").ok();
            awaitLog(lab, "nic unplugged device=nic0");
            awaitStatus(lab, "\"carrier\":false");
            lab.sh(MAKE).ok();
            awaitLog(lab, "nic is back device=nic0");
            awaitStatus(lab, "\"carrier\":true");
            lab.sh("ip link set nic0 mtu 1300; ip link set far0 mtu 1300").ok();
            awaitStatus(lab, "\"mtu\":1300");
            transfer.endsWell();
            lab.assertQuiet();
        }
    }

    @Test
    void aNicThatIsGivenAnotherNameIsTheSame() throws IOException {
        try (Lab lab = Lab.empty()) {
            lab.sh(MAKE).ok();
            lab.startDaemon(CONFIG.formatted("nic0"));
            lab.sh("ip link set nic0 down; ip link set nic0 name lan7").ok();
            awaitLog(lab, "nic has another name device=nic0 name=lan7 before=nic0");
            lab.sh("ip link set lan7 up").ok();
            awaitStatus(lab, "\"carrier\":true");
            lab.sh("ip link set far0 down").ok();
            awaitStatus(lab, "\"carrier\":false");
            lab.sh("ip link set far0 up").ok();
            awaitStatus(lab, "\"carrier\":true");
            lab.sh("ping -c 1 -W 10 10.88.0.2").ok();
            assertThat(lab.log()).doesNotContain("unplugged");
            lab.sh("ip link delete lan7").ok();
            awaitLog(lab, "nic unplugged device=nic0");
            lab.sh(MAKE).ok();
            awaitLog(lab, "nic is back device=nic0");
            awaitStatus(lab, "\"carrier\":true");
            lab.sh("ping -c 1 -W 10 10.88.0.2").ok();
            lab.assertQuiet();
        }
    }

    @Test
    void aStationAddressThatChangesIsToldWhereItIsShared() throws IOException {
        try (Lab lab = Lab.empty()) {
            lab.sh(MAKE).ok();
            lab.startDaemon(CONFIG.formatted("nic0").replace("probe =", "nic-mac = true\nprobe ="));
            lab.sh("ip link set nic0 address 02:00:00:00:0a:01").ok();
            awaitLog(lab, "nic has another station address device=nic0 mac=02:00:00:00:0a:01");
            lab.sh("ping -c 1 -W 10 10.88.0.2").ok();
            lab.assertQuiet();
        }
    }

    @Test
    void aGuestsTapThatIsDeletedAndMadeAnewIsOpenedAgain() throws IOException {
        try (Lab lab = Lab.empty()) {
            String make = "ip tuntap add vm1 mode tap && ip link set vm1 up";
            lab.sh(make).ok();
            lab.spawnDaemon(CONFIG.formatted("vm1"));
            assertThat(lab.python(GUEST).ok()).contains("answered");
            awaitStatus(lab, "\"carrier\":false");
            lab.sh("ip link delete vm1").ok();
            awaitLog(lab, "nic unplugged device=vm1");
            lab.sh(make).ok();
            awaitLog(lab, "nic is back device=vm1");
            assertThat(lab.python(GUEST).ok()).contains("answered");
            lab.assertQuiet();
        }
    }
}
