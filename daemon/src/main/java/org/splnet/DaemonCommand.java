package org.splnet;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.config.ConfigException;
import org.splnet.config.ConfigReader;
import org.splnet.config.LogConfig;
import org.splnet.config.LogLevel;
import org.splnet.config.SplnetConfig;
import org.splnet.kern.Clock;
import org.splnet.net.DeviceException;
import org.splnet.socket.SocketException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `splnet daemon`: runs a stack in the foreground until it is told to end.
@Command(name = "daemon", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Runs the daemon in the foreground; SIGTERM or Ctrl-C ends it.",
        footer = {"", "Example: splnet daemon --config /etc/splnet/splnet.toml -v --log tcp=debug", "",
            "Exit codes: 0 ended when told to, 64 usage, 71 a device or service cannot be opened, "
                + "78 configuration."})
final class DaemonCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");
    /// sysexits.h
    private static final int EX_OSERR = 71;
    private static final int EX_CONFIG = 78;

    @Option(names = {"-c", "--config"}, required = true, paramLabel = "FILE",
            description = "the configuration")
    private Path file;

    @Option(names = {"-v", "--verbose"}, description = "log more: -v debug, -vv trace")
    private boolean[] verbose = {};

    @Option(names = "--log", paramLabel = "SUBSYSTEM=LEVEL",
            description = "level of one subsystem, for example tcp=debug")
    private Map<String, LogLevel> levels = new TreeMap<>();

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException {
        Clock clock = Clock.system();
        Drivers drivers = new Drivers();
        SplnetConfig config;
        try {
            config = new ConfigReader(drivers).read(file);
        } catch (ConfigException e) {
            e.problems().forEach(System.err::println);
            return EX_CONFIG;
        }
        Logging.apply(logging(config.log()));
        try (var daemon = new Splnetd(config, drivers, clock)) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::end, "shutdown"));
            daemon.start();
            LOG.info("splnet is up address={} config={} pid={}", daemon.firstAddress(), file,
                    ProcessHandle.current().pid());
            stop.await();
            LOG.info("splnet ends");
        } catch (DeviceException | SocketException | IllegalArgumentException e) {
            System.err.println("splnet: " + e.getMessage());
            stopped.countDown();
            return EX_OSERR;
        }
        stopped.countDown();
        return 0;
    }

    private LogConfig logging(LogConfig config) {
        LogLevel everything = switch (verbose.length) {
            case 0 -> null;
            case 1 -> LogLevel.DEBUG;
            default -> LogLevel.TRACE;
        };
        return config.with(everything, levels);
    }

    /// The virtual machine ends when this hook returns: it waits for the orderly end, but not for ever.
    private void end() {
        stop.countDown();
        try {
            if (!stopped.await(10, java.util.concurrent.TimeUnit.SECONDS)) {
                System.err.println("splnet: did not end in ten seconds; goes anyway");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
