// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import io.silica.agent.Operations.Change;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.ResizePtyRequest;
import io.silica.proto.containerd.task.ResumeRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.UpdateTaskRequest;

/** What each method of the Task service changes. */
final class Changes {
    private Changes() {}

    static Change of(CreateTaskRequest request) {
        return new Change("Create", request.getId(), "");
    }

    static Change of(StartRequest request) {
        return new Change("Start", request.getId(), request.getExecId());
    }

    static Change of(ExecProcessRequest request) {
        return new Change("Exec", request.getId(), request.getExecId());
    }

    static Change of(KillRequest request) {
        return new Change("Kill", request.getId(), request.getExecId());
    }

    static Change of(DeleteRequest request) {
        return new Change("Delete", request.getId(), request.getExecId());
    }

    static Change of(ResizePtyRequest request) {
        return new Change("ResizePty", request.getId(), request.getExecId());
    }

    static Change of(PauseRequest request) {
        return new Change("Pause", request.getId(), "");
    }

    static Change of(ResumeRequest request) {
        return new Change("Resume", request.getId(), "");
    }

    static Change of(UpdateTaskRequest request) {
        return new Change("Update", request.getId(), "");
    }
}
