package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// The same calls on the JDK's own channels and on splnet's, and the same to be seen, texts included.
abstract class OracleTest extends MockTest {
    static final InetSocketAddress UNKNOWN = InetSocketAddress.createUnresolved("nobody.invalid", 1);

    interface Scene {
        List<Object> play(SelectorProvider provider) throws Exception;
    }

    void same(Scene scene) throws Exception {
        List<String> ours = told(scene.play(splnet.selectorProvider()));
        assertThat(ours).isEqualTo(told(scene.play(NativeProvider.get())));
    }

    /// Without the numbers of ports, which are another each time.
    static List<String> told(List<Object> seen) {
        return seen.stream().map(each -> String.valueOf(each).replaceAll(":\\d{4,5}", ":N")
                .replaceAll("port=\\d{4,5}", "port=N")).toList();
    }

    static Object thrown(Callable<?> call) {
        try {
            return call.call();
        } catch (Exception e) {
            return e.getClass() + ": " + e.getMessage();
        }
    }

    static Object done(ThrowingCallable call) {
        try {
            call.call();
            return "done";
        } catch (Throwable e) {
            return e.getClass() + ": " + e.getMessage();
        }
    }

    static InetSocketAddress here(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// An address of no kind that anybody knows.
    static SocketAddress odd() {
        return new SocketAddress() { };
    }

    /// With a channel, and an octet of its peer's that is there to be read.
    interface Reader {
        List<Object> play(SelectorProvider provider, SocketChannel channel) throws Exception;
    }

    void sameWithAnOctet(Reader reader) throws Exception {
        same(provider -> {
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                    SocketChannel channel = provider.openSocketChannel(StandardProtocolFamily.INET)) {
                channel.connect(server.getLocalSocketAddress());
                try (Socket peer = server.accept()) {
                    peer.getOutputStream().write(7);
                    var input = channel.socket().getInputStream();
                    until(() -> (int) thrown(input::available) == 1);
                    return reader.play(provider, channel);
                }
            }
        });
    }
}
