package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `docs/vms.md`: its configurations are some, and what it says of QEMU is what [GuestTest] does, which also
/// runs its commands.
class VmPageTest {
    @TempDir
    private Path dir;

    @Test
    void everyConfigurationIsOne() throws IOException {
        List<String> all = VmPage.configurations();
        assertThat(all).hasSizeGreaterThan(3);
        for (String each : all) {
            Lab.Result result = Page.check(each, dir.resolve("splnet.toml"));
            assertThat(result.exit()).as("%s%n%s", each, result.out()).isZero();
        }
    }

    @Test
    void showsTheOptionsThatAreTried() {
        assertThat(VmPage.text()).contains("-netdev " + GuestTest.onTap(1),
                "-netdev " + GuestTest.onStream("/run/user/1000/qemu.sock", true));
    }
}
