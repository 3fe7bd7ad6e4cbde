// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** All metrics at a moment, as text. */
record Exposition(String contentType, String text) {
    /** Written as OpenMetrics for those who accept it, else in the older format of Prometheus. */
    static Exposition of(MetricSnapshots snapshots, String accepted) {
        var openMetrics = OpenMetricsTextFormatWriter.create();
        return openMetrics.accepts(accepted)
                ? write(openMetrics, snapshots)
                : write(PrometheusTextFormatWriter.create(), snapshots);
    }

    private static Exposition write(ExpositionFormatWriter writer, MetricSnapshots snapshots) {
        try {
            var text = new ByteArrayOutputStream();
            writer.write(text, snapshots);
            return new Exposition(writer.getContentType(), text.toString(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to memory", e);
        }
    }
}
