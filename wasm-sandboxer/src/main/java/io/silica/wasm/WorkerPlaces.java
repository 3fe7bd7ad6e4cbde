// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the workers of a node are: the first in the directory itself, which is all that there is
 * unless a worker has outlived the daemons that speak its protocol; each further one in a directory
 * below, named by its number.
 *
 * @param directory made with mode 0700 if it is missing
 */
record WorkerPlaces(Path directory) {
    /** The numbers of those that there are, the lowest first. */
    List<Integer> numbers() {
        try (var files = Files.list(directory)) {
            var further =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.matches("[1-9]\\d{0,8}"))
                            .map(Integer::valueOf);
            return Stream.concat(Stream.of(0), further).sorted().toList();
        } catch (NoSuchFileException _) {
            return List.of(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of one, which need not be there yet. */
    WorkerFiles files(int number) {
        return new WorkerFiles(
                number == 0 ? directory : directory.resolve(Integer.toString(number)));
    }
}
