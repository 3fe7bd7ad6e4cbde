// SPDX-License-Identifier: Apache-2.0
package io.silica.proto;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a set of .proto files says about the wire.
 *
 * @param byName each fact under the full name of what it is about
 */
record WireFacts(SortedMap<String, WireFact> byName) {

    WireFacts {
        byName = Collections.unmodifiableSortedMap(new TreeMap<>(byName));
    }

    static WireFacts of(FileDescriptorSet files) {
        return of(files.getFileList().stream().flatMap(DescriptorReader::facts).toList());
    }

    private static WireFacts of(Collection<WireFact> facts) {
        return new WireFacts(
                facts.stream()
                        .collect(
                                toMap(
                                        WireFact::name,
                                        Function.identity(),
                                        (first, second) -> {
                                            throw new IllegalArgumentException(
                                                    first + " and " + second);
                                        },
                                        TreeMap::new)));
    }

    /** These facts as they were if {@code from}, a package or a type, had the name {@code to}. */
    WireFacts renamed(String from, String to) {
        return of(byName.values().stream().map(fact -> fact.renamed(from, to)).toList());
    }

    /** Only those facts whose protobuf package is wanted. */
    WireFacts inPackages(Predicate<String> wanted) {
        return of(
                byName.values().stream().filter(fact -> wanted.test(fact.protoPackage())).toList());
    }

    Set<String> packages() {
        return byName.values().stream().map(WireFact::protoPackage).collect(toSet());
    }

    /**
     * Where these facts deviate from the {@code real} ones, a readable line for each place.
     *
     * <p>Of the real ones only those count that are in a package of ours.
     *
     * @param leftOut full names of the real messages, enums and services that need not be here; one
     *     that is here after all, or is not real, is a deviation as well
     */
    List<String> deviationsFrom(WireFacts real, Set<String> leftOut) {
        var deviations = new ArrayList<String>();
        byName.values().stream().map(fact -> contradiction(fact, real)).forEach(deviations::addAll);
        real.inPackages(packages()::contains).byName.values().stream()
                .filter(fact -> !leftOut.contains(fact.topLevel()))
                .filter(fact -> !byName.containsKey(fact.name()))
                .map(fact -> "missing: " + fact)
                .forEach(deviations::add);
        leftOut.stream()
                .filter(name -> byName.containsKey(name) || !real.byName.containsKey(name))
                .map(name -> "not left out, or not real: " + name)
                .forEach(deviations::add);
        return deviations;
    }

    private static List<String> contradiction(WireFact ours, WireFacts real) {
        var theirs = real.byName.get(ours.name());
        if (theirs == null) {
            return List.of("not real: " + ours);
        }
        return theirs.says().equals(ours.says())
                ? List.of()
                : List.of("different: " + ours + "; really " + theirs.says());
    }
}
