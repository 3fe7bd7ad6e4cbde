// SPDX-License-Identifier: Apache-2.0
package io.silica.manual;

import io.silica.ctl.Main;
import io.silica.server.cli.BuildInfo;
import io.silica.server.cli.DaemonCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes the pages of all programs. */
public final class ManualPages {
    private static final List<String> KINDS = List.of("wasm", "appkernel", "vmm");

    private ManualPages() {}

    /** {@code ManualPages DIRECTORY DATE}: writes {@code man1/} and {@code man8/} there. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: ManualPages DIRECTORY DATE");
            System.exit(2);
        }
        write(Path.of(arguments[0]), arguments[1]);
    }

    static void write(Path directory, String date) throws IOException {
        String release = BuildInfo.load().version();
        for (var page : all().toList()) {
            var file = directory.resolve("man" + page.section()).resolve(page.file());
            Files.createDirectories(file.getParent());
            Files.writeString(file, page.text(date, release));
        }
    }

    static Stream<ManPage> all() {
        var tool = new ManPage(Main.commands(), 1);
        var daemons = KINDS.stream().map(kind -> new ManPage(DaemonCommand.definition(kind), 8));
        return Stream.of(Stream.of(tool), tool.below(), daemons).flatMap(pages -> pages);
    }
}
