package org.splnet.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.splnet.ip.IpConfig;
import org.splnet.net.NetConfig;
import org.splnet.tcp.TcpConfig;
import org.splnet.udp.UdpConfig;

/// `config/splnet.toml` documents every key there is, with the default it really has.
class ReferenceFileTest {
    private static final Path DIR = Path.of("..", "config");

    private static String reference() throws IOException {
        return Files.readString(DIR.resolve("splnet.toml"));
    }

    /// The file with every commented key taken at its word.
    private static String everything() throws IOException {
        return reference().replaceAll("(?m)^#(?=\\[|[a-z0-9-]+ = )", "");
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
        assertThat(shown.control()).isEqualTo(defaults.control());
        assertThat(shown.log().level()).isEqualTo(defaults.log().level());
        assertThat(shown.interfaces().getFirst().probe()).isTrue();
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
        lacks(tree.at("/control"), ControlConfig.class, "control", missing);
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
