// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.proto.containerd.task.ConnectRequest;
import io.silica.proto.containerd.task.ConnectResponse;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.PidsRequest;
import io.silica.proto.containerd.task.PidsResponse;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.StatsRequest;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.TtrpcClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/** containerd's connection to the Task service. */
public final class TaskConnection implements AutoCloseable {
    private static final String SERVICE = "containerd.task.v3.Task";
    private static final CallOptions LIMITED =
            CallOptions.timeout(Duration.ofSeconds(60))
                    .withMetadata("containerd-namespace-ttrpc", "k8s.io");

    private final TtrpcClient client;

    /** Dials. */
    public TaskConnection(Path socket) {
        try {
            client = TtrpcClient.connect(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls any method of any service. */
    public <R extends MessageLite> R call(
            String service, String method, MessageLite request, Parser<R> responses) {
        return client.call(service, method, request, responses, LIMITED);
    }

    public CreateTaskResponse create(CreateTaskRequest request) {
        return task("Create", request, CreateTaskResponse.parser());
    }

    public StartResponse start(String id) {
        return task("Start", StartRequest.newBuilder().setId(id).build(), StartResponse.parser());
    }

    public StateResponse state(String id) {
        return task("State", StateRequest.newBuilder().setId(id).build(), StateResponse.parser());
    }

    public WaitResponse await(String id) {
        return task("Wait", WaitRequest.newBuilder().setId(id).build(), WaitResponse.parser());
    }

    public void kill(String id, int signal) {
        var _ =
                task(
                        "Kill",
                        KillRequest.newBuilder().setId(id).setSignal(signal).build(),
                        Empty.parser());
    }

    public DeleteResponse delete(String id) {
        return task(
                "Delete", DeleteRequest.newBuilder().setId(id).build(), DeleteResponse.parser());
    }

    public ConnectResponse connect(String id) {
        return task(
                "Connect", ConnectRequest.newBuilder().setId(id).build(), ConnectResponse.parser());
    }

    public PidsResponse pids(String id) {
        return task("Pids", PidsRequest.newBuilder().setId(id).build(), PidsResponse.parser());
    }

    public StatsResponse stats(String id) {
        return task("Stats", StatsRequest.newBuilder().setId(id).build(), StatsResponse.parser());
    }

    /** Calls any method of the Task service. */
    public <R extends MessageLite> R task(String method, MessageLite request, Parser<R> responses) {
        return call(SERVICE, method, request, responses);
    }

    @Override
    public void close() {
        client.close();
    }
}
