// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** The metrics of one daemon. Any thread may call any method. */
public final class Metrics {
    private static final String PREFIX = "silica_";

    private final PrometheusRegistry registry = new PrometheusRegistry();

    /**
     * The metrics that every daemon has: the uptime, the build, the process and its JVM.
     *
     * @param kind such as {@code wasm}
     */
    public Metrics(String kind, String version, String commit) {
        long start = System.nanoTime();
        gauge(
                "uptime_seconds",
                "Time since the start of the daemon.",
                () -> (System.nanoTime() - start) / 1e9);
        Info.builder()
                .name(PREFIX + "build_info")
                .help("What is running.")
                .labelNames("kind", "version", "commit")
                .register(registry)
                .setLabelValues(kind, version, commit);
        ProcessMetrics.register(registry);
    }

    /**
     * A value that goes up and down, read when somebody asks.
     *
     * @param name without {@code silica_}, with its unit at the end
     * @param value any thread may call it, and it does not block
     */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /**
     * Which of some states it is: one gauge for each, labelled {@code state}, of which one is 1.
     *
     * @param name without {@code silica_}
     * @param state any thread may call it, and it does not block
     */
    public <E extends Enum<E>> void state(
            String name, String help, Class<E> states, Supplier<E> state) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames("state")
                .callback(callback -> {
                    E now = state.get();
                    for (E each : states.getEnumConstants()) {
                        callback.call(each == now ? 1 : 0, labelOf(each));
                    }
                })
                .register(registry);
    }

    private static String labelOf(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * A count that only grows, read when somebody asks.
     *
     * @param name without {@code silica_} and {@code _total}
     * @param value any thread may call it, and it does not block
     */
    public void counter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /**
     * The metrics of calls served. To be asked for once.
     *
     * @param methods the methods of each service; what is not among them counts as {@code other}
     */
    public RpcMetrics rpc(Map<String, List<String>> methods) {
        return new RpcMetrics(registry, methods);
    }

    /** All values as they are now. */
    Exposition expose(String accepted) {
        return Exposition.of(registry.scrape(), accepted);
    }
}
