package org.splnet.unix;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Connections that are accepted as long as there are descriptors.
class AcceptTest {
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
            assertThat(fd.accept(listener, accepted + 1)).isEqualTo(-Errno.EMFILE);
            assertThat(fd.read(late, octets)).isEqualTo(-Errno.EAGAIN);
        }
        fd.close(accepted);
        assertThat(fd.accept(listener, accepted + 1)).isEqualTo(accepted);
        assertThat(fd.ring(late)).isEqualTo(1);
        assertThat(fd.read(accepted, octets)).isEqualTo(1);
        octets.release();
        fd.close(first);
        fd.close(late);
        fd.close(accepted);
        fd.close(listener);
    }
}
