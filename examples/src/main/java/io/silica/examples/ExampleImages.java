// SPDX-License-Identifier: Apache-2.0
package io.silica.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes the images of all example modules, and a pause image, as tars into a directory. */
public final class ExampleImages {
    /** The pause image that containerd 2.3 and 2.4 ask for by default. */
    public static final String DEFAULT_PAUSE = "registry.k8s.io/pause:3.10.2";

    private ExampleImages() {}

    /**
     * {@code ExampleImages DIRECTORY [PAUSE-REFERENCE]}: prints the path of each tar that it wrote.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 1 || args.length > 2) {
            System.err.println("usage: ExampleImages DIRECTORY [PAUSE-REFERENCE]");
            System.exit(2);
        }
        String pause = args.length == 2 ? args[1] : DEFAULT_PAUSE;
        writeAll(Path.of(args[0]), pause).forEach(System.out::println);
    }

    /** Writes {@code NAME.tar} for each module, and {@code pause.tar}; the directory is made. */
    public static List<Path> writeAll(Path directory, String pauseReference)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<Path> tars = new ArrayList<>();
        for (String module : ExampleModules.names()) {
            tars.add(write(ExampleImage.of(module), directory.resolve(module + ".tar")));
        }
        tars.add(write(ExampleImage.pause(pauseReference), directory.resolve("pause.tar")));
        return tars;
    }

    private static Path write(ExampleImage image, Path tar)
            throws IOException, InterruptedException {
        image.writeTar(tar);
        return tar;
    }
}
