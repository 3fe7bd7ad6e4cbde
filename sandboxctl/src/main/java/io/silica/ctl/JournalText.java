// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.Table;
import io.silica.ctl.journal.ConnectionReport;
import io.silica.ctl.journal.JournalReport;
import io.silica.ctl.journal.MachineLife;
import io.silica.ctl.journal.RequestReport;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A journal for humans: what it is, and a line for each connection and each request. */
record JournalText(Path file, JournalReport report, MachineLife life) {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    void print(PrintStream out) {
        header().print(out);
        if (!report.connections().isEmpty()) {
            connections().print(out);
        }
    }

    private Table header() {
        var table = new Table("JOURNAL", file.toString());
        table.add("version", String.valueOf(report.version()));
        table.add("boot", report.boot() + (isOfThisLife() ? "" : ", which has ended"));
        table.add("holder", report.holder());
        table.add("in use", "half %d, generation %d".formatted(report.half(), report.generation()));
        table.add(
                "size",
                "%d bytes, %d in each half".formatted(report.fileBytes(), report.halfBytes()));
        table.add(
                "written",
                "%s in %d records".formatted(share(report.writtenBytes()), report.records()));
        table.add(
                "taken",
                share(report.takenBytes()) + " for what is listed here, and the notes on its end");
        table.add("connections", String.valueOf(report.connections().size()));
        return table;
    }

    private String share(long bytes) {
        return "%d bytes (%d %% of a half)".formatted(bytes, bytes * 100 / report.halfBytes());
    }

    private Table connections() {
        var table =
                new Table(
                        "CONNECTION", "STREAM", "SERVICE", "METHOD", "ARRIVED", "BYTES", "REQUEST");
        for (var connection : report.connections()) {
            for (var request : connection.requests()) {
                table.add(row(connection, request));
            }
            remarks(connection).forEach(text -> table.add(row(connection, text)));
        }
        return table;
    }

    private String[] row(ConnectionReport connection, RequestReport request) {
        var content = request.content();
        return new String[] {
            String.valueOf(connection.id()),
            String.valueOf(request.stream()),
            content.service(),
            content.method(),
            arrived(request),
            String.valueOf(request.bytes()),
            words(request)
        };
    }

    private static String[] row(ConnectionReport connection, String remark) {
        return new String[] {String.valueOf(connection.id()), "", "", "", "", "", remark};
    }

    private static List<String> remarks(ConnectionReport connection) {
        List<String> remarks = new ArrayList<>();
        if (connection.begunBytes() > 0) {
            remarks.add("a frame of which %d bytes have come".formatted(connection.begunBytes()));
        }
        if (connection.bytesToSkip() > 0) {
            remarks.add(
                    "a frame that is too long, with %d bytes to come"
                            .formatted(connection.bytesToSkip()));
        }
        if (connection.sentInPart()) {
            remarks.add("an answer that was sent in part");
        }
        return connection.requests().isEmpty() && remarks.isEmpty()
                ? List.of("no request without an answer")
                : remarks;
    }

    private String arrived(RequestReport request) {
        return isOfThisLife()
                ? life.at(request.arrivedNanos()).truncatedTo(ChronoUnit.MILLIS).toString()
                : "%d s after the boot".formatted(request.arrivedNanos() / NANOS_PER_SECOND);
    }

    private static String words(RequestReport request) {
        var content = request.content();
        List<String> words = new ArrayList<>();
        if (!content.namespace().isEmpty()) {
            words.add("namespace=" + content.namespace());
        }
        content.shown().forEach((name, value) -> words.add(name + "=" + value));
        if (!content.withheld().isEmpty()) {
            words.add("withheld: " + String.join(", ", content.withheld()));
        }
        return String.join(" ", words);
    }

    private boolean isOfThisLife() {
        return report.boot().equals(life.boot());
    }
}
