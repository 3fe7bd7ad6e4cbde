// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.List;

/** What containerd's event subscribers are told of a task, in the order in which it happens. */
public sealed interface TaskEvent {
    /** The container concerned. */
    ContainerId container();

    /**
     * A task was created.
     *
     * @param rootfs the mounts that it was created with
     */
    record Created(
            ContainerId container, String bundle, List<MountSpec> rootfs, Stdio stdio, int pid)
            implements TaskEvent {
        public Created {
            rootfs = List.copyOf(rootfs);
        }
    }

    /** A task runs. */
    record Started(ContainerId container, int pid) implements TaskEvent {}

    /**
     * A process has ended.
     *
     * @param process the container's id for the first process, else the exec id
     */
    record Exited(ContainerId container, String process, int pid, ExitStatus exit)
            implements TaskEvent {}

    /** A task was deleted. */
    record Deleted(ContainerId container, int pid, ExitStatus exit) implements TaskEvent {}

    /** Something in the container was killed for want of memory. */
    record OutOfMemory(ContainerId container) implements TaskEvent {}

    /** A process was added. */
    record ExecAdded(ContainerId container, ExecId exec) implements TaskEvent {}

    /** An added process runs. */
    record ExecStarted(ContainerId container, ExecId exec, int pid) implements TaskEvent {}

    /** A container was frozen. */
    record Paused(ContainerId container) implements TaskEvent {}

    /** A container goes on. */
    record Resumed(ContainerId container) implements TaskEvent {}
}
