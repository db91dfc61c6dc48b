package org.splnet.client;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;

/// Puts a Java program that knows nothing of splnet on it: `java -javaagent:client.jar[=SOCKET] ...`.
///
/// Installs what [Splnet#install] does and [SplnetSelectorProvider] as the default provider, before the
/// program's `main`. The name after `=` is that of the control socket.
public final class Agent {
    private Agent() {
    }

    /// Called by the virtual machine.
    ///
    /// @throws IOException if the program has installed something of this kind already
    public static void premain(String socket, Instrumentation instrumentation) throws IOException {
        if (socket != null && !socket.isEmpty()) {
            System.setProperty(Splnet.SOCKET_PROPERTY, socket);
        }
        instrumentation.redefineModule(Object.class.getModule(), Set.of(),
                Map.of("sun.nio.ch", Set.of(Agent.class.getModule())), Map.of(), Set.of(), Map.of());
        System.setProperty("java.nio.channels.spi.SelectorProvider", SplnetSelectorProvider.class.getName());
        Splnet.local().install();
    }
}
