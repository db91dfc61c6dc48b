package org.splnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.splnet.config.AccountCatalog;
import org.splnet.config.SplnetConfig;
import org.splnet.kern.EventKind;
import org.splnet.kern.LockDiscipline;
import org.splnet.kern.Witness;

/// What a user types, and what comes of it.
class CliTest {
    /// Runs no stack, and remembers which one it was asked for.
    private static final class NoStack extends FakeHost {
        private SplnetConfig asked;
        private boolean deserted;
        private String epoch = "1769817600";

        @Override
        public AccountCatalog accounts() {
            return !deserted ? AccountCatalog.UNASKED : new AccountCatalog() {
                @Override
                public void user(String name) {
                    throw new IllegalArgumentException("the host has no such user");
                }

                @Override
                public void group(String name) {
                    throw new IllegalArgumentException("the host has no such group");
                }
            };
        }

        @Override
        public String environment(String name) {
            return name.equals("SOURCE_DATE_EPOCH") ? epoch : null;
        }

        @Override
        public int run(SplnetConfig config, Again again) {
            asked = config;
            return Sysexits.OK;
        }
    }

    private final NoStack host = new NoStack();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String asked;               // of the status page
    @TempDir
    private Path dir;

    private int run(String... args) {
        return Cli.run(host, new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private Path config(String text) throws IOException {
        return Files.writeString(dir.resolve("splnet.toml"), text);
    }

    @Test
    void helpNamesEveryCommandAndWhatItDoes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("A TCP/IP host in user space.",
                "Runs the stack in the foreground", "Checks a configuration", "splnet daemon --config");
        for (View view : View.values()) {
            String begins = view.description().substring(0, 20);
            assertThat(out.toString()).containsPattern(String.join(", ", Stream.concat(
                    Stream.of(view.command()), Stream.of(view.aliases())).toList()) + " +" + begins);
        }
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"daemon", "check-config", "run", "status", "interfaces", "sockets", "address", "route",
        "neighbor", "stats", "locks", "log", "metrics", "events",
        "capture", "top", "ping", "connect", "listen", "publish", "forward", "socks", "relays"})
    void everyCommandHasHelpWithAnExample(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("Usage: splnet " + command, "Example", "splnet " + command);
    }

    @Test
    void whatTheHostDoesNotHaveIsAnErrorOfTheConfiguration() throws Exception {
        host.deserted = true;
        Path file = config("[[interface]]\nname = \"t\"\ndriver = \"tap\"\n"
                + "addresses = [\"10.0.0.1/24\"]\n[[control.client]]\nuser = \"x\"\n");
        assertThat(run("check-config", file.toString())).isEqualTo(78);
        assertThat(run("daemon", "--config", file.toString())).isEqualTo(78);
        assertThat(err.toString().lines()).hasSize(2).containsOnly(
                file + ":6: control.client.user: \"x\": the host has no such user");
        assertThat(host.asked).isNull();
    }

    @Test
    void theVersionIsTold() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).containsPattern("splnet \\S+");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"frobnicate | frobnicate", "daemon --bogus | --bogus",
        "run --bogus x | --bogus", "run | PROGRAM",
        "check-config | FILE", "route add | NETWORK/PREFIX",
        "address add 10.0.0.1/24 | dev is missing: ADDRESS/PREFIX dev INTERFACE [noprobe]",
        "address del 10.0.0.1/24 dev | dev: its value is missing",
        "route add default by x | by: not known here",
        "route add default via x via y | via: is there twice",
        "neighbor add 10.0.0.1 dev x | lladdr is missing",
        "route add default metric few | metric: few: must be a whole number", "sockets --url | --url",
        "daemon --log tcp | log",
        "daemon --locks one | --locks: one: must be one of layered, giant",
        "daemon --witness throw | --witness: throw: must be one of off, contested, profile, order"})
    void aWrongCommandLineNamesWhatIsWrongAndWhereToLook(String line, String named) {
        assertThat(run(line.split(" "))).isEqualTo(64);
        assertThat(err.toString()).contains(named, "--help'.");
        assertThat(out.toString()).isEmpty();
        assertThat(host.asked).isNull();
    }

    @Test
    void theCommandLineWinsOverTheConfigurationsLocks() throws IOException {
        Path file = config("locks = \"layered\"\nwitness = \"order\"\n"
                + "[[interface]]\nname = \"a\"\ndriver = \"tap\"\naddresses = [\"10.0.0.1/24\"]\n");
        run("daemon", "--config", file.toString(), "--locks", "giant");
        assertThat(host.asked.locks()).isEqualTo(LockDiscipline.GIANT);
        assertThat(host.asked.witness()).isEqualTo(Witness.Mode.ORDER);
        run("daemon", "--config", file.toString(), "--witness", "contested");
        assertThat(host.asked.locks()).isEqualTo(LockDiscipline.LAYERED);
        assertThat(host.asked.witness()).isEqualTo(Witness.Mode.CONTESTED);
    }

    /// A virtual machine cannot become another program; `bin/splnet` does that before it starts one.
    @Test
    void runningAProgramIsTheScriptsAffair() {
        assertThat(run("run", "--", "curl", "--version")).isEqualTo(69);
        assertThat(err.toString()).contains("curl", "bin/splnet");
    }

    @Test
    void noCommandIsWrongToo() {
        assertThat(run()).isEqualTo(64);
        assertThat(err.toString()).contains("a command is missing");
    }

    @Test
    void aWrongConfigurationIsToldByFileAndLine() throws IOException {
        Path file = config("[[interface]]\nname = \"a\"\ndriver = \"tapp\"\naddresses = [\"10.0.0.1/24\"]\n");
        for (String command : new String[] {"check-config", "daemon"}) {
            err.getBuffer().setLength(0);
            int exit = command.equals("daemon") ? run(command, "--config", file.toString())
                    : run(command, file.toString());
            assertThat(exit).as(command).isEqualTo(78);
            assertThat(err.toString()).contains(file + ":3: interface.driver: \"tapp\": ");
            assertThat(host.asked).isNull();
        }
    }

    @Test
    void aRightOneIsRun() throws IOException {
        Path file = config("[[interface]]\nname = \"a\"\ndriver = \"tap\"\naddresses = [\"10.0.0.1/24\"]\n");
        assertThat(run("check-config", file.toString())).isZero();
        assertThat(out.toString()).contains("well, 1 interface");
        assertThat(host.asked).isNull();
        assertThat(run("daemon", "--config", file.toString())).isZero();
        assertThat(host.asked.interfaces()).hasSize(1);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThat(run("check-config", dir + "/none")).isEqualTo(78);
        assertThat(err.toString()).contains(dir + "/none: no such file");
    }

    @ParameterizedTest
    @EnumSource
    void aDaemonThatIsNotThereIsNamed(View view) {
        assertThat(run(view.label(), "--url", "http://127.0.0.1:1")).isEqualTo(69);
        assertThat(err.toString()).contains("http://127.0.0.1:1", "is the daemon running");
    }

    private String served(int status, String body, String... args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked = exchange.getRequestHeaders().getFirst("Accept") + " " + exchange.getRequestURI();
            byte[] octets = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, octets.length);
            exchange.getResponseBody().write(octets);
            exchange.close();
        });
        server.start();
        try {
            String[] all = new String[args.length + 2];
            System.arraycopy(args, 0, all, 0, args.length);
            all[args.length] = "--url";
            all[args.length + 1] = "http://127.0.0.1:" + server.getAddress().getPort();
            return Integer.toString(run(all));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatIsNoStatusPageIsNotTakenForOne() throws IOException {
        assertThat(served(404, "", "sockets")).isEqualTo("69");
        assertThat(err.toString()).contains("answers 404");
        assertThat(served(200, "<html>", "sockets")).isEqualTo("69");
        assertThat(err.toString()).contains("answers no JSON");
    }

    @Test
    void metricsAreReadFromTheStatusPageToo() throws IOException {
        assertThat(served(200, "splnet_x 1\n", "metrics")).isEqualTo("0");
        assertThat(asked).isEqualTo("text/plain /metrics");
        assertThat(out).hasToString("splnet_x 1\n");
        assertThat(served(200, "# EOF\n", "metrics", "--openmetrics")).isEqualTo("0");
        assertThat(asked).isEqualTo("application/openmetrics-text /metrics");
    }

    @Test
    void jsonIsShownAsItIs() throws IOException {
        assertThat(served(200, "[{\"a\": 1}]", "routes", "--json")).isEqualTo("0");
        assertThat(out.toString()).contains("\"a\" : 1");
    }

    /// Every command has its page, in which man(1) finds nothing to complain of, and the shell completes it.
    @Test
    void pagesAndCompletionAreWritten() throws Exception {
        assertThat(run("generate", dir.toString())).as(err.toString()).isZero();
        Path man = dir.resolve("man/man1");
        assertThat(man.resolve("splnet.1")).content().contains(".SH NAME\nsplnet \\- ", ".SH COMMANDS",
                ".SH DESCRIPTION\nA TCP/IP host in user space.\n.SH OPTIONS",
                "\\fBroute, routes\\fR", ".SH EXIT STATUS\n0 well", ".SH FILES\n.nf\n  /etc/splnet")
                .doesNotContain("generate");
        assertThat(man.resolve("splnet-route-add.1")).content().contains(
                ".TH \"SPLNET\\-ROUTE\\-ADD\" 1 2026-01-31",
                "splnet route add NETWORK/PREFIX|default [via ROUTER]", "splnet\\-route(1)");
        assertThat(man.resolve("splnet-ping.1")).content().contains("(default: 56)", ".SH EXAMPLES");
        // The status page only shows.
        assertThat(man.resolve("splnet-stats.1")).content().contains("\\-\\-socket=PATH", "\\-\\-url=URL");
        assertThat(man.resolve("splnet-route-add.1")).content().contains("\\-\\-socket=PATH")
                .doesNotContain("url", "PARAM");
        try (var pages = Files.list(man)) {
            assertThat(pages).hasSizeGreaterThan(20).allSatisfy(page -> assertThat(Files.readAllLines(page))
                    .allMatch(line -> line.matches("\\.(TH|SH|PP|TP|nf|fi).*|[^.'].*"), page.toString()));
        }
        assertThat(dir.resolve("bash-completion/completions/splnet")).content()
                .contains("complete -F _complete_splnet", "--witness", "neighbor", "lease-bound")
                .doesNotStartWith("#!");
    }

    @Test
    void pagesHaveTheDayTheyAreToldOrToday() throws Exception {
        for (String none : new String[] {null, ""}) {
            host.epoch = none;
            assertThat(run("generate", dir.toString())).as(err.toString()).isZero();
            assertThat(dir.resolve("man/man1/splnet.1")).content()
                    .containsPattern(".TH \"SPLNET\" 1 2[0-9]{3}-");
        }
        for (String wrong : List.of("soon", "9223372036854775807")) {
            host.epoch = wrong;
            assertThat(run("generate", dir.toString())).isEqualTo(Sysexits.USAGE);
            assertThat(err.toString()).contains("SOURCE_DATE_EPOCH: " + wrong + ": must be");
        }
    }

    @Test
    void everyKindOfEventIsNamedInHelpAndPage() {
        String[] kinds = Arrays.stream(EventKind.values()).map(EventKind::label).toArray(String[]::new);
        assertThat(run("events", "--help")).isZero();
        assertThat(out.toString().replaceAll("\\s", "")).contains(kinds);
        assertThat(run("generate", dir.toString())).isZero();
        assertThat(dir.resolve("man/man1/splnet-events.1")).content().contains(Arrays.stream(kinds)
                .map(each -> each.replace("-", "\\-")).toList());
    }
}
