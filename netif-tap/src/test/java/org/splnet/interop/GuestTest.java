package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A real guest, Debian's kernel in QEMU, at every kind of cable that leads from a virtual machine to us: a
/// bridge, its own tap through libpcap, and a Unix socket. `docs/vms.md` has the same commands.
///
/// Each kind is seen to work in every run; what may happen to a guest while it talks to us takes
/// `-Dsplnet.guests=all`.
@Timeout(600)
class GuestTest {
    private static final long OCTETS = 100_000_000;
    private static final String URL = "http://" + Lab.SPLNET + "/bytes/" + OCTETS;
    private static final String GUEST = "10.88.0.10";

    private static final String ADDRESSES = """
            addresses = ["10.88.0.2/24"]
            probe = false
            """;
    private static final String SERVICES = """

            [services]
            status = true

            [[forward]]
            listen = "unix://DIR/web.sock"
            to = "tcp://10.88.0.10:80"
            """;
    private static final String BRIDGED = """
            [[interface]]
            name = "splnet0"
            driver = "tap"
            bridge = "br0"
            """ + ADDRESSES + SERVICES;
    private static final String SNIFFED = """
            [[interface]]
            name = "splnet0"
            driver = "pcap"
            device = "vm1"
            """ + ADDRESSES + SERVICES;
    private static final String STREAMED = """
            [[interface]]
            name = "splnet0"
            driver = "stream"
            path = "DIR/qemu.sock"
            listen = LISTEN
            """ + ADDRESSES + SERVICES;

    private static void onDemand() {
        assumeTrue("all".equals(System.getProperty("splnet.guests")), "on demand: -Dsplnet.guests=all");
    }

    // ---- what is set up

    /// A laboratory with a bridge that has the host's address; the daemon's TAP is a port of it.
    private static Lab bridge() throws IOException {
        Lab lab = Lab.empty();
        lab.sh(VmPage.bridge()).ok();
        lab.startDaemon(BRIDGED.replace("DIR", lab.dir().toString()));
        return lab;
    }

    private static void bridgedTap(Lab lab, int number) throws IOException {
        lab.sh(VmPage.bridgedTap(number)).ok();
    }

    /// QEMU's words for a guest on its tap.
    static String onTap(int number) {
        return "tap,ifname=vm" + number + ",script=no,downscript=no";
    }

    /// QEMU's words for a guest at a Unix socket.
    ///
    /// @param server true if QEMU makes it
    static String onStream(String path, boolean server) {
        return "stream,addr.type=unix,addr.path=" + path + ",server=" + (server ? "on" : "off");
    }

    private static Guest onTap(Lab lab, GuestImage image, int number) throws IOException {
        return Guest.start(image, lab.dir(), (out, command) -> lab.spawn(out, command.toArray(String[]::new)),
                "10.88.0." + (9 + number) + "/24", number, onTap(number));
    }

    private static Guest onStream(OrdinaryUser user, GuestImage image, boolean server) throws IOException {
        return Guest.start(image, user.dir(), user::spawn, GUEST + "/24", 1,
                onStream(user.dir().resolve("qemu.sock").toString(), server));
    }

    // ---- what is done

    private static void pings(Guest guest) throws IOException {
        // the first one also waits for the bridge to forward and for a daemon to be there
        guest.run("until ping -c 1 -W 1 " + Lab.SPLNET + " >/dev/null; do :; done");
        String said = guest.run("ping -c 3 -s 1472 " + Lab.SPLNET);
        assertThat(said).contains("3 packets received, 0% packet loss");
    }

    private static void fetches(Guest guest) throws IOException {
        assertThat(guest.run("wget -q -O /www/f " + URL + " && stat -c %s /www/f")).isEqualTo("" + OCTETS);
    }

    /// The way back: the guest serves what it has fetched, and we fetch it, for a client of the host. The
    /// digest speaks for both ways.
    private static String serves(Guest guest, Path dir) throws IOException {
        guest.run("pidof httpd >/dev/null || httpd -h /www");
        return "curl -sS -m 500 --unix-socket " + dir + "/web.sock http://guest/f | sha256sum";
    }

    private static void talks(Lab lab, Guest guest) throws IOException {
        pings(guest);
        fetches(guest);
        assertThat(lab.sh(serves(guest, lab.dir())).ok()).startsWith(Pattern.sha256(OCTETS));
    }

    private static void talks(OrdinaryUser user, Guest guest) throws IOException {
        pings(guest);
        fetches(guest);
        assertThat(user.sh(serves(guest, user.dir())).ok()).startsWith(Pattern.sha256(OCTETS));
    }

    /// Begins a transfer and returns when it is under way.
    private static void isFetching(Guest guest) throws IOException {
        guest.run(": >/tmp/f; wget -q -O - " + URL + " | tee /tmp/f | sha256sum >/tmp/sum &");
        String size = guest.run("until [ $(stat -c %s /tmp/f) -gt 5000000 ]; do :; done; stat -c %s /tmp/f");
        assertThat(Long.parseLong(size)).isLessThan(OCTETS);
    }

    private static void hasFetched(Guest guest) throws IOException {
        assertThat(guest.run("wait; cat /tmp/sum")).startsWith(Pattern.sha256(OCTETS));
    }

    // ---- each kind of cable

    @Test
    @Tag("root")
    void aGuestOnOurBridge() throws IOException {
        try (Lab lab = bridge()) {
            bridgedTap(lab, 1);
            try (Guest guest = onTap(lab, GuestImage.in(lab.dir()), 1).awaitBoot()) {
                talks(lab, guest);
            }
            lab.assertQuiet();
        }
    }

    @Test
    @Tag("root")
    void aGuestWhoseTapWeOpenThroughLibpcap() throws IOException {
        try (Lab lab = Lab.empty()) {
            GuestImage image = GuestImage.in(lab.dir());
            lab.sh("ip tuntap add vm1 mode tap && ip link set vm1 up").ok();
            try (Guest guest = onTap(lab, image, 1)) {
                lab.spawnDaemon(SNIFFED.replace("DIR", lab.dir().toString()));
                talks(lab, guest.awaitBoot());
            }
            lab.assertQuiet();
        }
    }

    @Test
    void aGuestAtAUnixSocketWithoutAnyPrivilege() throws IOException {
        try (OrdinaryUser user = new OrdinaryUser()) {
            GuestImage image = GuestImage.in(user.dir());
            user.startDaemon(streamed(user, false));
            try (Guest guest = onStream(user, image, true).awaitBoot()) {
                talks(user, guest);
                assertThat(user.capabilities()).matches("0+");
            }
            Lab.assertQuiet(user.log());
        }
    }

    private static String streamed(OrdinaryUser user, boolean listen) {
        return STREAMED.replace("DIR", user.dir().toString()).replace("LISTEN", Boolean.toString(listen));
    }

    // ---- what may happen

    @Test
    @Timeout(600)
    void theGuestConnectsAndWeListen() throws IOException {
        onDemand();
        try (OrdinaryUser user = new OrdinaryUser()) {
            GuestImage image = GuestImage.in(user.dir());
            user.startDaemon(streamed(user, true));
            user.sh("until [ -S " + user.dir() + "/qemu.sock ]; do sleep 0.1; done").ok();
            for (int i = 0; i < 2; i++) {
                try (Guest guest = onStream(user, image, false).awaitBoot()) {
                    talks(user, guest);
                }
            }
            assertThat(user.log().split("carrier down", -1)).as("times that the guest went").hasSize(3);
            Lab.assertQuiet(user.log());
        }
    }

    @Test
    @Timeout(600)
    void theDaemonStartsAnewUnderARunningGuest() throws IOException {
        onDemand();
        try (OrdinaryUser user = new OrdinaryUser()) {
            GuestImage image = GuestImage.in(user.dir());
            try (Guest guest = onStream(user, image, true)) {
                user.startDaemon(streamed(user, false));
                pings(guest.awaitBoot());
                user.startDaemon(streamed(user, false));
                talks(user, guest);
            }
            Lab.assertQuiet(user.log());
        }
    }

    @Test
    @Timeout(600)
    void aGuestAtAUnixSocketPausedAndResumedAndRebooted() throws IOException {
        onDemand();
        try (OrdinaryUser user = new OrdinaryUser()) {
            GuestImage image = GuestImage.in(user.dir());
            user.startDaemon(streamed(user, false));
            try (Guest guest = onStream(user, image, true).awaitBoot()) {
                pings(guest);
                isFetching(guest);
                guest.monitor("stop");
                user.sh("sleep 5").ok();
                guest.monitor("cont");
                hasFetched(guest);
                isFetching(guest);
                guest.monitor("system_reset");
                talks(user, guest.awaitBoot());
            }
            Lab.assertQuiet(user.log());
        }
    }

    @Test
    @Tag("root")
    @Timeout(600)
    void twoGuestsAndTheHostAtOnce() throws IOException, InterruptedException {
        onDemand();
        try (Lab lab = bridge()) {
            GuestImage image = GuestImage.in(lab.dir());
            bridgedTap(lab, 1);
            bridgedTap(lab, 2);
            try (Guest one = onTap(lab, image, 1); Guest two = onTap(lab, image, 2)) {
                pings(one.awaitBoot());
                pings(two.awaitBoot());
                String fetch = "wget -q -O - " + URL + " | sha256sum";
                one.begin(fetch);
                two.begin(fetch);
                Process host = lab.spawn("host", "sh", "-c", "curl -sS -m 500 " + URL + " | sha256sum");
                assertThat(one.end(fetch)).startsWith(Pattern.sha256(OCTETS));
                assertThat(two.end(fetch)).startsWith(Pattern.sha256(OCTETS));
                assertThat(host.waitFor()).isZero();
                assertThat(lab.text("host")).startsWith(Pattern.sha256(OCTETS));
            }
            lab.assertQuiet();
        }
    }

    @Test
    @Tag("root")
    @Timeout(600)
    void aGuestPausedAndResumedInMidTransferAndRebooted() throws IOException {
        onDemand();
        try (Lab lab = bridge()) {
            bridgedTap(lab, 1);
            try (Guest guest = onTap(lab, GuestImage.in(lab.dir()), 1).awaitBoot()) {
                pings(guest);
                isFetching(guest);
                guest.monitor("stop");
                lab.sh("sleep 5").ok();
                assertThat(lab.run("ping", "-c", "1", "-W", "20", Lab.SPLNET).exit()).isZero();
                guest.monitor("cont");
                hasFetched(guest);
                isFetching(guest);
                guest.monitor("system_reset");
                talks(lab, guest.awaitBoot());
            }
            lab.assertQuiet();
        }
    }

    /// QEMU holds on to a tap that has been deleted, so the guest is started anew on the one that follows; we
    /// notice nothing.
    @Test
    @Tag("root")
    @Timeout(600)
    void aGuestsTapDeletedAndMadeAnew() throws IOException {
        onDemand();
        try (Lab lab = bridge()) {
            GuestImage image = GuestImage.in(lab.dir());
            bridgedTap(lab, 1);
            try (Guest guest = onTap(lab, image, 1).awaitBoot()) {
                pings(guest);
                isFetching(guest);
                lab.sh("ip link delete vm1").ok();
                assertThat(lab.run("ping", "-c", "1", "-W", "20", Lab.SPLNET).exit()).isZero();
            }
            bridgedTap(lab, 1);
            try (Guest guest = onTap(lab, image, 1).awaitBoot()) {
                talks(lab, guest);
            }
            lab.assertQuiet();
        }
    }

    /// The same tap, opened by us through libpcap: it comes back under the same name.
    @Test
    @Tag("root")
    @Timeout(600)
    void aTapThatWeOpenedDeletedAndMadeAnew() throws IOException {
        onDemand();
        try (Lab lab = Lab.empty()) {
            GuestImage image = GuestImage.in(lab.dir());
            String make = "ip tuntap add vm1 mode tap && ip link set vm1 up";
            lab.sh(make).ok();
            try (Guest guest = onTap(lab, image, 1)) {
                lab.spawnDaemon(SNIFFED.replace("DIR", lab.dir().toString()));
                pings(guest.awaitBoot());
                isFetching(guest);
                lab.sh("ip link delete vm1").ok();
            }
            lab.sh(make).ok();
            try (Guest guest = onTap(lab, image, 1).awaitBoot()) {
                talks(lab, guest);
            }
            assertThat(lab.log()).contains("nic unplugged device=vm1", "nic is back device=vm1");
            lab.assertQuiet();
        }
    }
}
