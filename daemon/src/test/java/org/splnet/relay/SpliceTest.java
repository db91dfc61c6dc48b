package org.splnet.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.service.FakeStream;

/// How a connection through a relay ends in the stack.
@ExtendWith(NoLeaks.class)
class SpliceTest {
    private final FakeStream stream = new FakeStream(100);

    private Splice splice(LiveStack stack) {
        Splice splice = new Relay(1, ForwardConfig.DEFAULTS, stack.context).admit((EventLoop) null);
        splice.stack(stream);
        return splice;
    }

    /// What the peer has sent is lost then, and behind both FINs nothing else would say so (RFC 2525 §2.17).
    @Test
    void aHostThatResetsHasLostOctets() {
        try (LiveStack stack = new LiveStack()) {
            splice(stack).broken(new IOException("Connection reset by peer"));
            assertThat(stream.isAbortedUnread()).isTrue();
            assertThat(stream.isClosed()).isTrue();
        }
    }

    @Test
    void whoIsEndedByOthersHasLostNothing() {
        try (LiveStack stack = new LiveStack()) {
            splice(stack).abort();
            assertThat(stream.isAborted()).isTrue();
            assertThat(stream.isAbortedUnread()).isFalse();
        }
    }
}
