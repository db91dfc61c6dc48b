package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// curl through relays of every kind, with a web server of the namespace behind them: Python's at 127.0.0.1
/// and at the host's end of the TAP.
@Tag("root")
class RelayTest {
    private static final long BIG = 300_000_000;

    private static final String SERVER = """
            import http.server, os, socket, socketserver, sys
            os.chdir(sys.argv[1])
            class Unix(socketserver.ThreadingUnixStreamServer):
                def get_request(self):
                    s, a = super().get_request()
                    return s, ('unix', 0)
            class Handler(http.server.SimpleHTTPRequestHandler):
                def log_message(self, *a): pass
                def do_PUT(self):
                    n = int(self.headers['Content-Length'])
                    left = n
                    while left:
                        left -= len(self.rfile.read(min(left, 1 << 20)))
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(b'took %d' % n)
            import threading
            socketserver.TCPServer.request_queue_size = 200
            u = Unix(sys.argv[2], Handler)
            threading.Thread(target=u.serve_forever, daemon=True).start()
            s = http.server.ThreadingHTTPServer(('0.0.0.0', 8000), Handler)
            print('ready', flush=True)
            s.serve_forever()
            """;

    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.empty();
        String unix = lab.dir() + "/web.sock";
        lab.startDaemon(Lab.CONFIG + """

                [[publish]]
                listen = "tcp://10.88.0.2:8000"
                to = "tcp://127.0.0.1:8000"

                [[publish]]
                listen = "tcp://0.0.0.0:8001"
                to = "unix://DIR/web.sock"

                [[forward]]
                listen = "tcp://127.0.0.1:8080"
                to = "tcp://10.88.0.1:8000"

                [[forward]]
                listen = "unix://DIR/forward.sock"
                to = "tcp://10.88.0.1:8000"

                [[socks]]
                listen = "tcp://127.0.0.1:1080"

                [[socks]]
                listen = "unix://DIR/socks.sock"
                user = "ann"
                password = "s3cret"
                """.replace("DIR", lab.dir().toString()));
        lab.sh("head -c " + BIG + " /dev/urandom > " + lab.dir() + "/big; echo hello > " + lab.dir()
                + "/small").ok();
        lab.spawn("server", "python3", "-c", SERVER, lab.dir().toString(), unix);
        lab.sh("for i in $(seq 600); do grep -q ready " + lab.dir()
                + "/server && exit 0; sleep 0.1; done; exit 1").ok();
    }

    @AfterAll
    static void stop() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    private static void serves(String how) {
        assertThat(lab.sh("curl -sS -m 10 " + how + "/small").ok()).isEqualTo("hello\n");
        String digest = lab.sh("sha256sum < " + lab.dir() + "/big").ok();
        assertThat(lab.sh("curl -sS -m 60 " + how + "/big | sha256sum").ok()).isEqualTo(digest);
        assertThat(lab.sh("curl -sS -m 60 -T " + lab.dir() + "/big " + how + "/x").ok())
                .isEqualTo("took " + BIG);
        lab.assertQuiet();
    }

    @Test
    void publishesAPortOfTheHost() {
        serves("http://10.88.0.2:8000");
    }

    @Test
    void publishesAUnixSocket() {
        serves("http://10.88.0.2:8001");
    }

    @Test
    void forwardsAPort() {
        serves("http://127.0.0.1:8080");
    }

    @Test
    void forwardsAUnixSocket() {
        serves("--unix-socket " + lab.dir() + "/forward.sock http://x");
    }

    @Test
    void leadsIntoTheStackBySocks() {
        serves("--socks5 127.0.0.1:1080 http://10.88.0.1:8000");
        assertThat(lab.sh("curl -sS -m 10 --socks5-hostname 127.0.0.1:1080 http://10.88.0.1:8000/small").ok())
                .isEqualTo("hello\n");
        // through the stack to itself: its own status page
        assertThat(lab.sh("curl -sS -m 10 --socks5 127.0.0.1:1080 http://10.88.0.2/v1/relays").ok())
                .contains("\"kind\" : \"socks\"").doesNotContain("s3cret");
        Lab.Result refused = lab.sh("curl -sS -m 10 --socks5 127.0.0.1:1080 http://10.88.0.1:9/");
        assertThat(refused.exit()).as(refused.out()).isEqualTo(97);
    }

    @Test
    void serves500CurlsInARowAnd50AtOnce() {
        for (String way : new String[] {"http://10.88.0.2:8000", "http://127.0.0.1:8080"}) {
            Lab.Result row = lab.run("curl", "-sS", "-m", "60", "-H", "Connection: close", "-o", "/dev/null",
                    "-w", "%{http_code}\\n", way + "/small?n=[1-500]");
            assertThat(row.ok().lines().filter("200"::equals).count()).isEqualTo(500);
            Lab.Result once = lab.run("curl", "-sS", "-m", "60", "-Z", "--parallel-immediate",
                    "--parallel-max", "50", "-o", "/dev/null", "-w", "%{http_code}\\n",
                    way + "/small?n=[1-200]");
            assertThat(once.ok().lines().filter("200"::equals).count()).isEqualTo(200);
        }
        lab.assertQuiet();
    }

    @Test
    void carriesAResetAndGoesOn() {
        lab.python("""
                import socket, struct, sys
                s = socket.create_connection(('10.88.0.2', 8000))
                s.sendall(b'GET /big HTTP/1.0\\r\\n\\r\\n')
                s.recv(1000)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                s.close()
                """).ok();
        assertThat(lab.sh("curl -sS -m 10 http://10.88.0.2:8000/small").ok()).isEqualTo("hello\n");
        assertThat(lab.sh("for i in $(seq 100); do curl -sS -m 10 http://10.88.0.2/v1/relays | grep -q"
                + " '\"resets\" : 1' && exit 0; done; exit 1").exit()).isZero();
        lab.assertQuiet();
    }
}
