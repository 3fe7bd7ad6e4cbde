// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

/** What is timed in the life of a pod with one container, in this order. */
enum Step {
    RUN_POD("RunPodSandbox"),
    CREATE("CreateContainer"),
    START("StartContainer"),
    FIRST_LINE("begin of StartContainer to first line"),
    TOTAL("begin of RunPodSandbox to first line"),
    STOP_POD("StopPodSandbox"),
    REMOVE_POD("RemovePodSandbox");

    private final String title;

    Step(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
