// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.MemoryAllowance;
import java.util.function.IntSupplier;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.TableInstance;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.MemorySection;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;

/**
 * Makes the memories and tables of one instance and keeps them within its allowance: a grow beyond
 * it answers -1, as WebAssembly has it for a host without more memory.
 */
final class GuestMemory {
    /** An index and a reference per entry, as Endive keeps them. */
    private static final long TABLE_ENTRY = 8;

    private final MemoryAllowance allowance;

    /** Preconditions: what the module begins with is taken before anything is made. */
    GuestMemory(MemoryAllowance allowance) {
        this.allowance = allowance;
    }

    /** Bytes that a module's memories and tables take to begin with. */
    static long minimum(WasmModule module) {
        long bytes = 0;
        var section = module.memorySection();
        for (int i = 0; i < section.map(MemorySection::memoryCount).orElse(0); i++) {
            bytes += bytes(section.orElseThrow().getMemory(i).limits().initialPages());
        }
        for (int i = 0; i < module.tableSection().tableCount(); i++) {
            bytes += module.tableSection().getTable(i).limits().min() * TABLE_ENTRY;
        }
        return bytes;
    }

    /**
     * Endive makes a table of as many pages as a memory may ever have: no more than is possible.
     */
    Memory memory(MemoryLimits declared) {
        long most = Math.max(declared.initialPages(), allowance.most() / Memory.PAGE_SIZE);
        int maximum = (int) Math.min(declared.maximumPages(), most);
        return AllowedMemory.of(
                new MemoryLimits(declared.initialPages(), maximum, declared.shared()),
                declared.maximumPages(),
                allowance);
    }

    /**
     * A table with limits of its own: Endive counts a grown table in the limits that it was made
     * of, which would be those of the module and so of every later instance.
     */
    TableInstance table(Table declared, int initial) {
        var limits = declared.limits();
        return new AllowedTable(
                new Table(
                        declared.elementType(),
                        new TableLimits(limits.min(), limits.max(), limits.shared()),
                        declared.initialize()),
                initial);
    }

    private static long bytes(int pages) {
        return (long) pages * Memory.PAGE_SIZE;
    }

    private final class AllowedTable extends TableInstance {
        private AllowedTable(Table table, int initial) {
            super(table, initial);
        }

        @Override
        public int grow(int entries, int value, Instance owner) {
            return taken(entries, () -> super.grow(entries, value, owner));
        }

        @Override
        public int growWithRef(int entries, Object value, Instance owner) {
            return taken(entries, () -> super.growWithRef(entries, value, owner));
        }

        /** What the module itself does not allow is nobody's lack of memory. */
        private int taken(int entries, IntSupplier growth) {
            long bytes = Integer.toUnsignedLong(entries) * TABLE_ENTRY;
            if (Integer.toUnsignedLong(entries) > limits().max() - size()) {
                return growth.getAsInt();
            }
            if (!allowance.take(bytes)) {
                return -1;
            }
            int before = growth.getAsInt();
            if (before < 0) {
                allowance.failed(bytes);
            }
            return before;
        }
    }
}
