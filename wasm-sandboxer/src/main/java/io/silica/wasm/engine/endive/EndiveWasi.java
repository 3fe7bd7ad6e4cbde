// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.wasi.GuestWasi;
import io.silica.wasm.engine.wasi.WasiFunction;
import io.silica.wasm.engine.wasi.WasiSignatures;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/** WASI preview 1 as Endive imports it. */
final class EndiveWasi {
    /** The functions that there are, by name. */
    static final Map<String, FunctionType> TYPES =
            WasiSignatures.parameters().entrySet().stream()
                    .collect(
                            Collectors.toMap(
                                    Map.Entry::getKey, it -> type(it.getKey(), it.getValue())));

    private EndiveWasi() {}

    private static FunctionType type(String function, String parameters) {
        return FunctionType.of(
                parameters
                        .chars()
                        .mapToObj(it -> it == WasiSignatures.WIDE ? ValType.I64 : ValType.I32)
                        .toList(),
                WasiSignatures.returns(function) ? List.of(ValType.I32) : List.of());
    }

    /** What an instance imports. */
    static ImportValues imports(GuestWasi wasi) {
        var all =
                wasi.functions().entrySet().stream()
                        .map(it -> imported(it.getKey(), it.getValue()))
                        .toArray(HostFunction[]::new);
        return ImportValues.builder().addFunction(all).build();
    }

    private static HostFunction imported(String name, WasiFunction function) {
        return new HostFunction(
                WasiSignatures.MODULE,
                name,
                TYPES.get(name),
                (instance, args) ->
                        new long[] {function.errno(new EndiveMemory(instance.memory()), args)});
    }
}
