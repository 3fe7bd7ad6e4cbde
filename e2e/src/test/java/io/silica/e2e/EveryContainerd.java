// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** One run of a test for each containerd. */
final class EveryContainerd implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<? extends TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
            ExtensionContext context) {
        var kind = Outcomes.kindOf(context.getRequiredTestClass());
        return ContainerdBuild.all().stream().map(build -> new OnOne(build, kind));
    }

    private record OnOne(ContainerdBuild build, String kind)
            implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return "containerd " + build.version();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new SharedNode(build), new Outcomes(build, kind));
        }
    }
}
