// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.linux.Beneath;
import io.silica.wasm.engine.WasiConfig;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.wasi.WasiOptions;
import run.endive.wasi.WasiPreview1;
import run.endive.wasm.types.FunctionType;

/**
 * WASI preview 1 for one instance. Everything that has to do with descriptors and paths is ours:
 * Endive goes by paths of Java, which follow links wherever they lead. Arguments, environment,
 * clocks and randomness are Endive's.
 */
final class GuestWasi implements AutoCloseable {
    /** The name of WASI preview 1 in an import. */
    static final String MODULE = "wasi_snapshot_preview1";

    /** The functions that there are, by name. */
    static final Map<String, FunctionType> TYPES =
            Arrays.stream(WasiPreview1.builder().build().toHostFunctions())
                    .collect(Collectors.toMap(HostFunction::name, HostFunction::functionType));

    private static final SecureRandom RANDOM = new SecureRandom();

    private final WasiPreview1 rest;
    private final DescriptorTable table = new DescriptorTable();

    /**
     * @param ended whether the guest is being ended: a stream that fails then fails for that reason
     */
    GuestWasi(WasiConfig config, BooleanSupplier ended) {
        this.rest = WasiPreview1.builder().withOptions(options(config)).build();
        try {
            open(config, ended);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The streams are 0 to 2, and the directories come after them. */
    private void open(WasiConfig config, BooleanSupplier ended) {
        table.add(new WasiDescriptor.Input(new GuestInput(config.stdin(), ended)));
        table.add(new WasiDescriptor.Output(new GuestOutput(config.stdout(), ended)));
        table.add(new WasiDescriptor.Output(new GuestOutput(config.stderr(), ended)));
        for (var preopen : config.preopens()) {
            table.add(
                    new WasiDescriptor.Directory(
                            Beneath.of(preopen.hostDirectory()),
                            preopen.readOnly(),
                            Optional.of(preopen.guestPath())));
        }
    }

    /** What an instance imports. */
    ImportValues imports() {
        var ours = functions();
        var all =
                Arrays.stream(rest.toHostFunctions())
                        .map(function ->
                                Optional.ofNullable(ours.get(function.name()))
                                        .map(it -> it.inPlaceOf(function))
                                        .orElse(function))
                        .toArray(HostFunction[]::new);
        return ImportValues.builder().addFunction(all).build();
    }

    private Map<String, WasiFunction> functions() {
        var functions = new HashMap<>(new DescriptorFunctions(table).functions());
        functions.putAll(new Transfers(table).functions());
        functions.putAll(new PathFunctions(table).functions());
        functions.put("poll_oneoff", new Polling(table, InstantSource.system())::poll);
        return functions;
    }

    private static WasiOptions options(WasiConfig config) {
        var options = WasiOptions.builder().withRandom(RANDOM).withArguments(config.args());
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
        table.close();
        rest.close();
    }
}
