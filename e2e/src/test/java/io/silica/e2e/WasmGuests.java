// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.proto.cri.KeyValue;
import io.silica.proto.cri.Mount;

/** The modules of {@code examples/}. */
final class WasmGuests implements Guests {
    @Override
    public PodContainer exit(Pod pod, int code) {
        return pod.start("exit-code", Integer.toString(code));
    }

    @Override
    public PodContainer streams(Pod pod) {
        return pod.start("stderr");
    }

    @Override
    public PodContainer count(Pod pod, int last) {
        return pod.start("count", Integer.toString(last));
    }

    @Override
    public PodContainer tick(Pod pod, int last, int pauseMillis, int code) {
        return pod.start(
                "tick",
                Integer.toString(last),
                Integer.toString(pauseMillis),
                Integer.toString(code));
    }

    @Override
    public PodContainer environment(Pod pod, KeyValue variable) {
        return pod.start("printenv", config -> config.addEnvs(variable));
    }

    @Override
    public PodContainer spin(Pod pod) {
        return pod.start("spin");
    }

    @Override
    public PodContainer compute(Pod pod) {
        return spin(pod);
    }

    @Override
    public PodContainer echo(Pod pod) {
        return pod.start("echo", config -> config.setStdin(true).setStdinOnce(true));
    }

    @Override
    public PodContainer cat(Pod pod, Mount volume, String file) {
        return pod.start("cat", config -> config.addMounts(volume).addArgs(file));
    }

    @Override
    public PodContainer write(Pod pod, Mount volume, String file, String text) {
        return pod.start("write", config -> config.addMounts(volume).addArgs(file).addArgs(text));
    }

    @Override
    public PodContainer terminal(Pod pod) {
        return pod.start("hello", config -> config.setTty(true));
    }

    @Override
    public PodContainer missing(Pod pod, String program) {
        return pod.start("hello", config -> config.addCommand(program));
    }
}
