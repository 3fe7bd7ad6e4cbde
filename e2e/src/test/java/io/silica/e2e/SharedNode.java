// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test the node of its class and its containerd, fails it if it leaves something there, and
 * shows the logs if it fails.
 */
final class SharedNode implements AfterEachCallback, ParameterResolver {
    private static final Namespace NODES = Namespace.create(SharedNode.class);

    private final ContainerdBuild build;

    SharedNode(ContainerdBuild build) {
        this.build = build;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Node.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return node(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Node node = node(context);
        try {
            if (context.getExecutionException().isEmpty()) {
                Leftovers.assertNone(node);
            } else {
                showLogs(node, context, "");
            }
        } catch (AssertionError e) {
            showLogs(node, context, "");
            throw e;
        } finally {
            Leftovers.removePods(node.cri());
        }
    }

    /** JUnit closes what the class's store holds when the class is done. */
    Node node(ExtensionContext context) {
        ExtensionContext ofClass =
                context.getParent().flatMap(ExtensionContext::getParent).orElseThrow();
        return ofClass.getStore(NODES).computeIfAbsent(build, Node::start, Node.class);
    }

    /**
     * Shows the ends of all logs, and keeps the whole; of a test that runs for several kinds, with
     * the kind.
     */
    void showLogs(Node node, ExtensionContext context, String kind) {
        System.err.println("==== " + context.getUniqueId());
        node.sandboxers().forEach(it -> System.err.println(it.endOfLog()));
        System.err.println(node.containerd().endOfLog());
        keepLogs(node, kind + context.getRequiredTestMethod().getName());
    }

    /** The node's directory goes with it. */
    private void keepLogs(Node node, String test) {
        Path kept = Path.of("target", "logs", build.version(), test);
        try (Stream<Path> files = Files.list(node.directory())) {
            Files.createDirectories(kept);
            for (Path log : files.filter(it -> it.toString().endsWith(".log")).toList()) {
                Files.copy(log, kept.resolve(log.getFileName()), REPLACE_EXISTING);
            }
            System.err.println("==== the whole logs are in " + kept.toAbsolutePath());
        } catch (IOException e) {
            System.err.println("==== the logs are lost: " + e);
        }
    }
}
