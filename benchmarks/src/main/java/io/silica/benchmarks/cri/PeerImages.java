// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import io.silica.examples.ExampleImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes the images that pods of runc need as tars, from static programs. Arguments: the directory
 * with the programs {@code hello} and {@code pause}, which is also where the tars are to be, and
 * the name of the pause image.
 */
public final class PeerImages {
    static final String HELLO = "docker.io/silica/hello-linux:1";

    private PeerImages() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var directory = Path.of(arguments[0]);
        write(HELLO, directory.resolve("hello"));
        write(arguments[1], directory.resolve("pause"));
    }

    private static void write(String reference, Path program)
            throws IOException, InterruptedException {
        var path = "/" + program.getFileName();
        new ExampleImage(reference, List.of(path), Map.of(path, Files.readAllBytes(program)))
                .writeTar(Path.of(program + ".tar"));
    }
}
