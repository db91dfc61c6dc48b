package org.splnet.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `splnet capture`.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class,
        sortOptions = false, exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Captures the frames of interfaces as they pass, until Ctrl-C.", ""},
        description = {"", "Filters are those of tcpdump (pcap-filter(7)), but for inbound,",
            "outbound and ifindex.", "",
            "A frame that the stack drops comes with the reason, in files as its comment.", ""},
        footer = {"", "Examples:", "  splnet capture", "  splnet capture -i splnet0 -c 10 tcp port 80",
            "  splnet capture --dropped", "  splnet capture -w file.pcapng not arp",
            "  splnet capture -w file.pcapng -C 100M -W 10", "  splnet capture -w - | wireshark -k -i -"})
final class CaptureCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS")
            .withZone(ZoneId.systemDefault());
    private static final int SHOWN = 32;

    private final Host host;

    @Parameters(arity = "0..*", paramLabel = "FILTER", description = "What is wanted (default: everything).")
    private List<String> filter = new ArrayList<>();

    @Option(names = "-w", paramLabel = "FILE",
            description = "Writes pcapng to FILE, - for standard output, instead of showing lines.")
    private String file;

    @Mixin
    private Rotation rotation;

    @Option(names = "--dropped", description = "Only what the stack drops.")
    private boolean dropped;

    @Option(names = "-i", paramLabel = "INTERFACE", description = "Only of this one; may be repeated.")
    private List<String> interfaces = new ArrayList<>();

    @Option(names = "-s", paramLabel = "OCTETS", description = "Keeps so much of each frame (default: all).")
    private Integer snaplen;

    @Option(names = "-c", paramLabel = "COUNT", description = "Ends after so many frames.")
    private Long count;

    @Option(names = "-n", description = "As always: names are never looked up.")
    private boolean numeric;

    @Option(names = "-v", description = "Shows all fields of each frame.")
    private boolean verbose;

    @Mixin
    private ControlSource source;

    @Spec
    private CommandSpec spec;

    CaptureCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        rotation.check(spec.commandLine(), file);
        if (file == null) {
            show();
        } else {
            write();
        }
        return Sysexits.OK;
    }

    private String path() {
        List<String> query = new ArrayList<>();
        if (!filter.isEmpty()) {
            query.add("filter=" + ControlClient.encoded(String.join(" ", filter)));
        }
        if (!interfaces.isEmpty()) {
            query.add("interface=" + ControlClient.encoded(String.join(",", interfaces)));
        }
        if (snaplen != null) {
            query.add("snaplen=" + snaplen);
        }
        if (count != null) {
            query.add("count=" + count);
        }
        if (dropped) {
            query.add("dropped=true");
        }
        return "/v1/capture" + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private void write() throws Failure {
        long[] frames = {0};
        ControlClient control = source.control(host);
        try (var _ = host.lastWords();
                CaptureFiles out = new CaptureFiles(file, rotation, host)) {
            PcapngInput input = new PcapngInput((octets, frame) -> {
                out.write(octets, frame);
                frames[0] += frame == null ? 0 : 1;
            });
            try {
                control.stream(path(), octets -> {
                    input.come(octets);
                    out.flush();
                    return true;
                });
            } catch (Failure e) {
                if (e.exitCode() == Sysexits.UNAVAILABLE && frames[0] > 0) {
                    summary(frames[0], out, input);         // the daemon has ended: what came is kept
                }
                throw e;
            }
            summary(frames[0], out, input);
        }
    }

    private void summary(long frames, CaptureFiles out, PcapngInput input) {
        spec.commandLine().getErr().println(frames + " frames"
                + (rotation.rotates() ? ", " + out.count() + " files" : "") + lost(input.dropped()));
    }

    private void show() throws Failure {
        FrameDecoder decoder = decoder();
        PrintWriter out = spec.commandLine().getOut();
        PcapngInput input = new PcapngInput((octets, each) -> {
            if (each == null) {
                return;
            }
            out.println(TIME.format(Instant.ofEpochSecond(0, each.timeNs())) + " " + each.netIf()
                    + (each.out() ? " > " : " < ") + line(decoder, each)
                    + (each.comment() == null ? "" : " [" + printable(each.comment()) + "]"));
            if (verbose && decoder != null) {
                out.println(decoder.whole(each.octets()));
            }
        });
        long[] told = {0};
        source.control(host).stream(path(), octets -> {
            input.come(octets);
            if (input.dropped() != told[0]) {
                spec.commandLine().getErr().println("splnet: shown slower than they come"
                        + lost(input.dropped()));
                told[0] = input.dropped();
            }
            out.flush();
            return !out.checkError();
        });
    }

    /// A comment comes over the control socket: it is for a terminal, so it has no control characters.
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String lost(long dropped) {
        return dropped == 0 ? "" : ", " + dropped + " dropped";
    }

    private static String line(FrameDecoder decoder, PcapngInput.Frame each) {
        if (decoder != null) {
            return decoder.line(each.octets(), each.length());
        }
        int shown = Math.min(SHOWN, each.octets().length);
        return each.length() + " octets " + HexFormat.of().formatHex(each.octets(), 0, shown)
                + (shown < each.length() ? "..." : "");
    }

    private static FrameDecoder decoder() {
        for (ServiceLoader.Provider<FrameDecoder> each : ServiceLoader.load(FrameDecoder.class).stream()
                .toList()) {
            try {
                return each.get();
            } catch (ServiceConfigurationError | LinkageError e) {
                // octets in hexadecimal, then
            }
        }
        return null;
    }
}
