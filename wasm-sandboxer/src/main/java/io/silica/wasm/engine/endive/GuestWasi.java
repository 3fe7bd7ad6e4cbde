// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.WasiConfig;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.wasi.WasiOptions;
import run.endive.wasi.WasiPreview1;
import run.endive.wasm.types.FunctionType;

/**
 * WASI preview 1 for one instance: Endive's functions, with directories that can be read-only,
 * streams that end with the guest, and randomness that is random.
 *
 * <p>Endive reaches files by path and follows links as the host does. That is no boundary: until
 * paths are resolved beneath their preopen by the kernel, the images and volumes of a container
 * must be trusted.
 */
final class GuestWasi implements AutoCloseable {
    /** The name of WASI preview 1 in an import. */
    static final String MODULE = "wasi_snapshot_preview1";

    /** The functions that there are, by name. */
    static final Map<String, FunctionType> TYPES =
            Arrays.stream(WasiPreview1.builder().build().toHostFunctions())
                    .collect(Collectors.toMap(HostFunction::name, HostFunction::functionType));

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Descriptors 0 to 2 are the streams. */
    private static final int FIRST_PREOPEN = 3;

    /** A parameter of both functions that look a path up, and a bit of it. */
    private static final int LOOKUP_FLAGS = 1;

    private static final long FOLLOW_LINKS = 1;

    private final WasiPreview1 functions;
    private final UnaryOperator<HostFunction> guard;

    /**
     * @param ended whether the guest is being ended: a stream that fails then fails for that reason
     */
    GuestWasi(WasiConfig config, BooleanSupplier ended) {
        this.functions = WasiPreview1.builder().withOptions(options(config, ended)).build();
        var readOnly = new ReadOnlyDescriptors();
        for (int i = 0; i < config.preopens().size(); i++) {
            if (config.preopens().get(i).readOnly()) {
                readOnly.add(FIRST_PREOPEN + i);
            }
        }
        var reads = new BoundedReads(functions);
        this.guard = function -> readOnly.guard(withoutLinks(reads.guard(function)));
    }

    /**
     * Where links are followed, Endive compares real paths, and a directory that is a descriptor
     * below /proc has none that means anything in this process: it would refuse everything. A link
     * at the end of a path was refused before, too.
     */
    private static HostFunction withoutLinks(HostFunction function) {
        if (!function.name().equals("path_open") && !function.name().equals("path_filestat_get")) {
            return function;
        }
        var call = function.handle();
        return new HostFunction(
                function.module(),
                function.name(),
                function.functionType(),
                (instance, args) -> {
                    var changed = args.clone();
                    changed[LOOKUP_FLAGS] &= ~FOLLOW_LINKS;
                    return call.apply(instance, changed);
                });
    }

    /** What an instance imports. */
    ImportValues imports() {
        var guarded =
                Arrays.stream(functions.toHostFunctions()).map(guard).toArray(HostFunction[]::new);
        return ImportValues.builder().addFunction(guarded).build();
    }

    private static WasiOptions options(WasiConfig config, BooleanSupplier ended) {
        var options =
                WasiOptions.builder()
                        .withRandom(RANDOM)
                        .withArguments(config.args())
                        .withStdin(new GuestInput(config.stdin(), ended), false)
                        .withStdout(new GuestOutput(config.stdout(), ended), false)
                        .withStderr(new GuestOutput(config.stderr(), ended), false);
        for (var preopen : config.preopens()) {
            options.withDirectory(preopen.guestPath(), preopen.hostDirectory());
        }
        for (var variable : config.env()) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                options.withEnvironment(
                        variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return options.build();
    }

    @Override
    public void close() {
        functions.close();
    }
}
