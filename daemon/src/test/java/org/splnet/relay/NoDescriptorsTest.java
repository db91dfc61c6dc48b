package org.splnet.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.splnet.service.status.RelayStatus;
import org.splnet.socket.Readiness;
import org.splnet.socket.StreamSocket;

/// A process that may open no more descriptors.
@Timeout(60)
class NoDescriptorsTest {
    /// Has none to give any more.
    private static final class Exhausted extends SelectorProvider {
        private volatile boolean now;

        private static IOException none() {
            return new IOException("Too many open files");
        }

        @Override
        public DatagramChannel openDatagramChannel() throws IOException {
            throw none();
        }

        @Override
        public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
            throw none();
        }

        @Override
        public Pipe openPipe() throws IOException {
            throw none();
        }

        @Override
        public AbstractSelector openSelector() throws IOException {
            throw none();
        }

        @Override
        public ServerSocketChannel openServerSocketChannel() throws IOException {
            throw none();
        }

        @Override
        public SocketChannel openSocketChannel() throws IOException {
            if (now) {
                throw none();
            }
            return provider().openSocketChannel();
        }

        @Override
        public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
            throw none();
        }
    }

    private final List<ILoggingEvent> logged = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> log = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            event.getThreadName();
            logged.add(event);
        }
    };
    private Level before;

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    @BeforeEach
    void listen() {
        before = logger("splnet.relay").getLevel();
        logger("splnet.relay").setLevel(Level.DEBUG);
        log.start();
        logger("ROOT").addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        logger("ROOT").detachAppender(log);
        logger("splnet.relay").setLevel(before);
    }

    private List<ILoggingEvent> warnings() {
        return logged.stream().filter(each -> each.getLevel().isGreaterOrEqual(Level.WARN)).toList();
    }

    private static PublishConfig publish(String to) {
        return new PublishConfig("tcp://127.0.0.1:0", to, false, 100, Ways.SECOND, 60 * Ways.SECOND,
                Ways.SECOND);
    }

    /// Else only those who come in would find out, as when it is opened.
    @Test
    void whereThisProcessMayHaveNoSocketsToNoRelayIsLed() throws Exception {
        Exhausted sockets = new Exhausted();
        sockets.now = true;
        try (LiveStack stack = new LiveStack();
                Relays relays = new Relays(stack.context, name -> null, sockets)) {
            RelayStatus relay = relays.open(publish("unix:///nobody/is/there"), false);
            assertThatThrownBy(() -> relays.change(relay.id(), publish("tcp://127.0.0.1:9")))
                    .isInstanceOf(HostException.class).hasMessageContaining("Too many open files");
            assertThat(relays.list().getFirst().to()).isEqualTo(relay.to());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:9", "unix:///nobody/is/there"})
    void whoComesIsResetByTheLoopAndNothingIsLogged(String to) throws Exception {
        Exhausted sockets = new Exhausted();
        try (LiveStack stack = new LiveStack();
                Relays relays = new Relays(stack.context, name -> null, sockets)) {
            RelayStatus relay = relays.open(publish(to), false);
            sockets.now = true;
            for (int i = 1; i <= 20; i++) {
                StreamSocket client = stack.connect(relay.listen());
                assertThat(client.await(Readiness.ERROR, LiveStack.PATIENCE_NS)).isNotZero();
                client.close();
            }
            RelayStatus now = relays.list().getFirst();
            assertThat(now.open()).isZero();
            assertThat(now.failed()).isEqualTo(20);
        }
        assertThat(warnings()).isEmpty();
        assertThat(logged).filteredOn(each -> each.getMessage().startsWith("cannot connect")).hasSize(20)
                .allMatch(each -> each.getThreadName().startsWith("relay-"));
    }

    @Test
    void thatNobodyCanBeLetInIsALineAndNoStack() throws Exception {
        CompletableFuture<Channel> door = new CompletableFuture<>();
        try (Host host = new Host(PooledByteBufAllocator.DEFAULT, SelectorProvider.provider())) {
            Relay.Door listening = host.listen(Place.listening("listen", "tcp://127.0.0.1:0"), "listen",
                    new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            door.complete(channel.parent());
                        }
                    });
            End client = End.connect(listening.place());
            Channel accepting = door.get(20, TimeUnit.SECONDS);
            boolean reads = accepting.eventLoop().submit(() -> {
                accepting.pipeline().fireExceptionCaught(Exhausted.none());
                return accepting.config().isAutoRead();         // by itself again after a second
            }).get(20, TimeUnit.SECONDS);
            assertThat(reads).as("pauses").isFalse();
            client.close();
            listening.close();
        }
        assertThat(warnings()).hasSize(1);
        assertThat(warnings().getFirst().getThrowableProxy()).isNull();
        assertThat(warnings().getFirst().getFormattedMessage()).contains("Too many open files", "tcp://");
    }
}
