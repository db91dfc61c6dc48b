package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each rule of the control socket, as a user whom it does not let; and as one whom it lets.
class ControlPolicyTest {
    private static final String NOBODY = "65534";
    private static final String CLIENTS = """

            [[control.client]]
            user = "65533"
            sockets = false

            [[control.client]]
            user = "65532"
            bind = ["10.88.0.2:8000-8009"]
            connect = ["10.88.0.1:*"]
            steer = true
            capture = true

            [[control.client]]
            user = "65531"
            [control.client.quota]
            sockets = 2
            pending = 1
            connects-per-second = 1
            octets = "64KiB"
            """;
    private static final String ASK = """
            import json, os, socket, sys
            os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
            s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(sys.argv[1])
            def ask(line, body=''):
                s.sendall(('%s HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: %d\\r\\n\\r\\n%s'
                    % (line, len(body), body)).encode())
                got = b''
                while b'\\r\\n\\r\\n' not in got:
                    more = s.recv(65536)
                    if not more: break
                    got += more
                head, _, rest = got.partition(b'\\r\\n\\r\\n')
                length = [int(l.split(b':')[1]) for l in head.lower().split(b'\\r\\n')
                    if l.startswith(b'content-length:')]
                while length and len(rest) < length[0]:
                    rest += s.recv(65536)
                return head.split()[1].decode() + ' ' + rest.decode(errors='replace')
            """;

    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.empty();
        try {
            lab.startDaemon(Lab.CONFIG + "\n[control]\nsocket = \"" + lab.control() + "\"\n" + CLIENTS);
            open(lab);
        } catch (IOException | RuntimeException | AssertionError e) {
            lab.close();
            throw e;
        }
    }

    /// Lets everybody in at the file.
    static void open(Lab lab) throws IOException {
        Files.setPosixFilePermissions(lab.control(), PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(lab.dir(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterAll
    static void end() throws IOException {
        try {
            lab.assertQuiet();
        } finally {
            lab.close();
        }
    }

    /// What a program of another user prints.
    private static String as(String user, String script) {
        return lab.python(ASK + script, lab.control().toString(), user).out();
    }

    private static String asks(String user, String line, String body) {
        return as(user, "print(ask('" + line + "', '" + body + "'))");
    }

    private static void lets(String answer) {
        assertThat(answer).matches("(?s)20[04] .*");
    }

    private static void refuses(String answer, String... words) {
        assertThat(answer).startsWith("403 ").contains("EACCES").contains(words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "POST /v1/addresses | {\"interface\":\"splnet0\",\"address\":\"10.88.0.77/24\"}",
        "DELETE /v1/addresses/splnet0/10.88.0.2/24 | ~~", "POST /v1/routes | {\"to\":\"10.9.0.0/16\"}",
        "DELETE /v1/routes/default | ~~", "POST /v1/neighbors | {}",
                "DELETE /v1/neighbors/splnet0/10.88.0.1 | ~~",
        "PUT /v1/log | {\"level\":\"debug\"}", "PUT /v1/locks | {\"witness\":\"off\"}",
                "DELETE /v1/locks | ~~",
        "POST /v1/clock | {\"advance-ns\":1}", "POST /v1/reset | ~~"})
    void whoMayNotSteerChangesNothing(String line, String body) {
        refuses(asks(NOBODY, line, body), "Rule others does not let uid 65534 change anything");
    }

    @Test
    void whoMaySteerDoes() {
        lets(asks("65532", "PUT /v1/log", "{\"level\":\"info\"}"));
        refuses(asks("65531", "PUT /v1/log", "{\"level\":\"info\"}"), "Rule user \\\"65531\\\"");
    }

    @ParameterizedTest
    @CsvSource({"status", "interfaces", "sockets", "stats", "locks", "routes", "neighbors", "addresses",
            "log"})
    void everybodyMayLook(String what) {
        lets(asks(NOBODY, "GET /v1/" + what, ""));
    }

    @Test
    void packetsAreForThoseWhoMayCapture() {
        refuses(asks(NOBODY, "GET /v1/capture?count=1", ""), "capture packets");
        assertThat(as("65532", """
                s.sendall(b'GET /v1/capture?count=1 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
                print(s.recv(99))"""))
                .contains("200 OK");
    }

    @Test
    void whoMayNotUseSocketsHasNone() {
        refuses(asks("65533", "CONNECT 10.88.0.1:80", ""), "use sockets");
        refuses(asks("65533", "POST /v1/listen", "{\"local\":\"0.0.0.0:8080\"}"), "use sockets");
        refuses(asks("65533", "POST /v1/bind", "{\"protocol\":\"tcp\"}"), "use sockets");
        refuses(asks("65533", "POST /v1/datagram", "{}"), "use sockets");
        lets(asks("65533", "GET /v1/status", ""));
    }

    @Test
    void privilegedPortsAreForThePrivileged() {
        refuses(asks(NOBODY, "POST /v1/listen", "{\"local\":\"0.0.0.0:1023\"}"), "Rule others",
                "bind 0.0.0.0:1023");
        refuses(asks(NOBODY, "POST /v1/bind", "{\"protocol\":\"tcp\",\"local\":\"0.0.0.0:22\"}"), "bind");
        refuses(asks(NOBODY, "POST /v1/datagram", "{\"local\":\"0.0.0.0:53\"}"), "bind");
        lets(asks(NOBODY, "POST /v1/listen", "{\"local\":\"0.0.0.0:1024\"}"));
    }

    @Test
    void addressesAndPortsAreTheRules() {
        refuses(asks("65532", "POST /v1/listen", "{\"local\":\"10.88.0.2:8010\"}"), "Rule user",
                "bind 10.88.0.2:8010");
        refuses(asks("65532", "POST /v1/listen", "{\"local\":\"0.0.0.0:8000\"}"), "bind 0.0.0.0:8000");
        lets(asks("65532", "POST /v1/listen", "{\"local\":\"10.88.0.2:8009\"}"));
        refuses(asks("65532", "CONNECT 10.88.0.2:7", ""), "talk to 10.88.0.2:7");
        assertThat(asks("65532", "CONNECT 10.88.0.1:1", "")).startsWith("502 ").contains("ECONNREFUSED");
        refuses(asks("65532", "POST /v1/datagram", "{\"remote\":\"10.88.0.2:7\"}"), "talk to 10.88.0.2:7");
    }

    @Test
    void quotasAreOneUsersAndSayWhoseRule() {
        assertThat(as("65531", """
                kept = []
                for i in range(3):
                    print(ask('CONNECT 10.88.0.2:7')[:3], end=' ')
                    kept.append(s)
                    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
                print(ask('POST /v1/datagram', '{}'))""")).startsWith("200 200 429 429 ")
                .contains("Rule user \\\"65531\\\" allows 2 sockets of one user", "EMFILE");
        assertThat(as("65531", """
                got = ''
                while 'a second' not in got:        # first, those from before have to go
                    got = ask('CONNECT 10.88.0.2:1')
                    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
                print(got)"""))
                .startsWith("429 ").contains("allows 1 connects a second", "EAGAIN");
        assertThat(as("65531", """
                import time
                time.sleep(2)
                t = socket.socket(socket.AF_UNIX); t.connect(sys.argv[1])
                t.sendall(b'CONNECT 10.88.0.99:1 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
                while '10.88.0.99' not in ask('GET /v1/sockets'): time.sleep(.02)
                print(ask('CONNECT 10.88.0.2:7'))""")).startsWith("429 ")
                .contains("allows 1 connects of one user");
    }

    @Test
    void othersSocketsAreNotTouched() {
        String[] answers = as(NOBODY, """
                print(ask('CONNECT 10.88.0.2:7')[:3])
                t = socket.socket(socket.AF_UNIX); t.connect(sys.argv[1]); s, mine = t, s
                print(ask('GET /v1/sockets'))""").split("\n", 2);
        assertThat(answers[0]).isEqualTo("200");
        assertThat(answers[1]).contains("] uid=65534 gid=65534");
        assertThat(lab.sh("""
                python3 - <<'E' &
                import socket, time
                s = socket.socket(socket.AF_UNIX); s.connect('%1$s')
                s.sendall(b'CONNECT 10.88.0.2:7 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
                open('%2$s/id', 'w').write(s.recv(999).decode().split('Splnet-Socket: ')[1].split()[0])
                time.sleep(1000)
                E
                owner=$!
                for i in $(seq 1200); do test -s %2$s/id && break; sleep .05; done
                setpriv --reuid=65534 --regid=65534 --clear-groups curl -s -X DELETE --unix-socket %1$s \
                        http://x/v1/sockets/$(cat %2$s/id)
                setpriv --reuid=65532 --regid=65532 --clear-groups curl -s -o /dev/null -w '%%{http_code}' \
                        -X DELETE --unix-socket %1$s http://x/v1/sockets/$(cat %2$s/id)
                kill $owner
                """.formatted(lab.control(), lab.dir())).out())
                .contains("belongs to uid 0", "touch others' sockets",
                "204");
    }

    @Test
    void listenersAndDatagramSocketsShowTheirOwnersToo() {
        assertThat(as(NOBODY, """
                ask('POST /v1/listen', '{"local":"0.0.0.0:8888"}')
                t = socket.socket(socket.AF_UNIX); t.connect(sys.argv[1]); s, mine = t, s
                ask('POST /v1/datagram', '{"local":"0.0.0.0:8889"}')
                u = socket.socket(socket.AF_UNIX); u.connect(sys.argv[1]); s, other = u, s
                for each in json.loads(ask('GET /v1/sockets')[4:]):
                    if each['local'].endswith((':8888', ':8889')): print(each['details']['owner'])"""))
                .matches("(python[0-9.]*\\[\\d+\\] uid=65534 gid=65534\n){2}");
    }
}
