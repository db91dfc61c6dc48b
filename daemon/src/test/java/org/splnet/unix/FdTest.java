package org.splnet.unix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a call that fails says, and who listens.
class FdTest {
    @Test
    void aSocketThatListensDoesSoAnewWithABacklogOfOurs(@TempDir Path dir) throws Exception {
        Path path = dir.resolve("socket");
        int listener = Fd.mine().listen(path.toString(), 0);
        Fd.mine().listen(listener, 8);
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
            clients.add(client);
            assertThat(client.isConnected()).isTrue();
        }
        for (SocketChannel client : clients) {
            client.close();
        }
        Fd.mine().close(listener);
    }

    @ParameterizedTest
    @CsvSource({"13, Permission denied", "28, No space left on device", "30, Read-only file system"})
    void whatADiskSaysHasWords(int errno, String words) {
        assertThatThrownBy(() -> Fd.checked(-errno, "bind")).hasMessage("bind: " + words);
    }
}
