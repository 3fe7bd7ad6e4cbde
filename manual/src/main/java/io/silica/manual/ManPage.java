// SPDX-License-Identifier: Apache-2.0
package io.silica.manual;

import static io.silica.manual.Roff.bold;
import static io.silica.manual.Roff.italic;
import static io.silica.manual.Roff.plain;
import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The page of one command.
 *
 * @param command as the program defines it
 * @param section of the manual: 1, or 8 for a daemon
 */
record ManPage(CommandSpec command, int section) {
    /** The page of {@code sandboxctl run} is {@code sandboxctl-run}. */
    String name() {
        return command.qualifiedName("-");
    }

    /** The name of its file. */
    String file() {
        return name() + "." + section;
    }

    /** The pages of the commands below it, theirs among them. */
    Stream<ManPage> below() {
        return children().flatMap(child -> Stream.concat(Stream.of(child), child.below()));
    }

    /**
     * The page as man(7) has it.
     *
     * @param date of the release: 2026-11-22
     * @param release such as 0.1.0
     */
    String text(String date, String release) {
        var page = new Roff();
        page.line(
                ".TH \"%s\" %d \"%s\" \"Silica %s\" \"Silica\""
                        .formatted(plain(name()), section, date, plain(release)));
        page.section("NAME").line(plain(name()) + " \\- " + plain(summary()));
        page.section("SYNOPSIS").line(plain(synopsis()));
        page.section("DESCRIPTION");
        Arrays.stream(command.usageMessage().description())
                .forEach(line -> page.paragraph(rendered(line)));
        arguments(page);
        commands(page);
        exitStatus(page);
        seeAlso(page);
        return page.toString();
    }

    private String summary() {
        return Arrays.stream(command.usageMessage().description())
                .findFirst()
                .map(ManPage::rendered)
                .orElse(name())
                .replaceFirst("\\.$", "");
    }

    private String synopsis() {
        return new Help(command, Help.defaultColorScheme(Ansi.OFF)).synopsis(0);
    }

    private void arguments(Roff page) {
        var arguments =
                Stream.<ArgSpec>concat(
                                command.positionalParameters().stream(), command.options().stream())
                        .filter(argument -> !argument.hidden())
                        .toList();
        if (!arguments.isEmpty()) {
            page.section("OPTIONS");
            arguments.forEach(argument -> page.entry(term(argument), words(argument)));
        }
    }

    /** Its names, and how its value is called if it has one. */
    private static String term(ArgSpec argument) {
        String names =
                argument instanceof OptionSpec option
                        ? Arrays.stream(option.names()).map(Roff::bold).collect(joining(", "))
                        : "";
        boolean hasValue = argument.arity().max() > 0;
        return (names + (hasValue ? " " + italic(argument.paramLabel()) : "")).strip();
    }

    private static String words(ArgSpec argument) {
        return rendered(String.join(" ", argument.description()));
    }

    private void commands(Roff page) {
        var children = children().toList();
        if (!children.isEmpty()) {
            page.section("COMMANDS");
            children.forEach(child -> page.entry(child.reference(), child.summary() + "."));
        }
    }

    private void exitStatus(Roff page) {
        var codes = command.usageMessage().exitCodeList();
        if (!codes.isEmpty()) {
            page.section("EXIT STATUS");
            codes.forEach((code, meaning) -> page.entry(bold(code), rendered(meaning)));
        }
    }

    private void seeAlso(Roff page) {
        if (command.parent() != null) {
            page.section("SEE ALSO").line(new ManPage(command.parent(), section).reference());
        }
    }

    private String reference() {
        return bold(name()) + "(" + section + ")";
    }

    private Stream<ManPage> children() {
        return command.subcommands().values().stream()
                .map(child -> child.getCommandSpec())
                .filter(child -> !child.usageMessage().hidden())
                .map(child -> new ManPage(child, section));
    }

    /** As picocli prints it: it takes what it is given for a format. */
    private static String rendered(String words) {
        return words.replace("%n", " ").replace("%%", "%");
    }
}
