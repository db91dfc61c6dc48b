package org.splnet.client;

import java.nio.channels.spi.SelectorProvider;

/// The JDK's own [SelectorProvider], from which Unix channels and selectors come.
///
/// If [SplnetSelectorProvider] is installed as the default one, the JDK offers no public way to its own any
/// more: then the package `sun.nio.ch` must be exported to us, which [Agent] does, or the option below.
final class NativeProvider {
    private static final String EXPORT = "--add-exports java.base/sun.nio.ch=";

    private NativeProvider() {
    }

    static SelectorProvider get() {
        return Holder.INSTANCE;
    }

    private static final class Holder {
        static final SelectorProvider INSTANCE = find();

        private static SelectorProvider find() {
            // Null while the JDK is about to make ours the default one.
            SelectorProvider current = SelectorProvider.provider();
            boolean ours = current == null || current instanceof SplnetSelectorProvider;
            return ours ? hidden() : current;
        }

        private static SelectorProvider hidden() {
            try {
                return (SelectorProvider) Class.forName("sun.nio.ch.DefaultSelectorProvider")
                        .getMethod("get").invoke(null);
            } catch (ReflectiveOperationException e) {
                Module module = NativeProvider.class.getModule();
                throw new IllegalStateException("splnet's SelectorProvider as the default one needs "
                        + EXPORT + (module.isNamed() ? module.getName() : "ALL-UNNAMED")
                        + ", or -javaagent: with splnet's client.jar instead", e);
            }
        }
    }
}
