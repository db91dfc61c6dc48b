package org.splnet.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;

@ExtendWith(NoLeaks.class)
class HttpCodecTest {
    private static final String SHORTEST = "GET / HTTP/1.0\r\n\r\n";

    private final HttpCodec codec = new HttpCodec(ByteBufAllocator.DEFAULT);

    @Test
    void decodesNoMoreThanOneMessageAhead() {
        ByteBuf octets = octets(SHORTEST.repeat(3));
        codec.feed(octets);
        for (int i = 1; i <= 3; i++) {
            assertThat(codec.next()).isInstanceOf(HttpRequest.class);
            assertThat(octets.readableBytes()).isEqualTo((3 - i) * SHORTEST.length());
            assertThat(codec.next()).isInstanceOf(LastHttpContent.class);
        }
        assertThat(codec.next()).isNull();
        codec.close();
    }

    @Test
    void freesWhatWasNotFetched() {
        codec.feed(octets(SHORTEST.repeat(1000) + "GET /"));
        assertThat(codec.next()).isInstanceOf(HttpRequest.class);
        codec.close();
        assertThat(codec.next()).isNull();
    }

    private static ByteBuf octets(String text) {
        return Unpooled.directBuffer(text.length()).writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
