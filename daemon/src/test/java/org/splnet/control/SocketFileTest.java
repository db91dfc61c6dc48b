package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.NoLeaks;

/// The socket's file: where it comes from, whom it lets in, and what is left of it.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class SocketFileTest {
    @TempDir
    private Path dir;

    private static ControlServer open(Path path) throws ControlException {
        return Servers.open(path, new FakeSteering(), ControlServer.Limits.DEFAULTS);
    }

    private static String refused(Path path) {
        ControlException refused = catchThrowableOfType(ControlException.class, () -> open(path).close());
        assertThat(refused).isNotNull();
        assertThat(refused.permission()).isFalse();
        return refused.getMessage();
    }

    private static void answers(Path path) throws Exception {
        assertThat(Client.ask(path, Client.request("GET /v1/status", null))).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void isForUserAndGroupAndLeavesNothing() throws Exception {
        Path path = dir.resolve("a/b/control.sock");
        ControlServer server = open(path);
        answers(path);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-rw----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())))
                .isEqualTo("rwxr-xr-x");
        server.close();
        server.close();
        assertThat(path).doesNotExist();
        assertThat(path.getParent()).doesNotExist();
    }

    @Test
    void aDirectoryThatWasThereStays() throws Exception {
        open(dir.resolve("s")).close();
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void aStaleOneIsReplaced() throws Exception {
        Path path = dir.resolve("s");
        try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            gone.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        ControlServer server = open(path);
        answers(path);
        server.close();
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void aLiveOneIsRefusedAndGoesOn() throws Exception {
        Path path = dir.resolve("s");
        ControlServer first = open(path);
        assertThat(refused(path)).contains(path + ": somebody is listening there: stop it, or");
        answers(path);
        first.close();
    }

    @Test
    void whatIsNoSocketIsNotTouched() throws Exception {
        Path path = Files.writeString(dir.resolve("s"), "precious");
        assertThat(refused(path)).contains("no socket: remove it");
        assertThat(path).hasContent("precious");
    }

    @Test
    void somebodyElsesIsNotRemoved() throws Exception {
        Path path = dir.resolve("s");
        ControlServer first = open(path);
        Files.delete(path);
        ControlServer second = open(path);
        first.close();
        answers(path);
        second.close();
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void aPlaceThatIsNoneIsRefused() throws Exception {
        Files.writeString(dir.resolve("file"), "");
        assertThat(refused(dir.resolve("file/s"))).startsWith("control: " + dir.resolve("file/s") + ": ");
        assertThat(refused(Path.of("/proc/none/s"))).isEqualTo("control: /proc/none/s:"
                + " No such file or directory");
        assertThat(refused(dir.resolve("x".repeat(120)))).startsWith("control: ");
        assertThat(dir).isDirectoryContaining(each -> each.endsWith("file"));
    }

    /// Java has no more to say of it than the path.
    @Test
    void aDirectoryThatCannotBeIsToldWithItsCause() throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("nowhere"));
        assertThat(refused(link.resolve("s"))).isEqualTo("control: " + link.resolve("s") + ": File exists");
    }
}
