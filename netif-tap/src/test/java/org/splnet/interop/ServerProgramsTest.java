package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The servers that people run, unmodified, with splnet's TCP: event loops, processes that fork, sandboxes,
/// TLS.
@Tag("root")
class ServerProgramsTest {
    private static final String SSH = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
            + "-o BatchMode=yes -o LogLevel=ERROR";

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

    /// Workers that accept from one listener, `sendfile`, a proxied connection, an IPv6 listener beside.
    @Test
    void nginxServesAndProxies() throws IOException {
        Programs.need("nginx", "ab", "wrk");
        Path dir = Files.createDirectories(lab.dir().resolve("nginx"));
        lab.sh("head -c 300000 /dev/urandom > " + dir + "/file").ok();
        Files.writeString(dir.resolve("nginx.conf"), """
                daemon off; worker_processes 2; user root; pid DIR/pid; error_log DIR/error.log;
                events { worker_connections 512; }
                http {
                  access_log off; sendfile on; tcp_nopush on;
                  client_body_temp_path DIR/b; proxy_temp_path DIR/p; fastcgi_temp_path DIR/f;
                  uwsgi_temp_path DIR/u; scgi_temp_path DIR/s;
                  server { listen 8080; listen [::]:8080; root DIR;
                           location /proxy/ { proxy_pass http://10.88.0.1:8000/; } }
                }
                """.replace("DIR", dir.toString()));
        lab.spawn("kernel.log", "python3", "-m", "http.server", "8000", "--bind", Lab.HOST, "--directory",
                dir.toString());
        Process nginx = ours.spawn("nginx.log", "nginx", "-p", dir.toString(), "-c",
                dir + "/nginx.conf", "-e", dir + "/error.log");
        ours.awaitListener(Lab.SPLNET, 8080);
        ours.awaitListener(Lab.HOST, 8000);
        assertThat(lab.run("ab", "-q", "-n", "1000", "-c", "20", "http://10.88.0.2:8080/file").ok())
                .containsPattern("Complete requests: +1000\\b").containsPattern("Failed requests: +0\\b");
        assertThat(lab.run("wrk", "-t2", "-c50", "-d2", "http://10.88.0.2:8080/file").ok())
                .contains("Requests/sec").doesNotContain("Non-2xx");
        assertThat(lab.sh("curl -sS -m 10 http://10.88.0.2:8080/proxy/file | cmp - " + dir + "/file").exit())
                .isZero();
        nginx.destroy();
        assertThat(nginx.onExit().join().exitValue()).isZero();
        assertThat(Files.readString(dir.resolve("error.log"))).doesNotContain("[alert]", "[crit]", "[emerg]");
        lab.assertQuiet();
    }

    @Test
    void redisAndItsBenchmark() throws IOException {
        Programs.need("redis-server", "redis-benchmark");
        ours.spawn("ours.log", "redis-server", "--port", "6379", "--save", "", "--protected-mode", "no");
        lab.spawn("kernel.log", "redis-server", "--port", "6380", "--bind", Lab.HOST, "--save", "",
                "--protected-mode", "no");
        ours.awaitListener(Lab.SPLNET, 6379);
        ours.awaitListener(Lab.HOST, 6380);
        assertThat(lab.run("redis-benchmark", "-h", Lab.SPLNET, "-q", "-n", "5000", "-c", "30", "-t",
                "ping,set,get").ok()).contains("GET:").doesNotContain("Error");
        assertThat(ours.run("redis-benchmark", "-h", Lab.HOST, "-p", "6380", "-q", "-n", "5000", "-c",
                "30", "-t", "set,get").ok()).contains("GET:").doesNotContain("Error");
        lab.assertQuiet();
    }

    @Test
    void openSslServesAndConnects() throws IOException {
        Programs.need("openssl");
        lab.sh("cd " + lab.dir() + " && openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert "
                + "-subj /CN=splnet -days 2").ok();
        String server = "openssl s_server -www -cert " + lab.dir() + "/cert -key " + lab.dir()
                + "/key -accept ";
        ours.spawn("ours.log", "sh", "-c", "exec " + server + "8443");
        lab.spawn("kernel.log", "sh", "-c", "exec " + server + "10.88.0.1:8444");
        ours.awaitListener(Lab.SPLNET, 8443);
        ours.awaitListener(Lab.HOST, 8444);
        assertThat(lab.sh("curl -skS -m 10 https://10.88.0.2:8443/").ok()).contains("s_server");
        assertThat(ours.sh("printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 60 openssl s_client -quiet "
                + "-connect 10.88.0.1:8444").out()).contains("s_server");
        lab.assertQuiet();
    }

    /// A server that forks, executes itself with the connection as its standard input, and shuts its child
    /// into a sandbox.
    @Test
    void sshInBothRoles() throws IOException {
        Programs.need("ssh", "sshd", "ssh-keygen");
        Path dir = lab.dir();
        lab.sh("mkdir -p /run/sshd && cd " + dir + " && ssh-keygen -q -t ed25519 -N '' -f hostkey && "
                + "ssh-keygen -q -t ed25519 -N '' -f id && cp id.pub allowed && chmod 600 allowed").ok();
        String sshd = "exec /usr/sbin/sshd -D -e -f /dev/null -h " + dir + "/hostkey -o AuthorizedKeysFile="
                + dir + "/allowed -o StrictModes=no -o UsePAM=no -o PidFile=none -p 2222";
        ours.spawn("ours.log", "sh", "-c", sshd);
        lab.spawn("kernel.log", "sh", "-c", sshd + " -o ListenAddress=10.88.0.1");
        ours.awaitListener(Lab.SPLNET, 2222);
        ours.awaitListener(Lab.HOST, 2222);
        String command = "timeout 30 ssh -i " + dir + "/id -p 2222 " + SSH + " root@%s "
                + "'cat > /dev/null; head -c 3000000 /dev/zero' < /bin/sh | wc -c";
        assertThat(lab.sh(String.format(command, Lab.SPLNET)).ok()).as(lab.text("ours.log"))
                .isEqualToIgnoringWhitespace("3000000");
        assertThat(ours.sh(String.format(command, Lab.HOST)).ok()).isEqualToIgnoringWhitespace("3000000");
        lab.assertQuiet();
    }
}
