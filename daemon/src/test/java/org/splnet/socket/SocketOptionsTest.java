package org.splnet.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SocketOptionsTest {
    /// No two neighbours of one type are alike, so that a component lost or swapped by a copy shows.
    private static final SocketOptions ALL = new SocketOptions(true, false, 1, 2, 3, 4, 5, 4096, 8192, true,
            false, true, 1000, false, 6, 7, true, 8, 1000, 9, 11, 12, CongestionAlgorithm.CUBIC);

    /// The components in which two differ.
    private static Set<String> changed(SocketOptions next) throws ReflectiveOperationException {
        Set<String> names = new TreeSet<>();
        for (RecordComponent each : SocketOptions.class.getRecordComponents()) {
            Object is = each.getAccessor().invoke(next);
            if (!Objects.equals(is, each.getAccessor().invoke(ALL))) {
                names.add(each.getName());
            }
        }
        return names;
    }

    @Test
    void aCopyChangesWhatItIsAskedToAndNothingElse() throws ReflectiveOperationException {
        assertThat(changed(ALL.withNoDelay(true))).isEmpty();
        assertThat(changed(ALL.withNoDelay(false))).containsExactly("noDelay");
        assertThat(changed(ALL.withBuffers(4097, 8193))).containsExactly("receiveBuffer", "sendBuffer");
        assertThat(changed(ALL.withKeepAlive(true, 11, 12, 13)))
                .containsExactly("keepAlive", "keepCount", "keepIdleNs", "keepIntervalNs");
        assertThat(changed(ALL.withUserTimeout(14))).containsExactly("userTimeoutNs");
        assertThat(changed(ALL.withLinger(15))).containsExactly("lingerNs");
        assertThat(changed(ALL.withBroadcast(false))).containsExactly("broadcast");
        assertThat(changed(ALL.withReuseAddress(true))).containsExactly("reuseAddress");
        assertThat(changed(ALL.withReusePort(false))).containsExactly("reusePort");
        assertThat(changed(ALL.withUser(1001))).containsExactly("user");
        assertThat(changed(ALL.withFreeBind(true))).containsExactly("freeBind");
        assertThat(changed(ALL.withIp(16, 17))).containsExactly("tos", "ttl");
        assertThat(changed(ALL.withDontFragment(false))).containsExactly("dontFragment");
        assertThat(changed(ALL.withNotSentLowat(18))).containsExactly("notSentLowat");
        assertThat(changed(ALL.withMaxSegment(190))).containsExactly("maxSegment");
        assertThat(changed(ALL.withSegment(191))).containsExactly("segment");
        assertThat(changed(ALL.withFinWait2(21))).containsExactly("finWait2Ns");
        assertThat(changed(ALL.withConnectTimeout(22))).containsExactly("connectTimeoutNs");
        assertThat(changed(ALL.withCongestion(CongestionAlgorithm.NEW_RENO))).containsExactly("congestion");
    }

    @Test
    void aCopyIsCheckedLikeAnOriginal() {
        assertThatThrownBy(() -> ALL.withBuffers(2047, 8192))
                .hasMessage("SO_SNDBUF: 2047 is not in 2048..1073741824");
    }
}
