package org.splnet;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.cli.Host;
import org.splnet.cli.LogQueue;
import org.splnet.cli.LogSetup;
import org.splnet.cli.Sysexits;
import org.splnet.cli.Version;
import org.splnet.config.AccountCatalog;
import org.splnet.config.SplnetConfig;
import org.splnet.control.Refusal;
import org.splnet.kern.Clock;
import org.splnet.unix.Accounts;

/// The installed program as its command line sees it: the drivers on the class path, and the process as a
/// daemon.
///
/// A signal (SIGTERM, SIGINT) makes the virtual machine run the shutdown hook, which stops the stack in order
/// and in bounded time; the exit code is then 143 or 130, as with any program that a signal ends.
final class Installation implements Host {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");
    private static final long STOP_S = 10;
    private static final long LAST_WORDS_MS = 500;
    private static final int FRAMES = 5;
    private static final double NS_PER_MS = 1e6;

    private final PrintWriter err;
    private Drivers drivers;

    Installation(PrintWriter err) {
        this.err = err;
    }

    @Override
    public Drivers drivers() {
        if (drivers == null) {                     // most commands ask for none
            drivers = Drivers.installed();
        }
        return drivers;
    }

    @Override
    public AccountCatalog accounts() {
        return new AccountCatalog() {
            @Override
            public void user(String name) {
                Accounts.user(name);
            }

            @Override
            public void group(String name) {
                Accounts.group(name);
            }
        };
    }

    @Override
    public String environment(String name) {
        return System.getenv(name);
    }

    @Override
    public boolean terminal() {
        return System.console() != null && System.console().isTerminal();
    }

    @Override
    public boolean pause(Duration time) {
        try {
            // Nobody counts it down.
            new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public LastWords lastWords() {
        Thread speaker = Thread.currentThread();
        CountDownLatch said = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (said.getCount() > 0) {
                speaker.interrupt();
            }
            try {
                // Nobody may read what is written; then it is not waited for.
                said.await(LAST_WORDS_MS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "last words"));
        return said::countDown;
    }

    @Override
    public int run(SplnetConfig config, Again again) {
        try (LogQueue log = LogSetup.queued()) {
            return run(config, again, log);
        } catch (StartException e) {                // behind what was logged
            err.println("splnet: " + e.getMessage());
            return e.exitCode();
        }
    }

    private int run(SplnetConfig config, Again again, LogQueue log) throws StartException {
        Clock clock = Clock.system();
        long begun = clock.nanoTime();
        Splnetd daemon = Splnetd.start(config, drivers());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop(daemon);
            log.close();
            stopped.countDown();
        }, "stop"));
        daemon.answer();
        ServiceManager manager = new ServiceManager(clock);
        manager.status(daemon.summary());          // before anybody can change it
        daemon.again(again, manager::status);
        Signals.on("HUP", () -> reload(daemon, manager));
        LOG.info("started version={} pid={} ms={}", Version.text(), ProcessHandle.current().pid(),
                Math.round((clock.nanoTime() - begun) / NS_PER_MS));
        manager.ready();
        Watchdog watchdog = new Watchdog(daemon.threads(), () -> SdNotify.send("WATCHDOG=1"));
        watchdog.start(System.getenv("WATCHDOG_USEC"));
        try (watchdog) {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Sysexits.OK;
    }

    private static void reload(Splnetd daemon, ServiceManager manager) {
        manager.reloading();
        try {
            daemon.reload();
        } catch (Refusal e) {
            LOG.error("configuration not changed: {}", e.getMessage());
        }
        manager.ready();
    }

    /// Stops in bounded time: a step that hangs must not keep the process from ending.
    private static void stop(Splnetd daemon) {
        SdNotify.send("STOPPING=1");
        Thread stopping = new Thread(daemon::close, "stopping");
        stopping.setDaemon(true);
        stopping.start();
        try {
            if (stopping.join(Duration.ofSeconds(STOP_S))) {
                LOG.info("stopped");
            } else {
                LOG.error("not stopped in time, ending anyway seconds={} at={}", STOP_S,
                        String.join(" < ", stack(stopping)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String[] stack(Thread thread) {
        return Arrays.stream(thread.getStackTrace()).limit(FRAMES)
                .map(StackTraceElement::toString).toArray(String[]::new);
    }
}
