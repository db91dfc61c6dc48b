package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The control socket as a service manager passes it on, and a daemon with few descriptors.
@Timeout(600)
class ControlStartTest {
    /// Listens at a path, and becomes the daemon with that socket as descriptor 3, as sd_listen_fds(3) has
    /// it.
    private static final String MANAGER = """
            import os, socket, sys
            s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(64)
            os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')
            os.execvp(sys.argv[2], sys.argv[2:])
            """;
    private static final String GET = "curl -s --max-time 20 --unix-socket %s http://x/v1/status";

    private Lab lab;

    @BeforeEach
    void start() throws IOException {
        lab = Lab.empty();
    }

    @AfterEach
    void end() throws IOException {
        lab.close();
    }

    @Test
    void aSocketThatIsPassedOnIsUsedAndStays() throws Exception {
        String path = lab.dir().resolve("passed.sock").toString();
        lab.launcher("python3", "-c", MANAGER, path);
        lab.startDaemon(Lab.CONFIG);
        assertThat(lab.sh(GET.formatted(path)).ok()).contains("\"pid\" : " + lab.pid());
        assertThat(lab.control()).as("of the configuration").doesNotExist();
        lab.daemon().destroy();
        assertThat(lab.daemon().waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(lab.dir().resolve("passed.sock")).as("the manager's").exists();
        lab.assertQuiet();
    }

    /// Those beyond its descriptors wait or are closed; later ones are served when others have gone.
    @Test
    void aDaemonWithoutDescriptorsGoesOnWhenThereAreSome() throws Exception {
        lab.launcher("sh", "-c", "ulimit -n 100; exec \"$@\"", "sh");
        lab.startDaemon(Lab.CONFIG);
        int before = lab.descriptors();
        Lab.Result result = lab.python("""
                import select, socket, sys, time
                def head(s):
                    got = b''
                    while b'\\r\\n\\r\\n' not in got: got += s.recv(999) or sys.exit('the end')
                    return got
                def unix():
                    s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect(sys.argv[1])
                    return s
                def answered(s):
                    try: return b' 200 ' in s.recv(99, socket.MSG_PEEK)
                    except ConnectionResetError: return False
                first = unix()          # nor are there any for classes that nobody has needed yet
                first.sendall(b'CONNECT 10.88.0.2:7 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
                head(first); first.close()
                many = [unix() for i in range(150)]
                for s in many:
                    try: s.sendall(b'CONNECT 10.88.0.2:7 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
                    except BrokenPipeError: pass            # closed already
                served, until = 0, time.time() + 120
                while served <= 10 and time.time() < until:
                    time.sleep(.2)
                    served = sum(answered(s) for s in select.select(many, [], [], 0)[0])
                print('%d of 150 served with 100 descriptors' % served)
                assert 10 < served < 150
                for s in many: s.close()
                last = unix()
                last.sendall(b'CONNECT 10.88.0.2:7 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
                assert b' 200 ' in head(last)
                print('and the next one when the others had gone')
                """, lab.control().toString());
        assertThat(result.exit()).as("%s, and the daemon's log: %s", result.out(), lab.log()).isZero();
        System.out.print(result.out());
        assertThat(lab.python("""
                import os, sys, time
                for i in range(3000):
                    n = len(os.listdir('/proc/%s/fd' % sys.argv[1]))
                    if n <= int(sys.argv[2]): break
                    time.sleep(.02)
                print(n)
                """, Long.toString(lab.pid()), Integer.toString(before)).ok().strip()).matches(n ->
                        Integer.parseInt(n) <= before);
        assertThat(lab.sh(GET.formatted(lab.control())).ok()).contains("\"pid\"");
        assertThat(lab.log().split("no descriptors are left", -1).length).as("told, but not all the time")
                .isBetween(2, 40);
        lab.assertQuiet();
    }
}
