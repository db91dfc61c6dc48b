package org.splnet.unix;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Connections that are accepted as long as there are descriptors.
class AcceptTest {
    // Other threads open and close descriptors meanwhile, but not the standard ones.
    private static final int ALWAYS_OPEN = 3;
    private static final int SOME = 1000;              // so near that it is asked whether one is free

    /// Its number would be one of the reserve.
    @Test
    void whoFindsNoDescriptorFreeWaitsForOne(@TempDir Path dir) throws Exception {
        Fd fd = Fd.mine();
        String path = dir.resolve("socket").toString();
        int listener = fd.listen(path, 4);
        int first = fd.connect(path);
        int late = fd.connect(path);
        int accepted = fd.accept(listener);
        ByteBuf octets = Unpooled.directBuffer(1, 1);
        for (int i = 0; i < 3; i++) {
            assertThat(fd.accept(listener, ALWAYS_OPEN)).isEqualTo(-Errno.EMFILE);
            assertThat(fd.read(late, octets)).isEqualTo(-Errno.EAGAIN);
        }
        int next = fd.accept(listener, accepted + SOME);
        assertThat(next).isNotNegative();
        assertThat(fd.ring(late)).isEqualTo(1);
        assertThat(fd.read(next, octets)).isEqualTo(1);
        octets.release();
        fd.close(first);
        fd.close(late);
        fd.close(accepted);
        fd.close(next);
        fd.close(listener);
    }
}
