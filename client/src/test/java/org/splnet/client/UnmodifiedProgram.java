package org.splnet.client;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/// A program that uses the JDK's HttpServer and HttpClient, and `Socket`, and knows nothing of splnet.
///
/// `UnmodifiedProgram ADDRESS PORT` serves there and asks itself; it says what came of it.
public final class UnmodifiedProgram {
    private static final int LARGE = 3_000_000;
    private static final int MANY = 50;

    private UnmodifiedProgram() {
    }

    /// Runs it.
    public static void main(String[] args) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(args[0], Integer.parseInt(args[1])), 100);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/echo", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Peer", exchange.getRemoteAddress().toString());
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            InetSocketAddress at = server.getAddress();
            System.out.println("server at " + at);
            URI echo = URI.create("http://" + args[0] + ":" + at.getPort() + "/echo");
            System.out.println("large " + post(client, echo, new byte[LARGE]).body().length);
            System.out.println("peer " + post(client, echo, new byte[1]).headers().firstValue("Peer").get());
            List<CompletableFuture<HttpResponse<byte[]>>> many = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                many.add(client.sendAsync(request(echo, new byte[1000 + i]),
                        HttpResponse.BodyHandlers.ofByteArray()));
            }
            int right = 0;
            for (int i = 0; i < MANY; i++) {
                right += many.get(i).get().body().length == 1000 + i ? 1 : 0;
            }
            System.out.println("many " + right);
        }
        server.stop(0);
        sockets(args[0]);
    }

    private static void sockets(String address) throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(address, 0));
            Thread.ofVirtual().start(() -> {
                try (Socket accepted = server.accept(); InputStream in = accepted.getInputStream()) {
                    in.transferTo(accepted.getOutputStream());
                } catch (IOException e) {
                    e.printStackTrace();
                }
            });
            try (Socket socket = new Socket(address, server.getLocalPort())) {
                socket.getOutputStream().write("hello".getBytes());
                socket.shutdownOutput();
                System.out.println("socket " + new String(socket.getInputStream().readAllBytes()));
            }
        }
    }

    private static HttpRequest request(URI to, byte[] body) {
        return HttpRequest.newBuilder(to).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }

    private static HttpResponse<byte[]> post(HttpClient client, URI to, byte[] body)
            throws IOException, InterruptedException {
        return client.send(request(to, body), HttpResponse.BodyHandlers.ofByteArray());
    }
}
