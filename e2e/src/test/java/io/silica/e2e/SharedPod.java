// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * Gives the sentences of a class a pod that they share, on the node of the class, and takes a
 * refusal for the answer where the kind declares one. A sentence that fails, or removes the pod,
 * leaves the next one to another.
 */
final class SharedPod
        implements BeforeEachCallback, AfterEachCallback, InvocationInterceptor, ParameterResolver {
    private static final Namespace PODS = Namespace.create(SharedPod.class);
    private static final String POD = "pod";

    private final Kind kind;
    private final SharedNode nodes;

    SharedPod(ContainerdBuild build, Kind kind) {
        this.kind = kind;
        this.nodes = new SharedNode(build);
    }

    /** Passes the sentence over where what the kind needs is missing. */
    @Override
    public void beforeEach(ExtensionContext context) {
        if (pod(context).isEmpty()) {
            store(context).put(POD, PodUnderTest.run(nodes.node(context), kind));
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == PodUnderTest.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return pod(context).orElseThrow();
    }

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> sentence,
            ReflectiveInvocationContext<Method> call,
            ExtensionContext context)
            throws Throwable {
        var refusal = kind.refusal(call.getExecutable().getName());
        if (refusal.isEmpty()) {
            sentence.proceed();
        } else {
            assertThatThrownBy(sentence::proceed)
                    .isNotInstanceOf(AssertionError.class)
                    .hasMessageContaining(refusal.get());
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        var shared = pod(context);
        if (hasFailed(context)) {
            var node = nodes.node(context);
            nodes.showLogs(node, context, kind.handler() + "-");
            store(context).remove(POD);
            Leftovers.removePods(node.cri());
        } else if (shared.isPresent() && shared.get().pod().isRemoved()) {
            store(context).remove(POD);
            shared.get().close();
        } else {
            shared.ifPresent(PodUnderTest::removeContainers);
        }
    }

    /** That a kind is passed over is no failure. */
    private static boolean hasFailed(ExtensionContext context) {
        return context.getExecutionException()
                .filter(it -> !(it instanceof TestAbortedException))
                .isPresent();
    }

    private static Optional<PodUnderTest> pod(ExtensionContext context) {
        return Optional.ofNullable(store(context).get(POD, PodUnderTest.class));
    }

    /** JUnit closes what is in it when the class is done for the kind. */
    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getParent().orElseThrow().getStore(PODS);
    }
}
