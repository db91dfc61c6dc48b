package org.splnet.client;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.DatagramSocketImplFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketImplFactory;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/// A running splnet, and the way to its sockets.
///
/// ```java
/// try (Socket socket = Splnet.local().socketFactory().createSocket("10.88.0.1", 80)) { ... }
/// ```
///
/// Immutable, and safe for use by any number of threads. Connections to the daemon's control socket are made
/// as sockets are; a few more, for options and errors, are kept.
public final class Splnet {
    /// The system property that names the control socket.
    public static final String SOCKET_PROPERTY = "splnet.socket";
    /// The environment variable that names it, where the property does not.
    public static final String SOCKET_VARIABLE = "SPLNET_SOCKET";
    /// Where it is by default.
    public static final Path DEFAULT_SOCKET = Path.of("/run/splnet/control.sock");
    /// How long the daemon may take to let us in and to answer questions.
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

    private final Path path;
    private final Duration limit;
    private final UnixStream.Maker maker;
    private final Control control;

    private Splnet(Path path, Duration limit, UnixStream.Maker maker) {
        this.path = path;
        this.limit = limit;
        this.maker = maker;
        control = new Control(this::open, limit.toNanos());
    }

    /// The one whose control socket the system property [#SOCKET_PROPERTY] names, else the environment
    /// variable [#SOCKET_VARIABLE], else [#DEFAULT_SOCKET]; which is also meant where the name is empty.
    public static Splnet local() {
        String named = System.getProperty(SOCKET_PROPERTY, System.getenv(SOCKET_VARIABLE));
        return at(named == null || named.isEmpty() ? DEFAULT_SOCKET : Path.of(named));
    }

    /// The one with this control socket. Nothing is connected yet.
    public static Splnet at(Path socket) {
        return new Splnet(socket, DEFAULT_LIMIT, UnixStream.SYSTEM);
    }

    /// The same with another limit to how long the daemon may take to let us in, and to answer questions
    /// about options and errors. It is no limit to how long a TCP connection may take; that is the socket's
    /// affair.
    ///
    /// @throws IllegalArgumentException if it is not positive
    public Splnet limit(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("limit: " + limit + " is not positive");
        }
        return new Splnet(path, limit, maker);
    }

    /// The same with other Unix channels to the daemon.
    Splnet maker(UnixStream.Maker maker) {
        return new Splnet(path, limit, maker);
    }

    /// The control socket.
    public Path path() {
        return path;
    }

    /// A socket that is not connected.
    ///
    /// @throws IOException never; the daemon is asked when it is bound or connected
    public Socket socket() throws IOException {
        return new SplnetSocket(this);
    }

    /// A server's socket that is not bound.
    ///
    /// @throws IOException never; the daemon is asked when it is bound
    public ServerSocket serverSocket() throws IOException {
        return new SplnetServerSocket(this);
    }

    /// A datagram socket bound to any address and a port that the stack chooses.
    ///
    /// @throws IOException if no daemon is there
    public DatagramSocket datagramSocket() throws IOException {
        DatagramSocket socket = new SplnetDatagramSocket(this);
        socket.bind(EndPoint.ANY);
        return socket;
    }

    /// Makes sockets; `SSLSocketFactory.createSocket(socket, host, port, autoClose)` puts TLS on them.
    public SocketFactory socketFactory() {
        return new SplnetSocketFactory(this);
    }

    /// Makes servers' sockets.
    public ServerSocketFactory serverSocketFactory() {
        return new SplnetServerSocketFactory(this);
    }

    /// For `Socket.setSocketImplFactory`, after which every `new Socket()` of the virtual machine is on
    /// splnet.
    public SocketImplFactory socketImplFactory() {
        return () -> new StreamSocket(this, false);
    }

    /// For `ServerSocket.setSocketFactory`. What such a socket accepts is a `Socket` only if
    /// [#socketImplFactory] is installed too.
    public SocketImplFactory serverSocketImplFactory() {
        return () -> new StreamSocket(this, true);
    }

    /// For `DatagramSocket.setDatagramSocketImplFactory`.
    public DatagramSocketImplFactory datagramSocketImplFactory() {
        return () -> new DatagramPort(this);
    }

    /// Puts every `Socket`, `ServerSocket` and `DatagramSocket` that is made from now on in this virtual
    /// machine on this splnet. Channels have their own installation, see [SplnetSelectorProvider].
    ///
    /// @throws IOException if something else has been installed before
    @SuppressWarnings("deprecation") // there is no other way to reach programs that cannot be changed
    public void install() throws IOException {
        Socket.setSocketImplFactory(socketImplFactory());
        ServerSocket.setSocketFactory(serverSocketImplFactory());
        DatagramSocket.setDatagramSocketImplFactory(datagramSocketImplFactory());
    }

    /// Opens channels and selectors; for Netty's `NioIoHandler` and others that take one.
    public SelectorProvider selectorProvider() {
        return new SplnetSelectorProvider(this);
    }

    /// A new connection to the daemon.
    UnixStream open() throws IOException {
        return UnixStream.open(path, limit.toNanos(), maker);
    }

    Control control() {
        return control;
    }

    /// Reserves an address and port on `unix`, which is closed if that fails: it may be over when it is tried
    /// again, or the answer still to come.
    ///
    /// @return what was reserved
    InetSocketAddress bind(UnixStream unix, InetSocketAddress wanted, Options options) throws IOException {
        var members = new LinkedHashMap<String, Object>();
        members.put("protocol", "tcp");
        members.put("local", EndPoint.format(wanted));
        members.put("options", options.forRequest());
        try {
            return exchange(unix, "/v1/bind", members).local();
        } catch (IOException e) {
            unix.close();
            throw e;
        }
    }

    /// One request on `unix` and its good answer.
    Answer exchange(UnixStream unix, String to, Map<String, Object> members) throws IOException {
        String request = Control.request("POST", to, FlatJson.write(members), Map.of());
        return unix.exchange(request, limit.toNanos()).ok();
    }
}
