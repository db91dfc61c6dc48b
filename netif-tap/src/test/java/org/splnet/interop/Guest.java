package org.splnet.interop;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A virtual machine: its console, on which it does what it is told, and QEMU's monitor.
final class Guest implements AutoCloseable {
    /// Starts QEMU, its output to a file of that name.
    @FunctionalInterface
    interface Starter {
        Process start(String output, List<String> command) throws IOException;
    }

    private static final Pattern EXIT = Pattern.compile("@@exit (\\d+)@@");
    private static final long STEP_MS = 20;
    private static final int LIMIT_S = 300;

    private final Process qemu;
    private final Path console;
    private final Path monitor;
    private int read;

    private Guest(Process qemu, Path console, Path monitor) {
        this.qemu = qemu;
        this.console = console;
        this.monitor = monitor;
    }

    /// Starts one; [#awaitBoot] follows.
    ///
    /// @param dir where its console is written to, by the starter, and its monitor lies
    /// @param number tells it apart: in its station address and file names
    static Guest start(GuestImage image, Path dir, Starter starter, String address, int number, String netdev)
            throws IOException {
        String output = "console" + number;
        Path monitor = dir.resolve("monitor" + number);
        Files.deleteIfExists(dir.resolve(output));
        Process qemu = starter.start(output, image.command(address, number, netdev, monitor));
        return new Guest(qemu, dir.resolve(output), monitor);
    }

    /// Waits until it takes commands, the first time or after it has been reset.
    ///
    /// @return itself
    Guest awaitBoot() throws IOException {
        expect(Pattern.compile(GuestImage.READY));
        return this;
    }

    /// Runs a line of shell in it that must succeed, and returns what it printed.
    String run(String line) throws IOException {
        begin(line);
        return end(line);
    }

    /// Begins a line of shell, one at a time.
    void begin(String line) throws IOException {
        qemu.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        qemu.getOutputStream().flush();
    }

    /// Waits for the line that was begun.
    String end(String line) throws IOException {
        String all = expect(EXIT);
        Matcher exit = EXIT.matcher(all);
        if (!exit.find() || !exit.group(1).equals("0")) {
            throw new AssertionError("in the guest, " + line + ": " + all);
        }
        return all.substring(0, exit.start()).strip();
    }

    /// Tells QEMU something: `stop`, `cont`, `system_reset`.
    void monitor(String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(monitor))) {
            String prompt = "(qemu) ";
            hear(channel, prompt);
            channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
            hear(channel, prompt);
        }
    }

    private static void hear(SocketChannel channel, String until) throws IOException {
        var heard = new StringBuilder();
        ByteBuffer some = ByteBuffer.allocate(4096);
        while (!heard.toString().endsWith(until)) {
            if (channel.read(some.clear()) < 0) {
                throw new AssertionError("QEMU's monitor has ended: " + heard);
            }
            heard.append(StandardCharsets.UTF_8.decode(some.flip()));
        }
    }

    // What has come since the last time, up to and with `mark`.
    private String expect(Pattern mark) throws IOException {
        String text = "";
        for (long i = 0; i < LIMIT_S * 1000 / STEP_MS; i++) {
            boolean ended = !qemu.isAlive();
            text = Files.readString(console, StandardCharsets.ISO_8859_1).substring(read);
            Matcher found = mark.matcher(text);
            if (found.find()) {
                read += found.end();
                return text.substring(0, found.end()).replace("\r", "");
            }
            if (ended) {
                throw new AssertionError("QEMU ended with " + qemu.exitValue() + ": " + text);
            }
            pause();
        }
        throw new AssertionError("no " + mark + " from the guest in " + LIMIT_S + " s: " + text);
    }

    private void pause() {
        try {
            qemu.waitFor(STEP_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        Lab.end(qemu);
    }
}
