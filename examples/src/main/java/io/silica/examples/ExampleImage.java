// SPDX-License-Identifier: Apache-2.0
package io.silica.examples;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * An image of a few files for linux/amd64, built from nothing.
 *
 * @param reference its fully qualified name: containerd finds no image under a short one
 * @param entrypoint what a container runs if its pod does not say; may be empty
 * @param files the content of each file by its absolute path; all are executable
 */
public record ExampleImage(String reference, List<String> entrypoint, Map<String, byte[]> files) {
    private static final FilePermissions EXECUTABLE = FilePermissions.fromOctalString("755");

    public ExampleImage {
        entrypoint = List.copyOf(entrypoint);
        files = Map.copyOf(files);
    }

    /**
     * The image of an example module: {@code docker.io/silica/NAME:1}, which runs {@code
     * /NAME.wasm}.
     */
    public static ExampleImage of(String module) {
        String path = "/" + module + ".wasm";
        return new ExampleImage(
                "docker.io/silica/" + module + ":1",
                List.of(path),
                Map.of(path, ExampleModules.bytes(module)));
    }

    /**
     * An image that only has to be there: containerd 2.3 looks for the pause image whatever the
     * runtime is, and a sandboxer never runs it.
     */
    public static ExampleImage pause(String reference) {
        return new ExampleImage(reference, List.of("/pause"), Map.of("/pause", new byte[0]));
    }

    /**
     * Writes the image as a tar that {@code ctr images import} reads. Equal images give equal tars.
     */
    public void writeTar(Path tar) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("silica-image");
        try {
            containerize(work, tar);
        } catch (CacheDirectoryCreationException
                | ExecutionException
                | InvalidImageReferenceException
                | RegistryException e) {
            throw new IOException("cannot write image %s to %s".formatted(reference, tar), e);
        } finally {
            deleteTree(work);
        }
    }

    private void containerize(Path work, Path tar)
            throws IOException,
                    InterruptedException,
                    CacheDirectoryCreationException,
                    ExecutionException,
                    InvalidImageReferenceException,
                    RegistryException {
        Path cache = work.resolve("cache");
        Jib.fromScratch()
                .setEntrypoint(entrypoint)
                .addFileEntriesLayer(layer(work))
                .containerize(
                        Containerizer.to(TarImage.at(tar).named(reference))
                                .setBaseImageLayersCache(cache)
                                .setApplicationLayersCache(cache)
                                .setOfflineMode(true));
    }

    private FileEntriesLayer layer(Path work) throws IOException {
        var layer = FileEntriesLayer.builder();
        for (String path : files.keySet().stream().sorted().toList()) {
            Path content = Files.createTempFile(work, "file", null);
            Files.write(content, files.get(path));
            layer.addEntry(content, AbsoluteUnixPath.get(path), EXECUTABLE);
        }
        return layer.build();
    }

    private static void deleteTree(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
