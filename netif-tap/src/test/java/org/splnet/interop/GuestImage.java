package org.splnet.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What a guest boots: Debian's kernel, and an initramfs of busybox and the modules of a virtio NIC, whose
/// `init` takes its address from the kernel's command line and then does what the console says, line by line.
///
/// @param kernel the kernel's file
/// @param initramfs the other one
record GuestImage(Path kernel, Path initramfs) {
    /// What the console shows when the guest takes commands.
    static final String READY = "@@ready@@";

    private static final Path FETCHED = Path.of("..", "target", "guest");
    private static final Path BUSYBOX = Stream.of("/usr/bin/busybox", "/bin/busybox").map(Path::of)
            .filter(Files::exists).findFirst().orElse(Path.of("/usr/bin/busybox"));
    private static final String QEMU = "/usr/bin/qemu-system-x86_64";
    private static final int DIRECTORY = 0_040755;
    private static final int PROGRAM = 0_100755;
    private static final int FILE = 0_100644;

    private static final String INIT = """
            #!/bin/busybox sh
            /bin/busybox --install -s /bin
            mount -t proc proc /proc
            echo 1 >/proc/sys/kernel/printk
            mount -t sysfs sys /sys
            mount -t devtmpfs dev /dev
            for module in /modules/*.ko; do insmod $module; done
            address=$(sed 's/.*guest.address=\\([^ ]*\\).*/\\1/' /proc/cmdline)
            ip link set lo up
            ip link set eth0 up
            ip address add $address dev eth0
            mkdir -p /www /tmp
            stty -echo
            echo '@@ready@@'
            while read -r line; do
                eval "$line" </dev/null
                echo "@@exit $?@@"
            done
            poweroff -f
            """;

    /// Puts both files into `dir`, or skips the test, saying what is missing.
    static GuestImage in(Path dir) throws IOException {
        assumeTrue(Files.exists(Path.of(QEMU)), "needs QEMU (Debian package qemu-system-x86)");
        assumeTrue(Files.exists(BUSYBOX), "needs busybox (Debian package busybox-static)");
        assumeTrue(Files.exists(FETCHED.resolve("vmlinuz")),
                "needs a kernel for the guest, which bin/guest-kernel could not fetch");
        byte[] busybox = Files.readAllBytes(BUSYBOX);
        assumeTrue(!new String(busybox, StandardCharsets.ISO_8859_1).contains("/ld-linux"),
                "needs a busybox without shared libraries (Debian package busybox-static)");
        Path kernel = Files.copy(FETCHED.resolve("vmlinuz"), dir.resolve("vmlinuz"));
        Path initramfs = dir.resolve("initramfs");
        Files.write(initramfs, archive(busybox));
        return new GuestImage(kernel, initramfs);
    }

    /// The command that boots it: no disk, no display, the console on standard input and output.
    ///
    /// @param address of its NIC, with prefix length
    /// @param number the last octet of its station address
    /// @param netdev what its NIC is attached to, in QEMU's words, without the id
    /// @param monitor Unix socket at which QEMU takes its own commands
    List<String> command(String address, int number, String netdev, Path monitor) {
        return List.of(QEMU, "-accel", "tcg", "-m", "320", "-nodefaults", "-display", "none", "-serial",
                "stdio", "-monitor", "unix:" + monitor + ",server=on,wait=off", "-kernel", kernel.toString(),
                "-initrd", initramfs.toString(), "-append",
                "console=ttyS0 quiet panic=-1 guest.address=" + address, "-netdev", netdev + ",id=n0",
                "-device", "virtio-net-pci,netdev=n0,romfile=,mac=52:54:00:00:00:" + (10 + number));
    }

    private static byte[] archive(byte[] busybox) throws IOException {
        var out = new ByteArrayOutputStream();
        for (String directory : List.of("bin", "proc", "sys", "dev", "modules")) {
            add(out, directory, DIRECTORY, new byte[0]);
        }
        add(out, "bin/busybox", PROGRAM, busybox);
        add(out, "init", PROGRAM, INIT.getBytes(StandardCharsets.UTF_8));
        try (Stream<Path> modules = Files.list(FETCHED)) {
            for (Path module : modules.filter(file -> file.toString().endsWith(".ko")).sorted().toList()) {
                add(out, "modules/" + module.getFileName(), FILE, Files.readAllBytes(module));
            }
        }
        add(out, "TRAILER!!!", 0, new byte[0]);
        return out.toByteArray();
    }

    // The kernel's "newc" (Documentation/driver-api/early-userspace/buffer-format.rst): a header of thirteen
    // numbers in hexadecimal, the name with a zero, the contents; each of the two padded to four octets.
    private static void add(ByteArrayOutputStream out, String name, int mode, byte[] contents) {
        var header = new StringBuilder("070701");
        for (int number : new int[] {out.size(), mode, 0, 0, 1, 0, contents.length, 0, 0, 0, 0,
                name.length() + 1, 0}) {
            header.append(String.format("%08x", number));
        }
        out.writeBytes(header.append(name).append('\0').toString().getBytes(StandardCharsets.US_ASCII));
        pad(out);
        out.writeBytes(contents);
        pad(out);
    }

    private static void pad(ByteArrayOutputStream out) {
        while (out.size() % 4 != 0) {
            out.write(0);
        }
    }
}
