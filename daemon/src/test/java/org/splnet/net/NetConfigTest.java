package org.splnet.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NetConfigTest {
    private static final NetConfig.Neighbors D = NetConfig.defaults().neighbors();

    @Test
    void defaultsAreValid() {
        assertThat(D.retransmitNs()).isEqualTo(1_000_000_000L);
        assertThat(D.tries()).isEqualTo(3);
        assertThat(NetConfig.defaults().queues().batch()).isEqualTo(64);
    }

    @Test
    void saysWhichKeyWhichValueAndWhatIsAllowed() {
        assertThatThrownBy(() -> new NetConfig.Neighbors(0, 16, 65536, 65536, D.reachableNs(), D.delayNs(),
                D.retransmitNs(), 3, D.failedNs(), D.forgetNs(), 1))
                .hasMessage("neighbors.limit: 0 is not in 2..1048576");
        assertThatThrownBy(() -> new NetConfig.Neighbors(64, 16, 65536, 65536, D.reachableNs(), D.delayNs(),
                500_000_000, 3, D.failedNs(), D.forgetNs(), 1))
                .hasMessage("neighbors.retransmit: 0.5 s is not in 1 s..60 s");
        assertThatThrownBy(() -> new NetConfig.Queues(0, 1, 1 << 20, 1, 1 << 20, 0))
                .hasMessage("queues.batch: 0 is not in 1..4096");
    }
}
