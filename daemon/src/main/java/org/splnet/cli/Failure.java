package org.splnet.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// A command that could not do what it was asked; the message says why and what to do. Null for nothing to be
/// said.
class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    final int exitCode() {
        return exitCode;
    }

    /// Why a file could not be had or used, in words: for the usual reasons Java has only names of classes.
    static String words(IOException e) {
        return switch (e) {
            case NoSuchFileException none -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException there -> "is there already";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            case CharacterCodingException none -> "is no text";
            default -> String.valueOf(e.getMessage());
        };
    }
}
