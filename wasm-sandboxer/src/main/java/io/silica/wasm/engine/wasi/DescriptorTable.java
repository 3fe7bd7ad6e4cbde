// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a guest has open, by number. It owns all of it. Used by the guest's thread only. */
final class DescriptorTable implements AutoCloseable {
    /** The worker's descriptors are for all guests. */
    static final int MOST = 1024;

    private final List<@Nullable WasiDescriptor> descriptors = new ArrayList<>();

    /**
     * Gives it the lowest number that is free.
     *
     * @throws WasiFailure if there are too many; then it is closed
     */
    int add(WasiDescriptor descriptor) {
        int free = descriptors.indexOf(null);
        if (free >= 0) {
            descriptors.set(free, descriptor);
            return free;
        }
        if (descriptors.size() >= MOST) {
            descriptor.close();
            throw new WasiFailure(WasiErrno.TOO_MANY_FILES);
        }
        descriptors.add(descriptor);
        return descriptors.size() - 1;
    }

    /**
     * What has a number.
     *
     * @throws WasiFailure if nothing has
     */
    WasiDescriptor get(long number) {
        int index = (int) number;
        var found = index >= 0 && index < descriptors.size() ? descriptors.get(index) : null;
        if (found == null) {
            throw new WasiFailure(WasiErrno.BAD_DESCRIPTOR);
        }
        return found;
    }

    WasiDescriptor.Directory directory(long number) {
        return switch (get(number)) {
            case WasiDescriptor.Directory directory -> directory;
            case WasiDescriptor.File _,
                    WasiDescriptor.Input _,
                    WasiDescriptor.Output _,
                    GuestSocket _ ->
                    throw new WasiFailure(WasiErrno.NOT_DIRECTORY);
        };
    }

    WasiDescriptor.File file(long number) {
        return switch (get(number)) {
            case WasiDescriptor.File file -> file;
            case WasiDescriptor.Directory _ -> throw new WasiFailure(WasiErrno.IS_DIRECTORY);
            case WasiDescriptor.Input _, WasiDescriptor.Output _, GuestSocket _ ->
                    throw new WasiFailure(WasiErrno.CANNOT_SEEK);
        };
    }

    GuestSocket.Connection connection(long number) {
        return switch (get(number)) {
            case GuestSocket.Connection connection -> connection;
            case GuestSocket.Listener _ -> throw new WasiFailure(WasiErrno.NOT_CONNECTED);
            case WasiDescriptor.Directory _,
                    WasiDescriptor.File _,
                    WasiDescriptor.Input _,
                    WasiDescriptor.Output _ ->
                    throw new WasiFailure(WasiErrno.NOT_SOCKET);
        };
    }

    void close(long number) {
        var closed = get(number);
        descriptors.set((int) number, null);
        closed.close();
    }

    /** Gives one the number of another one, which is closed. */
    void move(long from, long to) {
        var moved = get(from);
        var replaced = get(to);
        if ((int) from != (int) to) {
            descriptors.set((int) to, moved);
            descriptors.set((int) from, null);
            replaced.close();
        }
    }

    @Override
    public void close() {
        for (var descriptor : descriptors) {
            if (descriptor != null) {
                descriptor.close();
            }
        }
        descriptors.clear();
    }
}
