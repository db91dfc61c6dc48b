package org.splnet.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The keys of one channel, told when what they should wait for changes other than by the program's asking.
final class Keys {
    private final List<SplnetKey> keys = new CopyOnWriteArrayList<>();

    void add(SplnetKey key) {
        keys.add(key);
    }

    void remove(SplnetKey key) {
        keys.remove(key);
    }

    /// [Selectable#unixOps] has changed.
    void changed() {
        keys.forEach(SplnetKey::update);
    }

    /// [Selectable#early] may have become more.
    void early() {
        keys.forEach(SplnetKey::early);
    }
}
