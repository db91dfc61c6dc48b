package org.splnet.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import java.lang.reflect.InvocationTargetException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/// One line for the administrator, which names the cure.
class HostExceptionTest {
    /// As Netty has it when a channel cannot even be made.
    private static HostException notMade(String said) {
        Throwable inner = new ChannelException("Failed to open a socket.", new SocketException(said));
        return HostException.listening("tcp://127.0.0.1:8080", "forward.listen",
                new ChannelException("Unable to create Channel", new InvocationTargetException(inner)));
    }

    @Test
    void whatTheHostSaysIsToldAndNotWhatNettyMakesOfIt() {
        assertThat(notMade("Too many open files")).hasMessage("tcp://127.0.0.1:8080: Too many open files");
        assertThat(notMade("Permission denied").permission()).isTrue();
    }

    @Test
    void aServiceWithoutSocketsOfTheHostIsTheMissingDropIn() {
        assertThat(notMade("Address family not supported by protocol")).hasMessageContaining("relays.conf");
    }
}
