// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.StateRecord.Written;
import io.silica.ctl.cli.CommandException;
import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code sandboxctl boot-report}: how the start of a pod divides; its daemon need not run. */
@Command(
        name = "boot-report",
        description = {
            "Shows how long each part of a pod's start took, and when it began.",
            "For pods of the kind vmm, which is the only one that writes it down."
        },
        mixinStandardHelpOptions = true)
final class BootReportCommand implements Callable<Integer> {
    private static final Pattern PHASE = Pattern.compile("([a-z][a-z -]{0,30})=([0-9]{1,9})");
    private static final int WIDTH = 50;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SandboxCtl ctl;

    @Mixin private StateDirectoryOption daemons = new StateDirectoryOption();

    @Parameters(paramLabel = "POD", description = "The sandbox's id, or how it begins.")
    private String id = "";

    /** A part, in milliseconds. */
    private record Phase(String name, int began, int took) {
        int end() {
            return began + took;
        }
    }

    @Override
    public Integer call() throws IOException {
        var phases = phases(record().content().at("/identity/boot").asString(""));
        if (phases.isEmpty()) {
            throw new CommandException(
                    "nothing is written down about the start of sandbox " + id, null);
        }
        int all = phases.getLast().end();
        var table = new Table("PART", "BEGAN", "TOOK", "");
        for (var phase : phases) {
            table.add(phase.name(), seconds(phase.began()), seconds(phase.took()), bar(phase, all));
        }
        table.add("all", seconds(0), seconds(all), "");
        table.print(ctl.out());
        return ExitCode.OK;
    }

    private Written record() throws IOException {
        var found = new ArrayList<Written>();
        for (Path each : daemons.directories()) {
            for (var record : StateReader.read(each)) {
                if (record instanceof Written written && written.id().startsWith(id)) {
                    found.add(written);
                }
            }
        }
        var exact = found.stream().filter(written -> written.id().equals(id)).findFirst();
        if (exact.isPresent()) {
            return exact.get();
        }
        if (found.size() != 1) {
            throw new CommandException(
                    "%s sandboxes that can be read begin with %s"
                            .formatted(found.isEmpty() ? "no" : found.size(), id),
                    null);
        }
        return found.getFirst();
    }

    private static List<Phase> phases(String text) {
        var phases = new ArrayList<Phase>();
        int began = 0;
        for (var part : text.split(",", -1)) {
            var matcher = PHASE.matcher(part);
            if (!matcher.matches()) {
                return List.of();
            }
            var phase = new Phase(matcher.group(1), began, Integer.parseInt(matcher.group(2)));
            phases.add(phase);
            began = phase.end();
        }
        return phases;
    }

    private static String seconds(int milliseconds) {
        return "%d.%03d s".formatted(milliseconds / 1000, milliseconds % 1000);
    }

    /** In proportion; what took no time is a thin line. */
    private static String bar(Phase phase, int all) {
        long scale = Math.max(1, all);
        int before = (int) (WIDTH * (long) phase.began() / scale);
        int length = (int) (WIDTH * (long) phase.end() / scale) - before;
        return ".".repeat(before) + (length == 0 ? "|" : "#".repeat(length));
    }
}
