// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * The process and its JVM, under the names that dashboards know. Everything is read when somebody
 * asks: nothing of it, management beans included, is loaded when the daemon starts.
 */
final class ProcessMetrics {
    private ProcessMetrics() {}

    static void register(PrometheusRegistry registry) {
        counter(registry, "process_cpu_seconds", "CPU time used.", ProcessMetrics::cpuSeconds);
        gauge(
                registry,
                "process_resident_memory_bytes",
                "Resident memory.",
                () -> status("VmRSS:") * 1024);
        gauge(registry, "process_threads", "Threads of the kernel.", () -> status("Threads:"));
        gauge(registry, "process_open_fds", "Open descriptors.", ProcessMetrics::openDescriptors);
        gauge(
                registry,
                "jvm_heap_used_bytes",
                "Heap in use, garbage included.",
                ProcessMetrics::heapUsed);
        gauge(
                registry,
                "jvm_heap_max_bytes",
                "Most that the heap may grow to.",
                () -> Runtime.getRuntime().maxMemory());
        counter(
                registry,
                "jvm_gc_collections",
                "Garbage collections.",
                ProcessMetrics::collections);
        counter(
                registry,
                "jvm_gc_seconds",
                "Time in garbage collections.",
                ProcessMetrics::collectionSeconds);
    }

    private static void gauge(
            PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(c -> c.call(value.getAsDouble()))
                .register(registry);
    }

    private static void counter(
            PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(c -> c.call(value.getAsDouble()))
                .register(registry);
    }

    private static double cpuSeconds() {
        var used = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        return used.toMillis() / 1e3;
    }

    private static double heapUsed() {
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static double collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static double collectionSeconds() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                        .sum()
                / 1e3;
    }

    /**
     * A number of /proc/self/status; NaN, which is exposition's word for unknown, if there is none.
     */
    private static double status(String field) {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToDouble(line ->
                            Double.parseDouble(
                                    line.substring(field.length()).replace("kB", "").strip()))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private static double openDescriptors() {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
