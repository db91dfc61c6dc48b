package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Unmodified programs with splnet's TCP and UDP, each against its counterpart with the kernel's.
@Tag("root")
class ProgramsTest {
    private Lab lab;
    private Programs ours;

    @BeforeEach
    void start() throws IOException {
        Programs.need();
        lab = Lab.start(Lab.CONFIG.replace("status = true", "status = false"));
        ours = new Programs(lab);
    }

    @AfterEach
    void stop() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    private void file(String name, int octets) {
        lab.sh("head -c " + octets + " /dev/urandom > " + lab.dir() + "/" + name).ok();
    }

    private String digest(String name) {
        return lab.sh("sha256sum < " + lab.dir() + "/" + name).ok().substring(0, 64);
    }

    private void kernelServesHttp() throws IOException {
        lab.spawn("kernel.log", "python3", "-c", """
                import http.server, os, sys
                os.chdir(sys.argv[1])
                server = http.server.ThreadingHTTPServer
                server.request_queue_size = 200
                server(('10.88.0.1', 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
                """, lab.dir().toString());
        ours.awaitListener(Lab.HOST, 8000);
    }

    @Test
    void curlAndWgetFetch() throws IOException {
        Programs.need("curl", "wget");
        file("data", 20_000_000);
        kernelServesHttp();
        String url = "http://" + Lab.HOST + ":8000/data";
        assertThat(ours.sh("curl -sS -m 60 " + url + " | sha256sum").ok()).contains(digest("data"));
        assertThat(ours.sh("wget -qO- " + url + " | sha256sum").ok()).contains(digest("data"));
        assertThat(ours.run("curl", "-sS", "-m", "5", "http://" + Lab.HOST + ":8001/").out())
                .contains("Couldn't connect");
        lab.assertQuiet();
    }

    @Test
    void curlFetchesAHundredAtOnce() throws IOException {
        file("data", 100_000);
        kernelServesHttp();
        Lab.Result result = ours.run("curl", "-sS", "-m", "60", "-Z", "--parallel-immediate",
                "--parallel-max", "100", "-o", "/dev/null", "-w", "%{http_code} %{size_download}\\n",
                "http://" + Lab.HOST + ":8000/data?n=[1-100]");
        assertThat(result.ok().lines().filter("200 100000"::equals).count()).isEqualTo(100);
        lab.assertQuiet();
    }

    @Test
    void curlUploads() throws IOException {
        file("data", 30_000_000);
        lab.spawn("got", "python3", "-c", """
                import hashlib, http.server
                class H(http.server.BaseHTTPRequestHandler):
                    def do_PUT(self):
                        d = self.rfile.read(int(self.headers['Content-Length']))
                        self.send_response(200); self.end_headers()
                        self.wfile.write(hashlib.sha256(d).hexdigest().encode())
                http.server.HTTPServer(('10.88.0.1', 8000), H).serve_forever()
                """);
        ours.awaitListener(Lab.HOST, 8000);
        assertThat(ours.run("curl", "-sS", "-m", "60", "-T", lab.dir() + "/data", "http://10.88.0.1:8000/")
                .ok()).contains(digest("data"));
        lab.assertQuiet();
    }

    @Test
    void pythonServesHttp() throws IOException {
        file("data", 5_000_000);
        ours.spawn("ours.log", "python3", "-m", "http.server", "8000", "--directory", lab.dir().toString());
        ours.awaitListener(Lab.SPLNET, 8000);
        for (int i = 0; i < 5; i++) {
            assertThat(lab.sh("curl -sS -m 20 http://10.88.0.2:8000/data | sha256sum").ok())
                    .contains(digest("data"));
        }
        lab.assertQuiet();
    }

    /// An event loop, both as a server and as a client: connects that do not block, readiness, half-closes.
    @Test
    void asyncioEchoesAHundredAtOnce() throws IOException {
        String echo = """
                import asyncio, sys
                async def serve(r, w):
                    while data := await r.read(65536):
                        w.write(data)
                        await w.drain()
                    w.close()
                async def main():
                    server = await asyncio.start_server(serve, sys.argv[1], int(sys.argv[2]), backlog=200)
                    await server.serve_forever()
                asyncio.run(main())
                """;
        String client = """
                import asyncio, sys
                async def one(i):
                    r, w = await asyncio.open_connection(sys.argv[1], int(sys.argv[2]))
                    data = b'%d ' % i * 10000
                    w.write(data)
                    w.write_eof()
                    back = await r.read()
                    w.close()
                    return back == data
                async def main():
                    print(sum(await asyncio.gather(*[one(i) for i in range(100)])))
                asyncio.run(main())
                """;
        ours.spawn("ours.log", "python3", "-c", echo, "0.0.0.0", "8000");
        lab.spawn("kernel.log", "python3", "-c", echo, Lab.HOST, "8000");
        ours.awaitListener(Lab.SPLNET, 8000);
        ours.awaitListener(Lab.HOST, 8000);
        assertThat(lab.python(client, Lab.SPLNET, "8000").ok()).isEqualTo("100\n");
        assertThat(ours.run("python3", "-c", client, Lab.HOST, "8000").ok()).isEqualTo("100\n");
        lab.assertQuiet();
    }

    @Test
    void netcatSendsAndListens() throws IOException {
        Programs.need("nc");
        file("data", 3_000_000);
        Process listening = lab.spawn("kernel.out", "nc", "-l", Lab.HOST, "8000");
        lab.sh("until ss -ltn | grep -q :8000; do :; done").ok();
        ours.sh("nc -N 10.88.0.1 8000 < " + lab.dir() + "/data").ok();
        assertThat(listening.onExit().join().exitValue()).isZero();
        assertThat(digest("kernel.out")).isEqualTo(digest("data"));
        Process ourListening = ours.spawn("ours.out", "nc", "-l", "-p", "8001");
        lab.sh("until nc -N 10.88.0.2 8001 < " + lab.dir() + "/data; do :; done").ok();
        assertThat(ourListening.onExit().join().exitValue()).isZero();
        assertThat(digest("ours.out")).isEqualTo(digest("data"));
        lab.assertQuiet();
    }

    @Test
    void iperf3InBothRoles() throws IOException {
        Programs.need("iperf3");
        lab.spawn("kernel.log", "iperf3", "-s", "-B", Lab.HOST, "-p", "5201");
        ours.spawn("ours.log", "iperf3", "-s", "-p", "5202");
        ours.awaitListener(Lab.HOST, 5201);
        ours.awaitListener(Lab.SPLNET, 5202);
        for (String more : new String[] {"", "-R", "-P 8", "-u -b 50M", "-u -b 50M -R"}) {
            assertThat(ours.sh("iperf3 -c 10.88.0.1 -p 5201 -t 1 " + more).ok()).contains("iperf Done");
            assertThat(lab.sh("iperf3 -c 10.88.0.2 -p 5202 -t 1 " + more).ok()).contains("iperf Done");
        }
        lab.assertQuiet();
    }

    @Test
    void socatOverTcpAndUdp() throws IOException {
        Programs.need("socat");
        ours.spawn("tcp.log", "socat", "TCP-LISTEN:8000,reuseaddr,fork", "EXEC:cat");
        ours.spawn("udp.log", "socat", "UDP-LISTEN:8001,fork", "EXEC:cat");
        ours.awaitListener(Lab.SPLNET, 8000);
        for (String to : new String[] {"TCP:10.88.0.2:8000", "UDP:10.88.0.2:8001"}) {
            assertThat(lab.sh("until echo there and back | timeout 10 socat -t1 - " + to
                    + " | grep .; do :; done").ok()).contains("there and back");
        }
        lab.spawn("kernel.log", "socat", "TCP-LISTEN:8002,reuseaddr,fork,bind=10.88.0.1", "EXEC:cat");
        ours.awaitListener(Lab.HOST, 8002);
        assertThat(ours.sh("echo out and home | socat -t20 - TCP:10.88.0.1:8002").ok())
                .contains("out and home");
        lab.assertQuiet();
    }

    /// What is sent at once, to be cut into datagrams (`UDP_SEGMENT`, udp(7)), as QUIC's libraries do.
    @Test
    void sendsManyDatagramsAtOnce() throws IOException {
        lab.spawn("kernel.log", "python3", "-c", """
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.bind(('10.88.0.1', 8003))
                while True:
                    data, peer = s.recvfrom(70000)
                    s.sendto(data, peer)
                """);
        String out = ours.run("python3", "-c", """
                import os, socket, struct
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.connect(('10.88.0.1', 8003))
                s.settimeout(0.2)
                back = None
                while back is None:
                    try:
                        s.send(b'there?')
                        back = s.recv(100)
                    except (TimeoutError, ConnectionRefusedError):
                        pass
                s.settimeout(20)
                whole = os.urandom(40 * 1200 + 77)
                cut = [(17, 103, struct.pack('=H', 1200))]
                for send in (lambda: s.sendmsg([whole], cut),
                             lambda: s.setsockopt(17, 103, 1200) or s.send(whole)):
                    assert send() == len(whole)
                    got = []
                    while len(got) < 41:
                        data = s.recv(70000)
                        got += [data] if data != b'there?' else []
                    assert [len(each) for each in got] == [1200] * 40 + [77], [len(each) for each in got]
                    assert b''.join(got) == whole
                s.setsockopt(17, 103, 1500)
                s.send(whole)
                try:
                    s.recv(100)
                except OSError as e:
                    print(e.strerror)
                """).ok();
        assertThat(out).contains("Message too long");
        lab.assertQuiet();
    }

    /// With a socket for ICMP echo, which ping asks for before it tries a raw one.
    @Test
    void pingAsksAndIsAnsweredOrNot() throws IOException {
        Programs.need("ping");
        String answered = ours.run("ping", "-w", "60", "-c", "3", "-i", "0.2", Lab.HOST).ok();
        assertThat(answered).contains("64 bytes from 10.88.0.1: icmp_seq=1",
                "64 bytes from 10.88.0.1: icmp_seq=2", "64 bytes from 10.88.0.1: icmp_seq=3")
                .containsPattern("([3-9]|\\d\\d+) received").doesNotContain("DUP", "BAD CHECKSUM");
        assertThat(ours.run("ping", "-w", "60", "-c", "2", "-i", "0.2", "-s", "20000", Lab.HOST).ok())
                .contains("20008 bytes from 10.88.0.1: icmp_seq=2");
        assertThat(ours.run("ping", "-w", "60", "-c", "1", Lab.SPLNET).ok()).contains("1 received");
        Lab.Result silent = ours.run("ping", "-c", "2", "-i", "0.2", "-W", "1", "10.88.0.77");
        assertThat(silent.exit()).as(silent.out()).isEqualTo(1);
        assertThat(silent.out()).contains("2 packets transmitted, 0 received");
        lab.assertQuiet();
    }

    /// Two at once, each hearing its own replies, and what there is to see of one.
    @Test
    void echoSocketsOfPrograms() throws IOException {
        Lab.Result result = ours.run("python3", "-c", """
                import errno, socket, struct, sys
                def echo():
                    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
                    s.settimeout(10)
                    return s
                a, b = echo(), echo()
                a.bind(('0.0.0.0', 4711))
                print(a.getsockname())
                for s, n in ((a, 1), (b, 2)):
                    s.sendto(struct.pack('>BBHHH', 8, 0, 0, 0, n) + b'data', (sys.argv[1], 0))
                for s in (b, a):
                    data, peer = s.recvfrom(100)
                    t, c, x, i, n = struct.unpack('>BBHHH', data[:8])
                    print(t, c, i == s.getsockname()[1], n, data[8:], peer)
                try:
                    echo().bind(('0.0.0.0', 4711))
                except OSError as e:
                    print(errno.errorcode[e.errno])
                a.connect(('10.88.0.77', 0))
                print(a.getsockname(), a.getpeername())
                a.send(struct.pack('>BBHHH', 8, 0, 0, 0, 3))
                try:
                    a.recv(100)
                except OSError as e:
                    print(errno.errorcode[e.errno])
                """, Lab.HOST);
        assertThat(result.ok().lines()).containsExactly("('0.0.0.0', 4711)",
                "0 0 True 2 b'data' ('10.88.0.1', 0)", "0 0 True 1 b'data' ('10.88.0.1', 0)", "EADDRINUSE",
                "('10.88.0.2', 4711) ('10.88.0.77', 0)", "EHOSTUNREACH");
        lab.assertQuiet();
    }

    /// What the daemon's end means for programs: an error, and at once.
    @Test
    void aCrashOfTheDaemonIsAnErrorAndNoHang() throws IOException, InterruptedException {
        lab.spawn("kernel.log", "python3", "-c", """
                import socket
                s = socket.create_server(('10.88.0.1', 8000))
                kept = []
                while True:
                    kept.append(s.accept())
                """);
        ours.awaitListener(Lab.HOST, 8000);
        Process client = ours.spawn("ours.out", "python3", "-u", "-c", """
                import errno, socket
                s = socket.create_connection(('10.88.0.1', 8000))
                l = socket.create_server(('0.0.0.0', 8001))
                u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                u.bind(('0.0.0.0', 8002))
                print('ready')
                def tell(what, call):
                    try:
                        call()
                        print(what, 'well')
                    except OSError as e:
                        print(what, errno.errorcode[e.errno])
                tell('recv', lambda: s.recv(1))
                tell('accept', l.accept)
                tell('datagram', lambda: u.recv(1))
                tell('connect', lambda: socket.create_connection(('10.88.0.1', 8000)))
                """);
        lab.sh("until grep -q ready " + lab.dir() + "/ours.out; do :; done").ok();
        lab.daemon().destroyForcibly().waitFor();
        assertThat(client.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(lab.text("ours.out").lines()).containsExactly("ready", "recv ECONNRESET",
                "accept ENETDOWN", "datagram ENETDOWN", "connect ENETDOWN");
    }

    @Test
    void whoMayNotIsToldWhoMay() {
        String nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups env SPLNET_PRELOAD=/etc/passwd"
                + " SPLNET_SOCKET=$dir/s ../bin/run-program true";
        String out = lab.sh("dir=$(mktemp -d) && chmod 755 $dir && touch $dir/s && chmod 660 $dir/s; "
                + nobody + "; echo $?; chmod 750 $dir; " + nobody + "; echo $?; rm -r $dir").ok();
        assertThat(out).matches("(?s)(.*/s: permission denied: [^\\n]* join the group\\n77\\n){2}");
    }

    @Test
    void aProgramThatWouldHaveTheHostsSocketsIsNamed() {
        String program = lab.dir() + "/static";
        // As much of an ELF header as says where the program headers are, of which there are none.
        lab.sh("{ printf '\\177ELF\\002'; head -c 27 /dev/zero; printf @; head -c 31 /dev/zero; } > "
                + program + " && chmod +x " + program).ok();
        assertThat(ours.run(program).out())
                .contains(program + ": statically linked: its sockets are the host's");
        assertThat(ours.run("true").out()).isEmpty();
    }

    @Test
    void theCommandPassesExitCodesAndSignals() throws IOException, InterruptedException {
        assertThat(ours.sh("exit 42").exit()).isEqualTo(42);
        assertThat(ours.run("/nonexistent/program").exit()).isEqualTo(127);
        assertThat(ours.run("/etc/passwd").exit()).isEqualTo(126);
        assertThat(Files.exists(Path.of("../bin/run-program"))).isTrue();
        Process trapped = ours.spawn("ours.out", "sh", "-c",
                "trap 'exit 9' TERM; echo ready; while :; do :; done");
        lab.sh("until grep -q ready " + lab.dir() + "/ours.out; do :; done").ok();
        trapped.destroy();
        assertThat(trapped.waitFor()).isEqualTo(9);
    }
}
