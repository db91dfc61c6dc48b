package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.splnet.TestSeed;
import org.splnet.unix.Credentials;
import org.splnet.wire.Cidr;

/// Sockets for ICMP echo that a client has.
class EchoRelayTest extends LentBed {
    private static final int HEADER = 40;
    private static final int ERROR = 255;
    private static final int EINVAL = 22;

    /// A frame to 127.0.0.1, or to the peer.
    private static byte[] frame(boolean to, byte[] message) {
        ByteBuffer frame = ByteBuffer.allocate(4 + HEADER + message.length).putInt(HEADER + message.length);
        if (to) {
            frame.put((byte) 4).put((byte) 0).putShort((short) 1025).putInt(0x7f000001);
        }
        return frame.position(4 + HEADER).put(message).array();
    }

    private static byte[] request(int seq) {
        return new byte[] {8, 0, 1, 2, 3, 4, (byte) (seq >> 8), (byte) seq, 'p', 'i', 'n', 'g'};
    }

    /// The next frame without its length.
    private static byte[] read(LentClient client) throws IOException {
        return client.read(ByteBuffer.wrap(client.read(4)).getInt());
    }

    private LentClient open(String more) throws IOException {
        LentClient client = LentClient.post(socket, "/v1/datagram", "{\"protocol\":\"icmp\"" + more + "}");
        assertThat(client.status).as(client.body).isEqualTo(200);
        return client;
    }

    private static int identifier(LentClient client) {
        String local = client.fields.get("splnet-local");
        return Integer.parseInt(local.substring(local.indexOf(':') + 1));
    }

    private void assertAnswered(LentClient client, int seq) throws IOException {
        client.write(frame(true, request(seq)));
        byte[] got = read(client);
        ByteBuffer all = ByteBuffer.wrap(got);
        assertThat(Arrays.copyOf(got, 8)).isEqualTo(new byte[] {4, 0, 0, 0, 127, 0, 0, 1});
        assertThat(all.getShort(22) & 0xffff).isEqualTo(identifier(client));
        assertThat(all.getInt(24)).isEqualTo(0x7f000001);
        assertThat(all.get(HEADER)).as("echo reply").isZero();
        assertThat(all.getShort(HEADER + 4) & 0xffff).isEqualTo(identifier(client));
        assertThat(all.getShort(HEADER + 6) & 0xffff).isEqualTo(seq);
        assertThat(Arrays.copyOfRange(got, HEADER + 8, got.length)).asString().isEqualTo("ping");
    }

    @Test
    void pingsAndIsShown() throws Exception {
        try (LentClient client = open("")) {
            for (int seq = 1; seq < 100; seq++) {
                assertAnswered(client, seq);
            }
            assertThat(get("/v1/sockets/" + client.id())).contains("\"protocol\":\"icmp\"",
                    "\"local\":\"0.0.0.0:" + identifier(client) + "\"", "\"remote\":null");
            assertThat(host.echo.snapshot()).hasSize(1);
            try (LentClient other = LentClient.post(socket, "/v1/datagram",
                    "{\"protocol\":\"icmp\",\"local\":\"0.0.0.0:" + identifier(client) + "\"}")) {
                assertThat(other.status).isEqualTo(409);
                assertThat(other.body).contains("EADDRINUSE");
            }
        }
        until(() -> host.echo.snapshot().isEmpty());
    }

    @Test
    void aPeerIsSetAndErrorsAreTold() throws Exception {
        try (LentClient client = open(",\"local\":\"0.0.0.0:4711\",\"remote\":\"127.0.0.1:0\"")) {
            assertThat(client.fields).containsEntry("splnet-local", "127.0.0.1:4711")
                    .containsEntry("splnet-remote", "127.0.0.1:0");
            client.write(frame(false, new byte[] {8, 0, 0}));
            assertThat(Arrays.copyOf(read(client), 4)).isEqualTo(new byte[] {(byte) ERROR, 0, 0, EINVAL});
            client.write(frame(false, request(5)));
            assertThat(ByteBuffer.wrap(read(client)).getShort(HEADER + 6)).isEqualTo((short) 5);
            try (LentClient steering = new LentClient(socket)) {
                steering.ask("PUT", "/v1/sockets/" + client.id() + "/remote", "{\"remote\":null}");
                assertThat(steering.fields).containsEntry("splnet-local", "0.0.0.0:4711");
                assertThat(steering.body).contains("0.0.0.0:4711");
            }
            assertAnswered(client, 6);
        }
        until(() -> host.echo.snapshot().isEmpty());
    }

    @Test
    void otherProtocolsAreRefused() throws Exception {
        try (LentClient client = LentClient.post(socket, "/v1/datagram", "{\"protocol\":\"igmp\"}")) {
            assertThat(client.status).isEqualTo(422);
            assertThat(client.body).contains("EPROTONOSUPPORT", "icmp");
        }
    }

    /// A rule that names ports is about what has ports.
    @Test
    void aRuleOfPortsIsNoneOfEcho() throws Exception {
        Rule all = Rule.everything(Credentials.own());
        var web = new Rule.Ends(Cidr.parse("127.0.0.0/8"), 80, 80);
        serve(new Rule("web", all.uid(), all.gid(), true, all.bind(), List.of(web), false, false,
                all.quota()));
        try (LentClient client = LentClient.post(socket, "/v1/datagram",
                "{\"protocol\":\"icmp\",\"remote\":\"127.0.0.1:80\"}")) {
            assertThat(client.status).isEqualTo(403);
        }
        assertThat(host.echo.snapshot()).isEmpty();
    }

    /// Short messages, wrong types, sources that are not ours: nothing of it disturbs what is right.
    @Test
    void anyMessagesOfAClientDoNoHarm() throws Exception {
        var random = new SplittableRandom(TestSeed.next());
        try (LentClient client = open("")) {
            for (int round = 1; round <= 50; round++) {
                for (int i = 0; i < 40; i++) {
                    byte[] message = new byte[random.nextInt(20)];
                    random.nextBytes(message);
                    if (message.length > 0 && message[0] == 8) {
                        message[0] = 0;
                    }
                    byte[] frame = frame(random.nextBoolean(), message);
                    frame[4 + 20] = (byte) (random.nextInt(8) == 0 ? 4 : 0);
                    frame[4 + 24] = (byte) random.nextInt();
                    client.write(frame);
                }
                assertAnswered(client, round);
            }
        }
        until(() -> host.echo.snapshot().isEmpty());
        assertThat(host.echo.queued()).isZero();
    }
}
