package org.splnet.netif.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.splnet.unix.Errno;

/// One line for the administrator, which names the cure.
class OpenFailureTest {
    private static String refused(String what, int errno) {
        return OpenFailure.refused("eth0", new NicSocket.Refused(what, errno)).getMessage();
    }

    @Test
    void aKernelThatIsTooOldIsNamed() {
        assertThat(refused("PACKET_RX_RING of 64 times 65536 octets", Errno.EINVAL)).isEqualTo(
                "cannot open eth0: PACKET_RX_RING of 64 times 65536 octets: EINVAL (this kernel, "
                        + System.getProperty("os.version") + ", is too old: Linux 4.6 or newer is needed)");
        assertThat(refused("PACKET_VNET_HDR", Errno.ENOPROTOOPT)).contains("ENOPROTOOPT", "too old");
    }

    @Test
    void whatTheKernelRefusesHasACure() {
        assertThat(refused("socket(AF_PACKET)", Errno.EPERM)).contains("EPERM", "CAP_NET_RAW", "sudo");
        assertThat(refused("socket(AF_PACKET)", Errno.EAFNOSUPPORT)).contains("EAFNOSUPPORT", "nic.conf");
        assertThat(refused("bind", Errno.ENODEV)).contains("it has just been removed");
        assertThat(refused("socket(AF_PACKET)", Errno.EMFILE)).contains("ulimit -n", "LimitNOFILE=");
        assertThat(refused("station address filter", Errno.EOPNOTSUPP)).contains("its driver cannot do that");
    }

    @Test
    void whatIsNotEthernetIsSaidToBeWhatItIs() {
        assertThat(OpenFailure.notEthernet("tun0", 65_534))
                .hasMessageContaining("IP packets without Ethernet");
        assertThat(OpenFailure.notEthernet("mon0", 803)).hasMessageContaining("raw radio frames");
        assertThat(OpenFailure.notEthernet("x0", 7)).hasMessageContaining("ARPHRD 7");
    }
}
