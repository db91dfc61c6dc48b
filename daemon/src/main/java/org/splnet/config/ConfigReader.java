package org.splnet.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.splnet.ip.IpConfig;
import org.splnet.kern.LockDiscipline;
import org.splnet.kern.Witness;
import org.splnet.net.NetConfig;
import org.splnet.tcp.TcpConfig;
import org.splnet.udp.UdpConfig;

/// Reads a configuration file.
public final class ConfigReader {
    /// With which some editors begin a file.
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final DriverCatalog drivers;
    private final AccountCatalog accounts;

    /// For who does not go by what it reads: users and groups are not looked up.
    ///
    /// @param drivers check the interfaces' own keys
    public ConfigReader(DriverCatalog drivers) {
        this(drivers, AccountCatalog.UNASKED);
    }

    /// @param drivers check the interfaces' own keys
    /// @param accounts know who may be a client
    public ConfigReader(DriverCatalog drivers, AccountCatalog accounts) {
        this.drivers = drivers;
        this.accounts = accounts;
    }

    /// Reads and checks a file.
    ///
    /// @throws ConfigException with everything that is wrong
    public SplnetConfig read(Path file) throws ConfigException {
        String name = file.toString();
        byte[] octets;
        try (InputStream in = Files.newInputStream(file)) {
            octets = in.readNBytes(Toml.MAX_SIZE + 1);
        } catch (NoSuchFileException e) {
            throw whole(name, "no such file");
        } catch (AccessDeniedException e) {
            throw whole(name, "permission denied");
        } catch (IOException e) {
            throw whole(name, "cannot be read: " + e.getMessage());
        }
        return parse(name, octets);
    }

    /// Checks a file's contents.
    ///
    /// @param name the file in messages
    public SplnetConfig parse(String name, byte[] octets) throws ConfigException {
        if (octets.length > Toml.MAX_SIZE) {
            throw whole(name, "a configuration has at most " + Toml.MAX_SIZE + " octets");
        }
        String text = decode(name, octets);
        ObjectNode tree;
        try {
            tree = Toml.parse(text);
        } catch (Toml.SyntaxException e) {
            throw new ConfigException(List.of(new Problem(name, e.line, "", "", e.getMessage())));
        }
        Problems problems = new Problems(name, new LineMap(text, Toml::parseOrNull));
        SplnetConfig config = config(new Section(tree, "", "", problems));
        problems.throwIfAny();
        return config;
    }

    private SplnetConfig config(Section root) {
        ClockMode clock = root.parsed("clock", ClockMode.SYSTEM, ConfigReader::clock);
        LockDiscipline locks = root.parsed("locks", LockDiscipline.LAYERED, LockDiscipline::parse);
        Witness.Mode witness = root.parsed("witness", Witness.Mode.OFF, Witness.Mode::asked);
        List<Section> sections = root.tables("interface");
        List<InterfaceConfig> interfaces = new ArrayList<>();
        for (Section section : sections) {
            interfaces.add(InterfaceReader.read(section, drivers));
        }
        if (sections.isEmpty() && !root.has("interface")) {
            root.problem("there must be at least one [[interface]]");
        }
        Consistency consistency = new Consistency(sections, interfaces);
        consistency.interfaces();
        RouteReader routing = new RouteReader(consistency);
        List<RouteConfig> routes = routing.routes(root.tables("route"));
        NetConfig net = new RecordBinder<>(NetConfig.class, NetConfig.defaults()).bind(root.table("net"));
        List<NeighborConfig> neighbors = routing.neighbors(root.tables("neighbor"),
                net.neighbors().limit());
        IpConfig ip = new RecordBinder<>(IpConfig.class, IpConfig.DEFAULTS).bind(root.table("ip"));
        UdpConfig udp = new RecordBinder<>(UdpConfig.class, UdpConfig.DEFAULTS).bind(root.table("udp"));
        TcpConfig tcp = new RecordBinder<>(TcpConfig.class, TcpConfig.DEFAULTS).bind(root.table("tcp"));
        ServicesConfig services = ServicesReader.read(root.table("services"));
        ControlConfig control = ControlReader.read(root.table("control"), accounts);
        List<ConfiguredRelay> relays = RelayReader.read(root, interfaces, services);
        LogConfig log = LogReader.read(root.table("log"));
        root.reportUnknown();
        interfaces.removeIf(each -> each == null);
        return new SplnetConfig(clock, locks, witness, interfaces, routes, neighbors, net, ip, udp, tcp,
                services, relays, control, log);
    }

    private static ClockMode clock(String text) {
        return switch (text) {
            case "system" -> ClockMode.SYSTEM;
            case "manual" -> ClockMode.MANUAL;
            default -> throw new IllegalArgumentException("must be one of system, manual");
        };
    }

    private static String decode(String name, byte[] octets) throws ConfigException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(octets);
        CharBuffer out = CharBuffer.allocate(octets.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += octets[i] == '\n' ? 1 : 0;
            }
            throw new ConfigException(List.of(new Problem(name, line, "", "", "not UTF-8 text")));
        }
        String text = out.flip().toString();
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static ConfigException whole(String name, String what) {
        return new ConfigException(List.of(new Problem(name, 0, "", "", what)));
    }
}
