// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The picture in docs/architecture.md is what the imports say. */
final class ArchitectureTest {
    private static final Pattern GENERATED =
            Pattern.compile("io\\.silica\\.(proto\\..*|ttrpc\\.wire)");
    private static final Pattern TESTS = Pattern.compile(".*-tests\\.jar!.*");
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.matches(TESTS))
                    .importPackages("io.silica");

    /** What a module may know of Silica beside itself. */
    @ParameterizedTest(name = "{0} knows only {1}")
    @CsvSource({
        "proto, ''",
        "linux, ''",
        "sandbox, ''",
        "ttrpc, 'linux'",
        "server, 'proto ttrpc linux sandbox'",
        "wasm, 'proto ttrpc linux sandbox server'",
        "appkernel, 'proto ttrpc linux sandbox server'",
        "agent, 'proto ttrpc linux sandbox'",
        "vmm, 'proto ttrpc linux sandbox server'",
        "ctl, 'proto ttrpc'",
        "manual, 'server ctl'",
        "examples, ''"
    })
    void aModuleKnowsOnlyThoseBelowIt(String module, String below) {
        Set<String> others =
                Set.of(
                        "proto",
                        "linux",
                        "sandbox",
                        "ttrpc",
                        "server",
                        "wasm",
                        "appkernel",
                        "agent",
                        "vmm",
                        "ctl",
                        "manual",
                        "examples");
        String[] forbidden =
                others.stream()
                        .filter(other ->
                                !other.equals(module)
                                        && !List.of(below.split(" ", -1)).contains(other))
                        .map(other -> "io.silica." + other + "..")
                        .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage("io.silica." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(false)
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wasm", "appkernel", "vmm"})
    void ofAKindOnlyItsMainAndWhatIsBesideItKnowTheServer(String kind) {
        noClasses()
                .that(resideInAPackage("io.silica." + kind + ".."))
                .and()
                .resideOutsideOfPackage("io.silica." + kind)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.silica.server..")
                .check(CLASSES);
    }

    @Test
    void packagesDoNotGoRoundInCircles() {
        slices().matching("io.silica.(**)")
                .that(
                        describe(
                                "are written by hand",
                                slice -> !slice.getDescription().contains("proto")))
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    /** Memory outside the heap may be anybody's buffer; calling into a library is linux's alone. */
    @Test
    void onlyLinuxMakesNativeCalls() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.silica.linux..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Linker.class, SymbolLookup.class, FunctionDescriptor.class)
                .check(CLASSES);
    }

    /** But "service manager" is systemd's word for what starts and watches a daemon. */
    @Test
    void noClassIsNamedAfterNothing() {
        classes()
                .that()
                .resideOutsideOfPackage("io.silica.proto..")
                .should()
                .haveNameNotMatching(".*(Utils?|Helper|(?<!Service)Manager|Impl|Common)")
                .check(CLASSES);
    }

    @Test
    void noPackageIsNamedAfterNothing() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        "..util..", "..common..", "..impl..", "..manager..", "..helper..")
                .check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(CLASSES)
                .extracting(JavaClass::getPackage)
                .filteredOn(p -> !p.isAnnotatedWith(NullMarked.class))
                .extracting(JavaPackage::getName)
                .filteredOn(name -> !GENERATED.matcher(name).matches())
                .isEmpty();
    }
}
