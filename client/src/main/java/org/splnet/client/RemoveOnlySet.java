package org.splnet.client;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Set;

/// A view of a set that the program may take from, but not add to: selected keys are so.
final class RemoveOnlySet extends AbstractSet<java.nio.channels.SelectionKey> {
    private final Set<java.nio.channels.SelectionKey> set;

    RemoveOnlySet(Set<java.nio.channels.SelectionKey> set) {
        this.set = set;
    }

    @Override
    public int size() {
        return set.size();
    }

    @Override
    public Iterator<java.nio.channels.SelectionKey> iterator() {
        return set.iterator();
    }

    @Override
    public boolean contains(Object key) {
        return set.contains(key);
    }

    @Override
    public boolean remove(Object key) {
        return set.remove(key);
    }

    @Override
    public void clear() {
        set.clear();
    }
}
