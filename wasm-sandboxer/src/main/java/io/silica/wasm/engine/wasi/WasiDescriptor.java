// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.Beneath;
import io.silica.linux.Beneath.Resolve;
import io.silica.linux.OpenDirectory;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFlag;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a guest knows by a number. */
sealed interface WasiDescriptor extends AutoCloseable
        permits WasiDescriptor.Input,
                WasiDescriptor.Output,
                WasiDescriptor.File,
                WasiDescriptor.Directory,
                GuestSocket {
    @Override
    default void close() {}

    /** A stream to read from, whose end the guest does not own. */
    record Input(InputStream stream) implements WasiDescriptor {}

    /** A stream to write to. */
    record Output(OutputStream stream) implements WasiDescriptor {}

    /**
     * A regular file.
     *
     * @param readOnly whether it is below a directory that refuses changes
     * @param flags {@code fdflags} that it was opened with
     * @param rights that it was opened with
     */
    record File(OpenFile file, boolean readOnly, int flags, long rights) implements WasiDescriptor {
        @Override
        public void close() {
            file.close();
        }
    }

    /** A directory, below which paths are resolved. */
    final class Directory implements WasiDescriptor {
        private final Beneath place;
        private final boolean readOnly;
        private final Optional<String> preopen;
        private @Nullable OpenDirectory listing;

        /**
         * Owns the place from now on.
         *
         * @param readOnly whether everything below it refuses changes
         * @param preopen the name by which the guest finds it open
         */
        Directory(Beneath place, boolean readOnly, Optional<String> preopen) {
            this.place = place;
            this.readOnly = readOnly;
            this.preopen = preopen;
        }

        Beneath place() {
            return place;
        }

        boolean readOnly() {
            return readOnly;
        }

        Optional<String> preopen() {
            return preopen;
        }

        /** The same, open for reading. */
        OpenDirectory listing() {
            if (listing == null) {
                listing =
                        new OpenDirectory(
                                place.open(
                                        ".", Resolve.BENEATH, OpenFlag.READ, OpenFlag.DIRECTORY));
            }
            return listing;
        }

        @Override
        public void close() {
            place.close();
            if (listing != null) {
                listing.close();
            }
        }
    }
}
