package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS of the JDK, layered on splnet's sockets.
class TlsTest extends MockTest {
    private static final String PASSWORD = "not a secret";
    private static final int LARGE = 300_000;

    @Test
    void isLayeredOnASocketOfEitherSide(@TempDir Path dir) throws Exception {
        SSLContext context = context(dir.resolve("keys.p12"));
        try (ServerSocket server = splnet.serverSocketFactory().createServerSocket(0, 1, Pair.LOOPBACK)) {
            var serving = Doing.by(Thread.ofVirtual(), () -> {
                try (Socket accepted = server.accept();
                        Socket tls = context.getSocketFactory().createSocket(accepted, null, false)) {
                    return tls.getInputStream().transferTo(tls.getOutputStream());
                }
            });
            Socket plain = splnet.socketFactory().createSocket(Pair.LOOPBACK, server.getLocalPort());
            try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, "splnet.test",
                    server.getLocalPort(), true)) {
                tls.setSoTimeout(20_000);
                var writing = Doing.by(Thread.ofVirtual(), () -> {
                    tls.getOutputStream().write(new byte[LARGE]);
                    tls.shutdownOutput();
                    return null;
                });
                assertThat(tls.getInputStream().readAllBytes()).hasSize(LARGE);
                assertThat(writing.thrown()).isNull();
                assertThat(tls.getSession().getPeerPrincipal().getName()).isEqualTo("CN=splnet.test");
            }
            assertThat(serving.value()).isEqualTo(LARGE);
            assertThat(plain.isClosed()).isTrue();
        }
    }

    private static SSLContext context(Path file) throws Exception {
        Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process keytool = new ProcessBuilder(program.toString(), "-genkeypair",
                "-keyalg", "EC", "-dname", "CN=splnet.test", "-keystore", file.toString(),
                "-storetype", "PKCS12", "-storepass", PASSWORD).redirectErrorStream(true).start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory ours = KeyManagerFactory.getInstance("PKIX");
        ours.init(keys, PASSWORD.toCharArray());
        TrustManagerFactory theirs = TrustManagerFactory.getInstance("PKIX");
        theirs.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(ours.getKeyManagers(), theirs.getTrustManagers(), null);
        return context;
    }
}
