// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.journal.ConnectionReport;
import io.silica.ctl.journal.JournalReport;
import io.silica.ctl.journal.MachineLife;
import io.silica.ctl.journal.RequestReport;
import java.nio.file.Path;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A journal for scripts. */
final class JournalJson {
    private final MachineLife life;
    private final boolean isOfThisLife;

    private JournalJson(JournalReport report, MachineLife life) {
        this.life = life;
        this.isOfThisLife = report.boot().equals(life.boot());
    }

    static ObjectNode of(Path file, JournalReport report, MachineLife life) {
        return new JournalJson(report, life).journal(file, report);
    }

    static ObjectNode problem(Path file, String problem) {
        return node().put("file", file.toString()).put("problem", problem);
    }

    private ObjectNode journal(Path file, JournalReport report) {
        var journal =
                node().put("file", file.toString())
                        .put("version", report.version())
                        .put("boot", report.boot())
                        .put("isOfThisBoot", isOfThisLife)
                        .put("holder", report.holder())
                        .put("generation", report.generation())
                        .put("half", report.half())
                        .put("fileBytes", report.fileBytes())
                        .put("halfBytes", report.halfBytes())
                        .put("writtenBytes", report.writtenBytes())
                        .put("takenBytes", report.takenBytes())
                        .put("records", report.records());
        var connections = journal.putArray("connections");
        report.connections().forEach(each -> connections.add(connection(each)));
        return journal;
    }

    private ObjectNode connection(ConnectionReport report) {
        var connection =
                node().put("id", report.id())
                        .put("consumed", report.consumed())
                        .put("sentInPart", report.sentInPart())
                        .put("begunBytes", report.begunBytes())
                        .put("bytesToSkip", report.bytesToSkip());
        var requests = connection.putArray("requests");
        report.requests().forEach(each -> requests.add(request(each)));
        return connection;
    }

    /** Of another life of the machine it is not known when it began. */
    private ObjectNode request(RequestReport report) {
        var content = report.content();
        var request =
                node().put("stream", report.stream())
                        .put("service", content.service())
                        .put("method", content.method())
                        .put("namespace", content.namespace())
                        .put("arrivedNanosAfterBoot", report.arrivedNanos())
                        .put("bytes", report.bytes());
        if (isOfThisLife) {
            request.put("arrived", life.at(report.arrivedNanos()).toString());
        }
        var shown = request.putObject("request");
        content.shown().forEach(shown::putPOJO);
        var withheld = request.putArray("withheld");
        content.withheld().forEach(withheld::add);
        return request;
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
