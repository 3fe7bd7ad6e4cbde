// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import java.util.BitSet;
import java.util.Map;
import run.endive.runtime.HostFunction;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmFunctionHandle;

/**
 * Refuses changes below the directories of a guest that are read-only, which Endive knows nothing
 * about: what is opened below such a directory is read-only, too. Used by the guest's thread only.
 */
final class ReadOnlyDescriptors {
    /**
     * Numbers of WASI preview 1: {@code errno}, {@code oflags}, {@code fdflags}, {@code rights}.
     */
    private static final int SUCCESS = 0;

    private static final long[] READ_ONLY_FILE_SYSTEM = {69};
    private static final long CREATE_OR_TRUNCATE = 1 | 1 << 3;
    private static final long APPEND = 1;
    private static final long RIGHT_TO_WRITE = 1 << 6;

    /** Which parameters of a function are descriptors below which it changes something. */
    private static final Map<String, int[]> CHANGED =
            Map.ofEntries(
                    Map.entry("fd_allocate", new int[] {0}),
                    Map.entry("fd_filestat_set_size", new int[] {0}),
                    Map.entry("fd_filestat_set_times", new int[] {0}),
                    Map.entry("path_create_directory", new int[] {0}),
                    Map.entry("path_filestat_set_times", new int[] {0}),
                    Map.entry("path_link", new int[] {0, 4}),
                    Map.entry("path_remove_directory", new int[] {0}),
                    Map.entry("path_rename", new int[] {0, 3}),
                    Map.entry("path_symlink", new int[] {2}),
                    Map.entry("path_unlink_file", new int[] {0}));

    private final BitSet descriptors = new BitSet();

    void add(int descriptor) {
        descriptors.set(descriptor);
    }

    /** The function, made to respect what is read-only. */
    HostFunction guard(HostFunction function) {
        var call = function.handle();
        return switch (function.name()) {
            case "path_open" -> with(function, (instance, args) -> open(call, instance, args));
            case "fd_close" -> with(function, (instance, args) -> close(call, instance, args));
            case "fd_renumber" -> with(function, (instance, args) -> move(call, instance, args));
            default -> changing(function, call);
        };
    }

    private HostFunction changing(HostFunction function, WasmFunctionHandle call) {
        var changed = CHANGED.get(function.name());
        return changed == null
                ? function
                : with(
                        function,
                        (instance, args) ->
                                isAnyReadOnly(changed, args)
                                        ? READ_ONLY_FILE_SYSTEM.clone()
                                        : call.apply(instance, args));
    }

    private static HostFunction with(HostFunction function, WasmFunctionHandle handle) {
        return new HostFunction(
                function.module(), function.name(), function.functionType(), handle);
    }

    /**
     * {@code path_open(fd, dirflags, path, path_len, oflags, rights_base, rights_inheriting,
     * fdflags, opened)}.
     */
    private long[] open(WasmFunctionHandle call, Instance instance, long[] args) {
        boolean below = isReadOnly(args[0]);
        boolean changes =
                (args[4] & CREATE_OR_TRUNCATE) != 0
                        || (args[5] & RIGHT_TO_WRITE) != 0
                        || (args[7] & APPEND) != 0;
        if (below && changes) {
            return READ_ONLY_FILE_SYSTEM.clone();
        }
        var result = call.apply(instance, args);
        if (below && result[0] == SUCCESS) {
            add(opened(instance.memory(), (int) args[8]));
        }
        return result;
    }

    private static int opened(Memory memory, int address) {
        return memory.readInt(address);
    }

    private long[] close(WasmFunctionHandle call, Instance instance, long[] args) {
        var result = call.apply(instance, args);
        if (result[0] == SUCCESS) {
            descriptors.clear((int) args[0]);
        }
        return result;
    }

    /** {@code fd_renumber(from, to)}. */
    private long[] move(WasmFunctionHandle call, Instance instance, long[] args) {
        var result = call.apply(instance, args);
        if (result[0] == SUCCESS) {
            descriptors.set((int) args[1], isReadOnly(args[0]));
            descriptors.clear((int) args[0]);
        }
        return result;
    }

    private boolean isAnyReadOnly(int[] parameters, long[] args) {
        for (int parameter : parameters) {
            if (isReadOnly(args[parameter])) {
                return true;
            }
        }
        return false;
    }

    private boolean isReadOnly(long descriptor) {
        return (int) descriptor >= 0 && descriptors.get((int) descriptor);
    }
}
