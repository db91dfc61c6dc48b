package org.splnet.interop;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Executors;

/// A program on the JDK's HttpServer and HttpClient that knows nothing of splnet.
///
/// `HttpProgram ADDRESS PORT`: serves there, what is posted is answered with. `HttpProgram URL`: posts to it,
/// and says what was answered.
public final class HttpProgram {
    private static final int LARGE = 3_000_000;

    private HttpProgram() {
    }

    /// Runs it.
    public static void main(String[] args) throws Exception {
        if (args.length == 1) {
            ask(URI.create(args[0]));
            return;
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(args[0], Integer.parseInt(args[1])), 100);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String peer = exchange.getRemoteAddress().getAddress().getHostAddress();
            exchange.getResponseHeaders().add("Peer", peer);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        System.out.println("ready");
        System.in.read();
    }

    private static void ask(URI to) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int size : new int[] {10, 1000, LARGE}) {
            HttpRequest request = HttpRequest.newBuilder(to)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[size])).build();
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            System.out.println("answer " + response.statusCode() + " " + response.body().length + " from "
                    + response.headers().firstValue("Peer").orElse("?"));
        }
    }
}
