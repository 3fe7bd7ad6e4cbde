// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.proto.cri.ContainerConfig;
import io.silica.proto.cri.KeyValue;
import io.silica.proto.cri.Mount;
import java.util.function.UnaryOperator;

/** Scripts of a shell, for kinds that run ordinary images. */
final class ShellGuests implements Guests {
    @Override
    public PodContainer exit(Pod pod, int code) {
        return Busybox.shell(pod, "exit " + code);
    }

    @Override
    public PodContainer streams(Pod pod) {
        return Busybox.shell(pod, "echo this is stdout; echo this is stderr >&2");
    }

    @Override
    public PodContainer count(Pod pod, int last) {
        return Busybox.shell(pod, "seq 1 " + last);
    }

    @Override
    public PodContainer tick(Pod pod, int last, int pauseMillis, int code) {
        return Busybox.shell(
                pod,
                "i=0; while [ $i -lt %d ]; do i=$((i + 1)); echo $i; sleep 0.%03d; done; exit %d"
                        .formatted(last, pauseMillis, code));
    }

    @Override
    public PodContainer environment(Pod pod, KeyValue variable) {
        return start(pod, "env", config -> config.addEnvs(variable));
    }

    /** It rests meanwhile: an emulated machine has little to spare. */
    @Override
    public PodContainer spin(Pod pod) {
        return Busybox.shell(
                pod, "trap 'exit 143' TERM; echo spinning; while :; do sleep 0.1; done");
    }

    @Override
    public PodContainer compute(Pod pod) {
        return Busybox.shell(pod, "while :; do :; done");
    }

    @Override
    public PodContainer echo(Pod pod) {
        return start(pod, "cat", config -> config.setStdin(true).setStdinOnce(true));
    }

    @Override
    public PodContainer cat(Pod pod, Mount volume, String file) {
        return start(pod, "cat " + file, config -> config.addMounts(volume));
    }

    @Override
    public PodContainer write(Pod pod, Mount volume, String file, String text) {
        var script = "printf %%s '%s' >%s".formatted(text, file);
        return start(pod, script, config -> config.addMounts(volume));
    }

    @Override
    public PodContainer terminal(Pod pod) {
        return start(pod, "[ -t 0 ] && echo terminal >&2", config -> config.setTty(true));
    }

    @Override
    public PodContainer missing(Pod pod, String program) {
        return pod.start("busybox", config -> config.addCommand(program));
    }

    private static PodContainer start(
            Pod pod, String script, UnaryOperator<ContainerConfig.Builder> change) {
        return pod.start(
                "busybox", config -> change.apply(config).addAllCommand(Busybox.shell(script)));
    }
}
