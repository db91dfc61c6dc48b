package org.splnet.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A daemon that lets clients in, as long as its backlog has room, and does nothing more.
final class MockSilent implements Closeable {
    private final Path dir = Files.createTempDirectory("splnet-mock");
    private final Path path = dir.resolve("control.sock");
    final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);

    MockSilent() throws IOException {
        server.bind(UnixDomainSocketAddress.of(path), 1);
    }

    Splnet splnet() {
        return Splnet.at(path);
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
        Files.delete(dir);
    }
}
