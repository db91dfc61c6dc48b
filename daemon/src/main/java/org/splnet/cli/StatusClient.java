package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;

/// Reads the status page's JSON.
final class StatusClient {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final URI base;

    StatusClient(URI base) {
        this.base = base;
    }

    /// The JSON at `/v1/RESOURCE`.
    ///
    /// @throws Failure 69 if the daemon does not answer, with what to look at
    JsonNode read(String resource) throws Failure {
        String path = "/v1/" + resource;
        try {
            return new ObjectMapper().readTree(document(path, "application/json"));
        } catch (IOException e) {
            throw new Failure(Sysexits.UNAVAILABLE, base.resolve(path)
                    + " answers no JSON: is that splnet's status page?");
        }
    }

    /// What is at `path`, as it is.
    ///
    /// @param type of what is wanted, where there is a choice
    /// @throws Failure as [#read]
    byte[] document(String path, String type) throws Failure {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).header("Accept", type)
                .timeout(ANSWER).build();
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .proxy(HttpClient.Builder.NO_PROXY).build()) {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new Failure(Sysexits.UNAVAILABLE, request.uri() + " answers " + response.statusCode()
                        + ": is that splnet's status page, and of this version?");
            }
            return response.body();
        } catch (IOException e) {
            throw new Failure(Sysexits.UNAVAILABLE, base + " does not answer (" + reason(e)
                    + "): is the daemon running"
                    + " (systemctl status splnetd; splnet daemon --config FILE), does its configuration have"
                    + " services.status, and is this its address? Another one: --url http://ADDRESS");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Sysexits.UNAVAILABLE, "interrupted");
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage() != null ? e.getMessage() : e.getCause() != null
                ? e.getCause().getMessage() : null;
        return switch (e) {
            case java.net.http.HttpTimeoutException timeout -> "no answer in time";
            case java.net.ConnectException refused when message == null -> "connection refused or no route";
            default -> message == null ? e.getClass().getSimpleName()
                    : message.toLowerCase(Locale.ROOT);
        };
    }
}
