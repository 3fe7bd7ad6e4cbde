// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Makes the directory of temporary files that the build names for this JVM. Each JVM that runs
 * tests has one of its own, so that the {@link LeakCheck} of one does not take the files and mounts
 * of another for what its own tests left.
 */
public final class TemporaryDirectory implements LauncherSessionListener {
    private final Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    private boolean ours;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        ours = !Files.isDirectory(directory);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("make the directory of temporary files", e);
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (!ours) {
            return;
        }
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException _) {
            // A test left a file there, which its own check has told.
        } catch (IOException e) {
            throw new UncheckedIOException("remove the directory of temporary files", e);
        }
    }
}
