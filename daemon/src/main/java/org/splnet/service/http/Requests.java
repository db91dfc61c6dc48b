package org.splnet.service.http;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What RFC 9110 and 9112 want a server to refuse before it looks at what is asked for.
public final class Requests {
    /// What no query of ours comes near.
    public static final int MOST_PARAMETERS = 16;

    /// A name or address, and perhaps a port (RFC 3986 §3.2.2); or nothing, for a target without them.
    private static final Pattern HOST = Pattern.compile("(?:(?:[\\w.~!$&'()*+,;=-]|%\\p{XDigit}{2})*+"
            + "|\\[[\\p{XDigit}:.]++])(?::\\d*+)?");

    /// A header, of which there are not more fields than [HttpCodec#MAX_FIELDS].
    private static final class Fields extends DefaultHttpHeaders {
        private int count;

        @Override
        public HttpHeaders add(CharSequence name, Object value) {
            if (++count > HttpCodec.MAX_FIELDS) {
                throw new TooLongHttpHeaderException("more fields");
            }
            return super.add(name, value);
        }
    }

    private static final HttpHeadersFactory FIELDS = new HttpHeadersFactory() {
        @Override
        public HttpHeaders newHeaders() {
            return new Fields();
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
            return new Fields();
        }
    };

    private Requests() {
    }

    /// How much of a request Netty's decoder takes before it gives up.
    public static HttpDecoderConfig decoder() {
        return new HttpDecoderConfig().setMaxInitialLineLength(HttpCodec.MAX_LINE)
                .setMaxHeaderSize(HttpCodec.MAX_HEADER).setMaxChunkSize(HttpCodec.MAX_CHUNK)
                .setHeadersFactory(FIELDS).setTrailersFactory(FIELDS);
    }

    /// @throws HttpError for a message the codec could not make sense of
    public static void checkDecoded(DecoderResult result) throws HttpError {
        if (result.isSuccess()) {
            return;
        }
        Throwable cause = result.cause();
        if (cause instanceof TooLongHttpLineException) {
            throw new HttpError(HttpResponseStatus.REQUEST_URI_TOO_LONG,
                    "The request line is longer than " + HttpCodec.MAX_LINE + " octets.");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            throw new HttpError(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "The header is longer than " + HttpCodec.MAX_HEADER + " octets, or has more than "
                            + HttpCodec.MAX_FIELDS + " fields.");
        }
        throw bad("The request is malformed.");
    }

    /// @throws HttpError for a message that must not be answered otherwise
    public static void checkHeader(HttpRequest request) throws HttpError {
        HttpVersion version = request.protocolVersion();
        if (version.majorVersion() != 1) {
            throw new HttpError(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here.");
        }
        boolean oneOne = version.compareTo(HttpVersion.HTTP_1_1) >= 0;
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        // RFC 9112 §3.2: a request of HTTP/1.1 without exactly one Host is refused, or with none that can be.
        if (oneOne && hosts.size() != 1 || hosts.size() > 1) {
            throw bad("The request must have one Host field.");
        }
        if (!hosts.isEmpty() && !HOST.matcher(hosts.getFirst()).matches()) {
            throw bad("The request's Host field is no host.");
        }
        boolean encoded = request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
        // RFC 9112 §6.1: both together is how requests are smuggled.
        if (encoded && (request.headers().contains(HttpHeaderNames.CONTENT_LENGTH) || !oneOne)) {
            throw bad("The request must have either a length or a transfer coding.");
        }
        if (encoded && !onlyChunked(request)) {
            throw new HttpError(HttpResponseStatus.NOT_IMPLEMENTED,
                    "The only transfer coding here is chunked.");
        }
        String expect = request.headers().get(HttpHeaderNames.EXPECT);
        if (expect != null && oneOne && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expect)) {
            throw new HttpError(HttpResponseStatus.EXPECTATION_FAILED,
                    "The only expectation here is 100-continue.");
        }
    }

    private static boolean onlyChunked(HttpRequest request) {
        var codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst()
                .strip());
    }

    /// The path of a request's target, decoded, without the query.
    public static String path(HttpRequest request) throws HttpError {
        String target = request.uri();
        if (target.equals("*") && HttpMethod.OPTIONS.equals(request.method())) {
            return target;
        }
        // RFC 9112 §3.2.2: the absolute form is accepted, although only proxies are sent it.
        int scheme = target.indexOf("://");
        if (!target.startsWith("/") && scheme > 0) {
            String rest = target.substring(scheme + 3).replaceFirst("^[^/?]*+", "");
            target = rest.startsWith("/") ? rest : "/" + rest;
        }
        if (!target.startsWith("/")) {
            throw bad("The request's target must start with a slash.");
        }
        try {
            return new QueryStringDecoder(target).path();
        } catch (IllegalArgumentException e) {
            throw bad("The request's target has a broken percent-encoding.");
        }
    }

    /// The query of a request's target, decoded: key to its values, in the order they stand in.
    ///
    /// @throws HttpError 400 if it is encoded wrongly, or has more than [#MOST_PARAMETERS]
    public static Map<String, List<String>> query(HttpRequest request) throws HttpError {
        try {
            Map<String, List<String>> query = new QueryStringDecoder(request.uri(),
                    StandardCharsets.UTF_8, true, MOST_PARAMETERS + 1).parameters();
            if (query.values().stream().mapToInt(List::size).sum() > MOST_PARAMETERS) {
                throw bad("The request's query has more than " + MOST_PARAMETERS + " parameters.");
            }
            return query;
        } catch (IllegalArgumentException e) {
            throw bad("The request's query has a broken percent-encoding.");
        }
    }

    /// True if the request says how long its body is.
    static boolean hasLength(HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request) || HttpUtil.isContentLengthSet(request);
    }

    static HttpError bad(String message) {
        return new HttpError(HttpResponseStatus.BAD_REQUEST, message);
    }
}
