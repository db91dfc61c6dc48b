package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.splnet.unix.Errno;
import org.splnet.wire.MacAddr;

class OpenFailureTest {
    private static Link link(String kind, boolean tap, boolean multiQueue) {
        return new Link(7, "t0", true, 1500, MacAddr.ZERO, 0, kind, tap, multiQueue);
    }

    @Test
    void aMissingControlDeviceComesWithItsCure() {
        assertThat(OpenFailure.opening("t0", Errno.ENOENT)).hasMessageContainingAll("/dev/net/tun", "t0",
                "ENOENT", "modprobe tun", "mknod /dev/net/tun c 10 200");
        assertThat(OpenFailure.opening("t0", Errno.ENODEV)).hasMessageContainingAll("ENODEV", "modprobe");
        assertThat(OpenFailure.opening("t0", Errno.ENXIO)).hasMessageContainingAll("ENXIO", "modprobe");
        assertThat(OpenFailure.opening("t0", Errno.EACCES)).hasMessageContainingAll("EACCES", "sudo");
        assertThat(OpenFailure.opening("t0", Errno.EMFILE)).hasMessageContainingAll("EMFILE", "ulimit -n");
    }

    @Test
    void missingPrivilegeNamesTheCapability() {
        assertThat(OpenFailure.attaching("t0", Errno.EPERM, null)).hasMessageContainingAll("cannot create",
                "EPERM", "CAP_NET_ADMIN", "sudo", "systemd/splnetd.service");
        assertThat(OpenFailure.attaching("t0", Errno.EPERM, link("tun", true, false)))
                .hasMessageContainingAll("cannot attach", "EPERM", "another user",
                        "ip tuntap add t0 mode tap");
        assertThat(OpenFailure.configuring("bring t0 up", Errno.EPERM, ""))
                .hasMessage("cannot bring t0 up: EPERM (needs CAP_NET_ADMIN: run it with sudo, or as"
                        + " systemd/splnetd.service does)");
    }

    @Test
    void somethingElseOfTheNameSaysWhatItIs() {
        assertThat(OpenFailure.attaching("t0", Errno.EINVAL, link("dummy", false, false)))
                .hasMessageContainingAll("EINVAL", "is not a TAP but of kind dummy", "choose another name");
        assertThat(OpenFailure.attaching("t0", Errno.EINVAL, link("tun", false, false)))
                .hasMessageContaining("a TUN, which carries no Ethernet frames");
        assertThat(OpenFailure.attaching("t0", Errno.EINVAL, link("", false, false)))
                .hasMessageContaining("a network card");
        assertThat(OpenFailure.attaching("t0", Errno.EINVAL, link("tun", true, false)))
                .hasMessageContainingAll("leave out queues", "mode tap multi_queue");
    }

    @Test
    void anUnseenHolderIsLeftToFind() {
        assertThat(OpenFailure.attaching("no-such-tap", Errno.EBUSY, link("tun", true, false)))
                .hasMessageContainingAll("EBUSY", "/proc/[0-9]*/fdinfo/*");
    }

    @Test
    void theKernelsOwnWordsAreGivenOn() {
        assertThat(OpenFailure.configuring("do it", Errno.EINVAL, "Invalid prefix"))
                .hasMessage("cannot do it: EINVAL (Invalid prefix)");
        assertThat(OpenFailure.configuring("do it", 72, "")).hasMessage("cannot do it: errno 72");
    }
}
