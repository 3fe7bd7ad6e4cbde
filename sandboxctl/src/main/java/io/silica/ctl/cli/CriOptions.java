// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

import io.grpc.ClientInterceptor;
import io.silica.ctl.cri.CallTrace;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriEndpoint;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How commands reach CRI: named as crictl names it. */
public final class CriOptions {
    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--runtime-endpoint",
            paramLabel = "ENDPOINT",
            defaultValue =
                    "${env:CONTAINER_RUNTIME_ENDPOINT:-unix:///run/containerd/containerd.sock}",
            description =
                    "Where CRI is served: unix:///path. Default: $CONTAINER_RUNTIME_ENDPOINT, else "
                            + "unix:///run/containerd/containerd.sock.")
    private String endpoint = "";

    @Option(
            names = "--call-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long one call may take. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say each call on standard error, and how long it took.")
    private boolean verbose;

    public CriClient connect() {
        try {
            return new CriClient(
                    CriEndpoint.parse(endpoint), Duration.ofSeconds(seconds), interceptors());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--runtime-endpoint: " + e.getMessage(), e);
        }
    }

    private ClientInterceptor[] interceptors() {
        var err = spec.commandLine().getErr();
        return verbose
                ? new ClientInterceptor[] {new CallTrace(err::println)}
                : new ClientInterceptor[0];
    }
}
