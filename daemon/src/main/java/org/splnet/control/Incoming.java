package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import org.splnet.service.http.HttpError;
import org.splnet.service.http.Requests;

/// The request that a connection is at, as far as it has come in, and the form of its answer. Used again for
/// the next one.
final class Incoming {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private HttpRequest head;
    private boolean last;

    /// The head has come; [#check] follows.
    void begin(HttpRequest request) {
        head = request;
        // Behind chunks one cannot tell to the octet where the next request begins, or a socket's octets.
        last = !HttpUtil.isKeepAlive(request) || HttpUtil.isTransferEncodingChunked(request);
    }

    /// @param most octets of the body
    void check(int most) throws HttpError {
        Requests.checkHeader(head);
        if (HttpUtil.getContentLength(head, 0L) > most) {
            throw tooLarge(most);
        }
    }

    /// Part of the body has come.
    void take(ByteBuf content, int most) throws HttpError {
        int length = content.readableBytes();
        if (body.size() + length > most) {
            throw tooLarge(most);
        }
        byte[] octets = new byte[length];
        content.readBytes(octets);
        body.writeBytes(octets);
    }

    private static HttpError tooLarge(int most) {
        return new HttpError(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "The body is longer than " + most + " octets.");
    }

    /// True from the head to the answer.
    boolean begun() {
        return head != null;
    }

    HttpRequest head() {
        return head;
    }

    byte[] body() {
        return body.toByteArray();
    }

    /// Octets of the body that are still to come, as far as that is known.
    long remaining() {
        return HttpUtil.isTransferEncodingChunked(head) ? Long.MAX_VALUE
                : HttpUtil.getContentLength(head, 0L) - body.size();
    }

    /// No further request will be read.
    void isLast() {
        last = true;
    }

    /// True if no further request will be read.
    boolean last() {
        return last;
    }

    /// True if the client wants no content.
    boolean wantsHead() {
        return head != null && HttpMethod.HEAD.equals(head.method());
    }

    /// True if the client knows chunks.
    boolean takesChunks() {
        return head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
    }

    /// What a client waits for before it sends its body.
    static FullHttpResponse goOn() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE,
                Unpooled.EMPTY_BUFFER);
    }

    /// The answer.
    ///
    /// @param document null for none
    /// @param allow the methods there are, or null
    /// @param fields more of the header, or null
    FullHttpResponse answer(HttpResponseStatus status, Document document, String allow,
            Map<String, String> fields) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                document == null || wantsHead() ? Unpooled.EMPTY_BUFFER
                        : Unpooled.wrappedBuffer(document.octets()));
        if (document != null) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, document.octets().length);
            if (document.octets().length > 0) {
                response.headers().set(HttpHeaderNames.CONTENT_TYPE, document.type());
            }
        }
        if (allow != null) {
            response.headers().set(HttpHeaderNames.ALLOW, allow);
        }
        if (fields != null) {
            fields.forEach(response.headers()::set);
        }
        if (last) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return response;
    }

    /// The head of an answer whose end is not known.
    HttpResponse streamed(String type, boolean chunked) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        HttpUtil.setTransferEncodingChunked(response, chunked);
        return response;
    }

    /// It is answered.
    void end() {
        head = null;
        body.reset();
    }
}
