package org.splnet.service.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.splnet.service.FakeStream;

/// What a client can make the server keep.
class HttpMemoryTest extends HttpServiceTest {
    private static final String SHORTEST = "GET / HTTP/1.0\r\n\r\n";

    /// Requests that are not answered yet wait in the client's window.
    @Test
    void readsLittleAheadOfItsAnswers() throws Exception {
        String many = SHORTEST.repeat((64 << 10) / SHORTEST.length());
        FakeStream client = connect(new FakeStream(10).clientSends(many), IDLE_NS, clock);
        client.clientTakes(10);
        assertThat(client.receiveQueued()).isGreaterThan(56 << 10);
    }

    @Test
    void readsOfABodyNoMoreThanThat() throws Exception {
        FakeStream client = connect(10, IDLE_NS, clock);
        client.clientSends("PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n");
        client.clientSends("x".repeat(20_000) + SHORTEST.repeat(1000));
        client.clientTakes(10);
        assertThat(client.receiveQueued()).isGreaterThan(SHORTEST.length() * 1000 - 5000);
    }

    /// A part of a request, which may never be whole, does not keep the 64 KiB that it lies in.
    @Test
    void doesNotKeepTheBufferThatAPartOfAHeaderCameIn() throws Exception {
        ByteBuf large = Unpooled.directBuffer(64 << 10);
        large.writeCharSequence(request("GET /bytes/3") + "GET /bytes/4 HTTP/1.1\r\nHo",
                StandardCharsets.US_ASCII);
        FakeStream client = connect().clientSends(large.retain());
        client.clientTakes(10);
        assertThat(large.refCnt()).isOne();
        large.release();
        String all = client.clientSends("st: x\r\n\r\n").clientEnds().clientTakesAll();
        assertThat(body(all.substring(all.indexOf("HTTP/1.1")))).as(all).hasSize(4);
    }

    @Test
    void answersAllOfManyRequestsThatCameAtOnce() throws Exception {
        String one = request("HEAD /bytes/9");
        String all = exchange(one.repeat(1000));
        assertThat(all.split("content-length: 9\r\n")).hasSize(1001);
    }

    @Test
    void takesAHundredFieldsAndNoMore() throws Exception {
        assertThat(exchange("GET /bytes/3 HTTP/1.1\r\nHost: x\r\n" + "a:\r\n".repeat(99) + "\r\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(exchange("GET /bytes/3 HTTP/1.1\r\nHost: x\r\n" + "a:\r\n".repeat(100) + "\r\n"))
                .startsWith("HTTP/1.1 431 ").contains("100 fields");
        String chunked = "PUT /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
        assertThat(exchange(chunked + "a:\r\n".repeat(100) + "\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(exchange(chunked + "a:\r\n".repeat(101) + "\r\n")).startsWith("HTTP/1.1 400 ");
    }
}
