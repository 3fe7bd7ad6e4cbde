// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

/** What is timed around the death of a daemon, in this order. */
enum Span {
    DEATH("kill to the end of the process"),
    JVM_START("from there to the first line that the next one logs"),
    READY("from there to ready"),
    TASK("kill to Task.State on the connection of before"),
    CONTROLLER("kill to Controller.Status"),
    PAUSE("longest pause in a stream of Task.State");

    private final String title;

    Span(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
