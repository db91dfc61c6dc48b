package org.splnet.config;

import java.util.List;
import java.util.stream.Collectors;

/// A configuration that cannot be used. Its message is every [Problem], one per line, for standard error.
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /// What is wrong, in order of lines.
    public List<Problem> problems() {
        return problems;
    }
}
