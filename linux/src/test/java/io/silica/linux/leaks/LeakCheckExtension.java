// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;
import org.junit.platform.commons.support.AnnotationSupport;

/** Does what {@link LeakCheck} says. */
public final class LeakCheckExtension
        implements TestInstancePreConstructCallback, BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(LeakCheckExtension.class);

    /** What ends by itself, such as a thread that was told to, has this long. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long PAUSE_MILLIS = 10;

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(
            ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void preConstructTestInstance(
            TestInstanceFactoryContext factory, ExtensionContext context) throws IOException {
        remember(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        // An instance that serves all methods was made in the context of the class.
        if (context.getStore(NAMESPACE).get(context.getUniqueId()) == null) {
            remember(context);
        }
    }

    private static void remember(ExtensionContext context) throws IOException {
        JvmHabits.begin();
        context.getStore(NAMESPACE).put(context.getUniqueId(), Snapshot.take(probes(context)));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException, InterruptedException {
        var before = context.getStore(NAMESPACE).remove(context.getUniqueId(), Snapshot.class);
        if (before == null) {
            return; // The first look has failed, and with it the test.
        }
        var leaks = leaksAfterPatience(probes(context), before);
        if (!leaks.isEmpty()) {
            throw new AssertionError(describe(context, leaks));
        }
    }

    /** Waits for the condition, not for the time: most tests pass the first look. */
    private static Map<String, List<String>> leaksAfterPatience(List<Probe> probes, Snapshot before)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var leaks = Snapshot.take(probes).since(before);
            if (leaks.isEmpty() || System.nanoTime() - end > 0) {
                return leaks;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static String describe(ExtensionContext context, Map<String, List<String>> leaks) {
        return leaks.entrySet().stream()
                .map(kind ->
                        "%n  %s: %s".formatted(kind.getKey(), String.join(", ", kind.getValue())))
                .collect(Collectors.joining("", context.getDisplayName() + " left behind:", ""));
    }

    private static List<Probe> probes(ExtensionContext context) {
        var settings =
                AnnotationSupport.findAnnotation(
                                context.getRequiredTestClass(),
                                LeakCheck.class,
                                context.getEnclosingTestClasses())
                        .orElseThrow();
        var temporary = Path.of(System.getProperty("java.io.tmpdir"));
        var mountsBelow = new ArrayList<Path>(List.of(temporary));
        List.of(settings.mountsBelow()).forEach(path -> mountsBelow.add(Path.of(path)));
        return List.of(
                new ProcessProbe(),
                new DescriptorProbe(),
                new MountProbe(mountsBelow),
                new FileProbe("network namespaces", Path.of("/run/netns"), settings.prefix()),
                new CgroupProbe(List.of(settings.cgroups())),
                new ThreadProbe(),
                new FileProbe("temporary files", temporary, settings.prefix()));
    }
}
