package org.splnet.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.dhcp.DhcpConfig;
import org.splnet.ip.IpConfig;
import org.splnet.net.NetConfig;
import org.splnet.relay.ForwardConfig;
import org.splnet.relay.PublishConfig;
import org.splnet.relay.SocksConfig;
import org.splnet.tcp.TcpConfig;
import org.splnet.udp.UdpConfig;

/// `config/splnet.toml` documents every key there is, with the default it really has.
class ReferenceFileTest {
    private static final Path DIR = Path.of("..", "config");
    private static final Pattern LOGGER =
            Pattern.compile("LoggerFactory\\.getLogger\\(\"splnet\\.([a-z]+)\"");

    private static String reference() throws IOException {
        return Files.readString(DIR.resolve("splnet.toml"));
    }

    /// The file with every commented key taken at its word.
    private static String everything() throws IOException {
        // `dhcp = true` and its table are two ways to say the same.
        return reference().replace("#dhcp = true\n", "").replaceAll("(?m)^#(?=\\[|[a-z0-9-]+ = )", "");
    }

    private static SplnetConfig read(String text) throws ConfigException {
        return new ConfigReader(new FakeDrivers())
                .parse("splnet.toml", text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void isAUsableConfiguration() throws Exception {
        SplnetConfig config = read(reference());
        assertThat(config.interfaces()).singleElement().satisfies(each -> assertThat(each.probe()).isTrue());
        assertThat(config.services().status().enabled()).isTrue();
        assertThat(config.services().echo().enabled()).isFalse();
    }

    @Test
    void showsTheDefaults() throws Exception {
        SplnetConfig shown = read(everything());
        SplnetConfig defaults = SplnetConfig.defaults();
        assertThat(shown.locks()).isEqualTo(defaults.locks());
        assertThat(shown.witness()).isEqualTo(defaults.witness());
        assertThat(shown.net()).isEqualTo(defaults.net());
        assertThat(shown.ip()).isEqualTo(defaults.ip());
        assertThat(shown.udp()).isEqualTo(defaults.udp());
        assertThat(shown.tcp()).isEqualTo(defaults.tcp());
        assertThat(shown.services().echo()).isEqualTo(ServiceConfig.ECHO.enabled(true));
        assertThat(shown.services().discard()).isEqualTo(ServiceConfig.DISCARD.enabled(true));
        assertThat(shown.services().chargen()).isEqualTo(ServiceConfig.CHARGEN.enabled(true));
        assertThat(shown.services().status()).isEqualTo(StatusConfig.DEFAULTS.enabled(true));
        assertThat(shown.relays()).extracting(ConfiguredRelay::relay).containsExactlyInAnyOrder(
                PublishConfig.DEFAULTS, ForwardConfig.DEFAULTS, SocksConfig.DEFAULTS);
        assertThat(shown.control().socket()).isEqualTo(defaults.control().socket());
        assertThat(shown.control().clients()).hasSize(2);
        // Each shows what a table has that says nothing else.
        assertThat(shown.control().clients().get(0)).usingRecursiveComparison().ignoringFields("user",
                "group")
                .isEqualTo(shown.control().clients().get(1));
        assertThat(shown.log().level()).isEqualTo(defaults.log().level());
        assertThat(shown.interfaces().getFirst().probe()).isTrue();
        assertThat(shown.interfaces().getFirst().dhcp()).usingRecursiveComparison()
                .ignoringFields("hostname", "clientId").isEqualTo(DhcpConfig.DEFAULTS);
    }

    @Test
    void dhcpIsTrueOrATable() throws Exception {
        assertThat(reference()).contains("#dhcp = true\n");
        SplnetConfig config = read(reference().replace("#dhcp = true\n", "dhcp = true\n")
                .replace("addresses = [\"10.88.0.2/24\"]\n", ""));
        assertThat(config.interfaces().getFirst().dhcp()).isEqualTo(DhcpConfig.DEFAULTS);
        assertThat(config.interfaces().getFirst().addresses()).isEmpty();
        assertThat(config.routes()).hasSize(1);
        assertThat(read(reference()).interfaces().getFirst().dhcp()).isNull();
    }

    @Test
    void namesEveryKey() throws Exception {
        JsonNode tree = Toml.parse(everything());
        List<String> missing = new ArrayList<>();
        lacks(tree.at("/net"), NetConfig.class, "net", missing);
        lacks(tree.at("/ip"), IpConfig.class, "ip", missing);
        lacks(tree.at("/udp"), UdpConfig.class, "udp", missing);
        lacks(tree.at("/tcp"), TcpConfig.class, "tcp", missing);
        for (String service : List.of("echo", "discard", "chargen")) {
            lacks(tree.at("/services/" + service), ServiceConfig.class, service, missing);
        }
        lacks(tree.at("/publish/0"), PublishConfig.class, "publish", missing);
        lacks(tree.at("/forward/0"), ForwardConfig.class, "forward", missing);
        lacks(tree.at("/socks/0"), SocksConfig.class, "socks", missing);
        has(tree.at("/control"), "socket", missing);
        for (String key : List.of("user", "sockets", "bind", "connect", "steer", "capture")) {
            has(tree.at("/control/client/0"), key, missing);
        }
        has(tree.at("/control/client/1"), "group", missing);
        lacks(tree.at("/control/client/0/quota"), ClientConfig.Quota.class, "quota", missing);
        lacks(tree.at("/interface/0/dhcp"), DhcpConfig.class, "dhcp", missing);
        lacks(tree.at("/services/status"), StatusConfig.class, "status", missing);
        for (String key : List.of("name", "driver", "mac", "mtu", "addresses", "probe")) {
            has(tree.at("/interface/0"), key, missing);
        }
        for (String key : new FakeDrivers().optionKeys("tap")) {
            has(tree.at("/interface/0"), key, missing);
        }
        List.of("to", "via").forEach(key -> has(tree.at("/route/0"), key, missing));
        List.of("address", "mac", "interface").forEach(key -> has(tree.at("/neighbor/0"), key, missing));
        List.of("level", "levels").forEach(key -> has(tree.at("/log"), key, missing));
        has(tree, "witness", missing);
        assertThat(missing).isEmpty();
    }

    /// Every key stands below a comment, or below another key that has one for both.
    @Test
    void explainsEveryKey() throws Exception {
        String[] lines = reference().split("\n");
        for (int i = 1; i < lines.length; i++) {
            if (lines[i].matches("#?[a-z0-9-]+ = .*")) {
                assertThat(lines[i - 1]).as("line %d: %s", i + 1, lines[i]).startsWith("#");
            }
        }
    }

    @Test
    void namesEverySubsystemOfTheLog() throws Exception {
        assertThat(reference()).contains(LogConfig.SUBSYSTEMS);
    }

    /// Else its level could be set, and nothing would come of it.
    @Test
    void everySubsystemOfTheLogHasALogger() throws Exception {
        Set<String> loggers = new HashSet<>();
        for (String module : List.of("daemon", "netif-pcap", "netif-stream", "netif-tap")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    LOGGER.matcher(Files.readString(file)).results()
                            .forEach(each -> loggers.add(each.group(1)));
                }
            }
        }
        assertThat(loggers).containsExactlyInAnyOrderElementsOf(LogConfig.SUBSYSTEMS);
    }

    @Test
    void quickstartIsAUsableConfiguration() throws Exception {
        SplnetConfig config = read(Files.readString(DIR.resolve("quickstart.toml")));
        assertThat(config.interfaces().getFirst().options()).containsEntry("host-address", "10.88.0.1/24");
        assertThat(config.interfaces().getFirst().addresses()).hasToString("[10.88.0.2/24]");
        assertThat(config.services().echo().enabled()).isTrue();
        assertThat(config.services().discard().enabled()).isTrue();
        assertThat(config.services().chargen().enabled()).isTrue();
        assertThat(config.services().status().enabled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"vm-bridge, splnet0 tap, 1", "lan-host, lan0 pcap, 1", "lab-two-nics, red pcap blue pcap, 2",
        "published-web, splnet0 tap, 1"})
    void everyExampleIsAUsableConfiguration(String name, String interfaces, int routes) throws Exception {
        SplnetConfig config = read(Files.readString(DIR.resolve("examples/" + name + ".toml")));
        assertThat(config.interfaces().stream().map(each -> each.name() + " " + each.driver())
                .collect(Collectors.joining(" "))).isEqualTo(interfaces);
        assertThat(config.routes()).hasSize(routes);
    }

    @Test
    void noExampleIsForgotten() throws Exception {
        try (Stream<Path> files = Files.list(DIR.resolve("examples"))) {
            assertThat(files.map(each -> each.getFileName().toString())).containsExactlyInAnyOrder(
                    "vm-bridge.toml", "lan-host.toml", "lab-two-nics.toml", "published-web.toml",
                    "qemu-guest.toml");
        }
    }

    @Test
    void theExampleOfAPublishedServerIsAUsableConfiguration() throws Exception {
        SplnetConfig config = read(Files.readString(DIR.resolve("examples/published-web.toml")));
        assertThat(config.relays()).extracting(each -> each.relay().kind() + " " + each.relay().listen())
                .containsExactly("forward tcp://127.0.0.1:8080", "forward unix:///run/splnet/web.sock",
                        "publish tcp://10.88.0.2:443", "publish tcp://10.88.0.2:80",
                        "socks tcp://127.0.0.1:1080");
        assertThat(config.relays().getLast().where()).matches("splnet.toml:[0-9]+: socks.listen");
    }

    @Test
    void theExampleOfAGuestIsAUsableConfiguration() throws Exception {
        SplnetConfig config = read(Files.readString(DIR.resolve("examples/qemu-guest.toml")));
        assertThat(config.interfaces()).singleElement().satisfies(each -> {
            assertThat(each.driver()).isEqualTo("stream");
            assertThat(each.options()).containsOnlyKeys("path");
        });
        assertThat(config.relays()).extracting(each -> each.relay().to().toString())
                .containsExactly("tcp://10.88.0.10:80");
    }

    private static void lacks(JsonNode table, Class<?> type, String name, List<String> missing) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = Kebab.key(component);
            if (component.getType().isRecord()) {
                lacks(table.path(key), component.getType(), name + "." + key, missing);
            } else if (!table.has(key)) {
                missing.add(name + "." + key);
            }
        }
    }

    private static void has(JsonNode table, String key, List<String> missing) {
        if (!table.has(key)) {
            missing.add(key);
        }
    }
}
