package org.splnet.capture;

/// A filter that cannot be compiled. The message says why, and needs no further words.
public final class FilterException extends Exception {
    private static final long serialVersionUID = 1L;

    public FilterException(String message) {
        super(message);
    }
}
