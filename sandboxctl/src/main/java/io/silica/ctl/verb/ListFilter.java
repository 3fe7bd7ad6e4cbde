// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Which pods or containers a list has, as crictl's options say it. */
final class ListFilter {
    @Option(
            names = "--name",
            paramLabel = "REGEX",
            defaultValue = "",
            description = "Those with such a name only.")
    private Pattern name = Pattern.compile("");

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "Those with this label only. May be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = {"-n", "--last"},
            paramLabel = "N",
            defaultValue = "0",
            description = "The last N that were created only, in whatever state.")
    private int last;

    @Option(
            names = {"-l", "--latest"},
            description = "The same with one.")
    private boolean latest;

    Map<String, String> labels() {
        return labels;
    }

    /** Whether it is asked for some whatever their state is. */
    boolean isOfLast() {
        return latest || last > 0;
    }

    /** Those of a list that have the name, the latest first. */
    <T> List<T> of(List<T> all, Function<T, String> nameOf, ToLongFunction<T> createdAt) {
        return all.stream()
                .filter(it -> name.matcher(nameOf.apply(it)).find())
                .sorted(Comparator.comparingLong(createdAt).reversed())
                .limit(most())
                .toList();
    }

    private long most() {
        if (latest) {
            return 1;
        }
        return last > 0 ? last : Long.MAX_VALUE;
    }
}
