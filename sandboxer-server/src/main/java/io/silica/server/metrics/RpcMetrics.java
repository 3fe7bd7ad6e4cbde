// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the calls that were served, by method and code, and how long they took, by method. Any
 * thread may observe; an observation finds its place by two or three look-ups and allocates
 * nothing.
 */
public final class RpcMetrics {
    /** The names of the gRPC codes, which ttrpc shares. */
    private static final Set<String> CODES =
            Set.of(
                    "OK",
                    "CANCELLED",
                    "UNKNOWN",
                    "INVALID_ARGUMENT",
                    "DEADLINE_EXCEEDED",
                    "NOT_FOUND",
                    "ALREADY_EXISTS",
                    "PERMISSION_DENIED",
                    "RESOURCE_EXHAUSTED",
                    "FAILED_PRECONDITION",
                    "ABORTED",
                    "OUT_OF_RANGE",
                    "UNIMPLEMENTED",
                    "INTERNAL",
                    "UNAVAILABLE",
                    "DATA_LOSS",
                    "UNAUTHENTICATED");

    /** From the 100 us of a State to the seconds of a virtual machine's start. */
    private static final double[] SECONDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10
    };

    private static final String OTHER = "other";

    private final Map<String, Map<String, Method>> services = new HashMap<>();
    private final Method other;

    /** The counters of one method; those of its codes appear as they occur. */
    private record Method(
            DistributionDataPoint latency,
            Counter calls,
            String service,
            String name,
            Map<String, CounterDataPoint> codes) {
        private void observe(String code, long nanos) {
            latency.observe(nanos / 1e9);
            var counter = codes.get(code);
            (counter == null ? resolve(code) : counter).inc();
        }

        private CounterDataPoint resolve(String code) {
            var known = CODES.contains(code) ? code : "UNKNOWN";
            return codes.computeIfAbsent(known, c -> calls.labelValues(service, name, c));
        }
    }

    RpcMetrics(PrometheusRegistry registry, Map<String, List<String>> methods) {
        var calls =
                Counter.builder()
                        .name("silica_rpc")
                        .help("Calls served, by the code of their answer.")
                        .labelNames("service", "method", "code")
                        .withoutExemplars()
                        .register(registry);
        var latencies =
                Histogram.builder()
                        .name("silica_rpc_seconds")
                        .help("Time from a call's arrival to its answer.")
                        .labelNames("service", "method")
                        .classicOnly()
                        .classicUpperBounds(SECONDS)
                        .withoutExemplars()
                        .register(registry);
        methods.forEach((service, names) -> {
            var resolved = new HashMap<String, Method>();
            names.forEach(name -> resolved.put(name, method(calls, latencies, service, name)));
            services.put(service, resolved);
        });
        other = method(calls, latencies, OTHER, OTHER);
    }

    /**
     * Counts one call.
     *
     * @param code the name of a gRPC code, such as {@code NOT_FOUND}
     * @param nanos how long it took
     */
    public void observe(String service, String method, String code, long nanos) {
        services.getOrDefault(service, Map.of()).getOrDefault(method, other).observe(code, nanos);
    }

    private static Method method(Counter calls, Histogram latencies, String service, String name) {
        return new Method(
                latencies.labelValues(service, name),
                calls,
                service,
                name,
                new ConcurrentHashMap<>());
    }
}
