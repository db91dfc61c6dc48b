package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest extends MockTest {
    @Test
    void whatTheStackChoosesIsTheSameBeforeAndAfterItHasTheSocket() throws Exception {
        for (SocketOption<Integer> option : List.of(SplnetOptions.IP_TTL, SplnetOptions.TCP_LINGER2,
                SplnetOptions.TCP_MAXSEG)) {
            try (var socket = splnet.socket()) {
                int before = socket.getOption(option);
                try (Pair pair = Pair.of(socket)) {
                    assertThat(pair.socket().getOption(option)).as(option.name()).isEqualTo(before);
                }
            }
        }
    }

    /// The stack's largest is less than what Linux takes, to make of it what it likes.
    @Test
    void noBufferIsTooLarge() throws Exception {
        Options options = new Options(splnet.control(), Options.STREAM);
        options.set(StandardSocketOptions.SO_RCVBUF, Integer.MAX_VALUE);
        assertThat(options.forRequest()).containsEntry("SO_RCVBUF", 1 << 30);
    }
}
