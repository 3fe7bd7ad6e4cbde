// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One run of a class for each kind on each containerd that it runs on, or for the kinds of {@code
 * -Dsilica.kinds=wasm}.
 */
final class EveryKind implements ClassTemplateInvocationContextProvider {
    private static final List<String> WANTED =
            List.of(System.getProperty("silica.kinds", "").split(",", -1));

    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<? extends ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
            ExtensionContext context) {
        return ContainerdBuild.all().stream()
                .flatMap(build ->
                        kinds().filter(kind -> kind.runsOn(build))
                                .map(kind -> new OnOne(build, kind)));
    }

    private static Stream<Kind> kinds() {
        return Kind.ALL.stream()
                .filter(kind -> WANTED.contains("") || WANTED.contains(kind.handler()));
    }

    private record OnOne(ContainerdBuild build, Kind kind)
            implements ClassTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return kind.handler() + " on containerd " + build.version();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new SharedPod(build, kind), new Outcomes(build, kind.handler()));
        }
    }
}
