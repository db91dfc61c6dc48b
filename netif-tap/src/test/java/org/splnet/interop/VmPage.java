package org.splnet.interop;

import java.util.List;

/// What `docs/vms.md` tells people to do, for tests to do it.
final class VmPage {
    private static final Page PAGE = new Page("vms.md");

    private VmPage() {
    }

    /// The page.
    static String text() {
        return PAGE.text();
    }

    /// The commands that make a bridge.
    static String bridge() {
        return PAGE.runnable().get(0);
    }

    /// The commands that make guest `number`'s tap, a port of the bridge.
    static String bridgedTap(int number) {
        return PAGE.runnable().get(1).replace("vm1", "vm" + number);
    }

    /// Every configuration.
    static List<String> configurations() {
        return PAGE.configurations();
    }
}
