package org.splnet;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.cli.LogSetup;
import org.splnet.config.ConfigReader;
import org.splnet.config.LogConfig;
import org.splnet.control.Steering.Reloaded;

/// A running daemon whose file changes.
abstract class ReloadBed {
    static final String INTERFACE = """
            [[interface]]
            name = "w0"
            driver = "wire"
            addresses = ["10.9.0.2/24"]
            probe = false
            """;

    final List<String> told = new CopyOnWriteArrayList<>();
    final WireDriver wire = new WireDriver();
    final Drivers drivers = new Drivers(List.of(wire));
    @TempDir
    Path dir;
    Splnetd daemon;

    final Path file() {
        return dir.resolve("splnet.toml");
    }

    final void write(String text) throws Exception {
        Files.writeString(file(), text + "\n[control]\nsocket = \"" + dir.resolve("s") + "\"\n");
    }

    @BeforeEach
    final void start() throws Exception {
        write(INTERFACE + "[services]\necho = true\n[services.status]\nport = 80\n");
        ConfigReader reader = new ConfigReader(drivers);
        daemon = Splnetd.start(reader.read(file()), drivers);
        daemon.again(() -> reader.read(file()), told::add);
        daemon.answer();
    }

    @AfterEach
    final void stop() {
        daemon.close();
        LogSetup.apply(LogConfig.DEFAULTS);
    }

    final Reloaded reload(String text) throws Exception {
        write(text);
        return daemon.reload();
    }
}
