package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.splnet.unix.Fd;

/// What a service manager passes on, and what is not meant for us.
class SocketActivationTest {
    private static final String PID = "LISTEN_PID";
    private static final String FDS = "LISTEN_FDS";

    @TempDir
    private Path dir;

    @Test
    void withoutTheVariablesThereIsNone() {
        assertThat(SocketActivation.control(Map.of(), 7)).isEqualTo(SocketActivation.NONE);
        assertThat(SocketActivation.control(Map.of(FDS, "1"), 7)).isEqualTo(SocketActivation.NONE);
        assertThat(SocketActivation.control(Map.of(PID, "7"), 7)).isEqualTo(SocketActivation.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "0", "99999999999999999999"})
    void nonsenseIsNone(String count) {
        assertThat(SocketActivation.control(Map.of(PID, "7", FDS, count),
                7)).isEqualTo(SocketActivation.NONE);
    }

    @Test
    void devicesThatWereKeptAreNotTakenForSomethingElse() {
        assertThat(Inherited.devices(null)).isZero();
        assertThat(Inherited.devices("control")).isZero();
        assertThat(Inherited.devices("control:device-tap-splnet0:device-tap-other")).isEqualTo(2);
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("splnet.daemon");
        logger.addAppender(log);
        try {
            Map<String, String> kept = Map.of(PID, "7", FDS, "1", "LISTEN_FDNAMES", "device-tap-splnet0");
            assertThat(SocketActivation.control(kept, 7)).isEqualTo(SocketActivation.NONE);
            assertThat(log.list).as("a restart without a socket unit").isEmpty();
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void onlyAUnixSocketThatListensIsTaken() throws Exception {
        int listener = Fd.mine().listen(dir.resolve("s").toString(), 1);
        int one = Fd.mine().pair(Fd.STREAM);
        int other = Fd.mine().second();
        try {
            assertThat(Fd.mine().listening(listener)).isTrue();
            assertThat(Fd.mine().listening(one)).isFalse();
            assertThat(Fd.mine().listening(0)).isFalse();
            assertThat(Fd.mine().listening(-1)).isFalse();
            // whatever this process has at 3 and behind: what is found does listen, and is among them
            int found = SocketActivation.control(Map.of(PID, "7", FDS, Integer.toString(listener - 2)), 7);
            assertThat(found).isBetween(3, listener);
            assertThat(Fd.mine().listening(found)).isTrue();
            assertThat(SocketActivation.control(Map.of(PID, "8", FDS, "60"),
                    7)).as("meant for another process")
                    .isEqualTo(SocketActivation.NONE);
        } finally {
            Fd.mine().close(listener);
            Fd.mine().close(one);
            Fd.mine().close(other);
        }
    }
}
