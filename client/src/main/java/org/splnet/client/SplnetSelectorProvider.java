package org.splnet.client;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;

/// Opens channels on splnet, and selectors for them.
///
/// Hand it to what takes a provider (Netty does), or make it the default one of the virtual machine, so that
/// programs that know nothing of it use it (the JDK's HttpClient and HttpServer do):
///
/// ```
/// -Djava.nio.channels.spi.SelectorProvider=org.splnet.client.SplnetSelectorProvider
/// --add-exports java.base/sun.nio.ch=ALL-UNNAMED
/// ```
///
/// or, which also installs the sockets of `java.net`, `-javaagent:client.jar`.
///
/// A datagram channel without `SO_BROADCAST` is refused 255.255.255.255, as by the kernel; what it sends to a
/// subnet's broadcast address is lost without a word.
///
/// Unix domain channels and pipes are the JDK's, and can be registered with the selectors too; a channel of
/// the JDK's becomes blocking again only after the selection that follows the cancelling of its key.
public final class SplnetSelectorProvider extends SelectorProvider {
    private volatile Splnet splnet;

    /// For the JDK, which wants a constructor without parameters: the splnet of [Splnet#local].
    public SplnetSelectorProvider() {
        // Not looked up yet: the JDK is in the middle of its own initialisation.
    }

    SplnetSelectorProvider(Splnet splnet) {
        this.splnet = splnet;
    }

    private Splnet splnet() {
        if (splnet == null) {
            splnet = Splnet.local();
        }
        return splnet;
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return new SplnetDatagramChannel(this, splnet());
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        checkInternet(family);
        return openDatagramChannel();
    }

    @Override
    public Pipe openPipe() throws IOException {
        return NativeProvider.get().openPipe();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return new SplnetSelector(this);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return new SplnetServerSocketChannel(this, new Listener(splnet()));
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        if (family == StandardProtocolFamily.UNIX) {
            return NativeProvider.get().openServerSocketChannel(family);
        }
        checkInternet(family);
        return openServerSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return new SplnetSocketChannel(this, new Connection(splnet()));
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        if (family == StandardProtocolFamily.UNIX) {
            return NativeProvider.get().openSocketChannel(family);
        }
        checkInternet(family);
        return openSocketChannel();
    }

    @Override
    public Channel inheritedChannel() throws IOException {
        return NativeProvider.get().inheritedChannel();
    }

    private static void checkInternet(ProtocolFamily family) {
        if (family != StandardProtocolFamily.INET && family != StandardProtocolFamily.INET6) {
            throw new UnsupportedOperationException("Protocol family not supported: " + family);
        }
    }
}
