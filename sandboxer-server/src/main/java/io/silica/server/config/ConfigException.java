// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** The configuration cannot be used. The message lists every problem, one on each line. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All problems, in the order of the files and the lines in them. */
    public List<Problem> problems() {
        return problems;
    }
}
