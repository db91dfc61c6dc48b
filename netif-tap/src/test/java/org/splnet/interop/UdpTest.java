package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class UdpTest {
    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.start(Lab.CONFIG);
    }

    @AfterAll
    static void stop() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void echoesDatagramsOfEverySize() {
        String out = lab.python("""
                import os, socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.settimeout(20)
                for n in (0, 1, 8, 1471, 1472, 1473, 9000, 60000, 65507):
                    data = os.urandom(n)
                    s.sendto(data, ('10.88.0.2', 7))
                    back, peer = s.recvfrom(70000)
                    assert back == data and peer == ('10.88.0.2', 7), (n, len(back), peer)
                print('echoed')
                """).ok();
        assertThat(out).contains("echoed");
        lab.assertQuiet();
    }

    /// RFC 1122, 4.1.3.1: port unreachable.
    @Test
    void refusesADatagramToAClosedPort() {
        String out = lab.python("""
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.settimeout(20)
                s.connect(('10.88.0.2', 4444))
                s.send(b'anybody?')
                try:
                    s.recv(100)
                except ConnectionRefusedError:
                    print('refused')
                """).ok();
        assertThat(out).contains("refused");
    }

    /// RFC 9293, 3.10.7.1: a SYN to a closed port is answered by a reset.
    @Test
    void resetsAConnectionToAClosedTcpPort() {
        String out = lab.python("""
                import socket
                try:
                    socket.create_connection(('10.88.0.2', 4444), 20)
                except ConnectionRefusedError:
                    print('refused')
                """).ok();
        assertThat(out).contains("refused");
    }

    /// What a sender leaves to a NIC to cut (`UDP_SEGMENT`, udp(7)) comes in one frame.
    @Test
    void echoesDatagramsThatCameInOnePiece() {
        String out = lab.python("""
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.settimeout(20)
                s.setsockopt(17, 103, 1000)
                whole = b''.join(bytes([i]) * 1000 for i in range(40)) + b'the rest'
                s.sendto(whole, ('10.88.0.2', 7))
                back = [s.recv(2000) for i in range(41)]
                assert [len(each) for each in back] == [1000] * 40 + [8], back
                assert b''.join(back) == whole
                print('echoed')
                """).ok();
        assertThat(out).contains("echoed");
    }

    @Test
    void echoesAThousandDatagramsInARow() {
        String out = lab.python("""
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.settimeout(20)
                for i in range(1000):
                    s.sendto(b'%d' % i, ('10.88.0.2', 7))
                    assert s.recv(100) == b'%d' % i
                print('echoed')
                """).ok();
        assertThat(out).contains("echoed");
    }
}
