// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.silica.proto.containerd.sandbox.ControllerGrpc;
import io.silica.proto.containerd.task.TaskGrpc;
import io.silica.server.metrics.Metrics;
import io.silica.server.metrics.RpcMetrics;
import io.silica.server.status.StatusMapper;
import io.silica.server.stream.StdioStreams;
import io.silica.server.task.TaskService;
import io.silica.ttrpc.ServerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts and times every call of all services, by method and answer. */
final class Calls {
    private final RpcMetrics metrics;

    Calls(Metrics metrics) {
        this.metrics = metrics.rpc(methods());
    }

    /** For the Controller service. */
    ServerInterceptor grpc() {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                return next.startCall(timed(call), headers);
            }
        };
    }

    /** For the Task service, whose failures become statuses here. */
    ServerConfig observing(ServerConfig services) {
        return services.withExceptions(StatusMapper::ttrpc)
                .withObserver((service, method, code, took) ->
                        metrics.observe(service, method, code.name(), took.toNanos()));
    }

    private <Q, R> ServerCall<Q, R> timed(ServerCall<Q, R> call) {
        long began = System.nanoTime();
        return new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                metrics.observe(
                        ControllerGrpc.SERVICE_NAME,
                        String.valueOf(call.getMethodDescriptor().getBareMethodName()),
                        status.getCode().name(),
                        System.nanoTime() - began);
                super.close(status, trailers);
            }
        };
    }

    private static Map<String, List<String>> methods() {
        var methods = new HashMap<String, List<String>>();
        methods.put(ControllerGrpc.SERVICE_NAME, names(ControllerGrpc.getServiceDescriptor()));
        TaskService.NAMES.forEach(
                name -> methods.put(name, names(TaskGrpc.getServiceDescriptor())));
        methods.put(StdioStreams.SERVICE, List.of(StdioStreams.METHOD));
        return methods;
    }

    private static List<String> names(ServiceDescriptor service) {
        return service.getMethods().stream()
                .map(method -> String.valueOf(method.getBareMethodName()))
                .toList();
    }
}
