package org.splnet.cli;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;

/// An answer without a known end, taken apart as it comes: status, then content. By one thread.
final class Pieces implements AutoCloseable {
    /// Who takes the content.
    interface Taker {
        /// @return false if it is enough
        boolean take(byte[] octets) throws Failure;
    }

    private final EmbeddedChannel codec = new EmbeddedChannel(new HttpResponseDecoder());
    private final Taker taker;
    private final ByteArrayOutputStream problem = new ByteArrayOutputStream();
    private int status;
    private boolean broken;
    private boolean ended;

    Pieces(Taker taker) {
        this.taker = taker;
    }

    /// Takes what has come.
    ///
    /// @return false if nothing more is wanted, or will come
    boolean come(byte[] octets, int length) throws Failure {
        codec.writeInbound(Unpooled.copiedBuffer(octets, 0, length));
        return parts();
    }

    /// Nothing more comes.
    ///
    /// @return false if more was announced
    boolean end() throws Failure {
        codec.finish();
        parts();
        return ended;
    }

    private boolean parts() throws Failure {
        for (Object each; (each = codec.readInbound()) != null; ) {
            try {
                if (!part(each)) {
                    return false;
                }
            } finally {
                ReferenceCountUtil.release(each);
            }
        }
        return !ended && !broken;
    }

    private boolean part(Object each) throws Failure {
        if (each instanceof HttpResponse response) {
            status = response.status().code();
            broken = !response.decoderResult().isSuccess();
        }
        if (each instanceof HttpContent content) {
            byte[] octets = ByteBufUtil.getBytes(content.content());
            ended |= each instanceof LastHttpContent;
            if (!well()) {
                problem.writeBytes(octets);
            } else if (octets.length > 0) {
                return taker.take(octets);
            }
        }
        return true;
    }

    /// True if the status says that what comes is what was asked for.
    boolean well() {
        return status / 100 == 2 && !broken;
    }

    /// 0 if none came.
    int status() {
        return broken ? 0 : status;
    }

    /// What came instead.
    byte[] problem() {
        return problem.toByteArray();
    }

    @Override
    public void close() {
        codec.finishAndReleaseAll();
    }
}
