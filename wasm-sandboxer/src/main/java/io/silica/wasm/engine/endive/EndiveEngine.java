// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.ModuleDigest;
import io.silica.wasm.engine.ModuleException;
import io.silica.wasm.engine.ModuleLayout;
import io.silica.wasm.engine.WasiConfig;
import io.silica.wasm.engine.WasmEngine;
import io.silica.wasm.engine.WasmInstance;
import io.silica.wasm.engine.WasmModule;
import io.silica.wasm.engine.wasi.WasiSignatures;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.Import;

/** Endive as an engine. */
public final class EndiveEngine implements WasmEngine {
    /** What the configuration calls it. */
    public static final String NAME = "endive";

    static final String ENTRY_POINT = "_start";

    private final long moduleLimit;

    /**
     * @param moduleLimit the most bytes that a module may have
     */
    public EndiveEngine(long moduleLimit) {
        this.moduleLimit = moduleLimit;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public WasmModule compile(byte[] binary) {
        ModuleLayout.check(binary, moduleLimit);
        CodeLimits.check(binary);
        try {
            var module = Parser.parse(binary);
            checkImports(module);
            checkEntryPoint(module);
            return compiled(ModuleDigest.of(binary), module);
        } catch (ModuleException e) {
            throw e;
        } catch (WasmEngineException e) {
            throw new ModuleException.Invalid("it is invalid: " + e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw new ModuleException.Invalid("it is nested too deeply", e);
        } catch (OutOfMemoryError e) {
            throw new ModuleException.Invalid("there is not the memory to compile it", e);
        } catch (RuntimeException | AssertionError | LinkageError e) {
            // The parser trusts some counts and indexes of the module, the compiler the parser, and
            // the JVM nobody.
            throw new ModuleException.Invalid("it is malformed: " + e, e);
        }
    }

    private static EndiveModule compiled(ModuleDigest digest, run.endive.wasm.WasmModule module) {
        var machine =
                MachineFactoryCompiler.builder(module)
                        .withInterpreterFallback(InterpreterFallback.SILENT)
                        .compile();
        return new EndiveModule(digest, module, machine, GuestMemory.minimum(module));
    }

    @Override
    public WasmInstance instantiate(WasmModule module, WasiConfig config) {
        long limit = config.memory().limit();
        if (module.minimumMemory() > limit) {
            throw new ModuleException.MemoryMinimum(module.minimumMemory(), limit);
        }
        return new EndiveInstance((EndiveModule) module, config);
    }

    private static void checkImports(run.endive.wasm.WasmModule module) {
        var missing = new TreeSet<String>();
        var unlike = new ArrayList<String>();
        module.importSection().stream()
                .forEach(wanted -> {
                    var offered = offered(wanted);
                    if (offered == null) {
                        missing.add(name(wanted));
                    } else if (!offered.equals(type(module, (FunctionImport) wanted))) {
                        unlike.add(name(wanted));
                    }
                });
        if (!missing.isEmpty()) {
            throw new ModuleException.MissingImports(List.copyOf(missing));
        }
        if (!unlike.isEmpty()) {
            throw new ModuleException.Invalid(
                    "it imports " + unlike.getFirst() + " with parameters that WASI does not have");
        }
    }

    private static @Nullable FunctionType offered(Import wanted) {
        return wanted.importType() == ExternalType.FUNCTION
                        && wanted.module().equals(WasiSignatures.MODULE)
                ? EndiveWasi.TYPES.get(wanted.name())
                : null;
    }

    private static String name(Import wanted) {
        return wanted.module() + "." + wanted.name();
    }

    private static FunctionType type(run.endive.wasm.WasmModule module, FunctionImport wanted) {
        return module.typeSection().getType(wanted.typeIndex());
    }

    private static void checkEntryPoint(run.endive.wasm.WasmModule module) {
        var exports = module.exportSection();
        for (int i = 0; i < exports.exportCount(); i++) {
            var export = exports.getExport(i);
            if (export.name().equals(ENTRY_POINT)
                    && export.exportType() == ExternalType.FUNCTION
                    && takesAndGivesNothing(module, export.index())) {
                return;
            }
        }
        throw new ModuleException.NoEntryPoint();
    }

    private static boolean takesAndGivesNothing(run.endive.wasm.WasmModule module, int function) {
        var imports =
                module.importSection().stream()
                        .filter(i -> i.importType() == ExternalType.FUNCTION)
                        .toList();
        var type =
                function < imports.size()
                        ? type(module, (FunctionImport) imports.get(function))
                        : module.functionSection()
                                .getFunctionType(function - imports.size(), module.typeSection());
        return type.params().isEmpty() && type.returns().isEmpty();
    }
}
