// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import org.jspecify.annotations.Nullable;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.TableInstance;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.MemorySection;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;

/**
 * Makes the memories and tables of one instance and keeps them within its limit: a grow beyond it
 * answers -1, as WebAssembly has it for a host without more memory.
 */
final class GuestMemory {
    /** An index and a reference per entry, as Endive keeps them. */
    private static final long TABLE_ENTRY = 8;

    private final long limit;
    private final long reserve;
    private final int memories;
    private volatile @Nullable Instance instance;

    /**
     * @param limit bytes, at least what the module begins with
     */
    GuestMemory(WasmModule module, long limit) {
        this.limit = limit;
        this.reserve = limit - minimum(module);
        this.memories = module.memorySection().map(MemorySection::memoryCount).orElse(0);
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

    /** From now on this is what is measured. */
    void measure(Instance made) {
        instance = made;
    }

    /** Lets go of the memory, so that it can be collected while the instance is still known. */
    void release() {
        instance = null;
    }

    /** Bytes in memories and tables, now. */
    long inUse() {
        var measured = instance;
        return measured == null ? 0 : memories(measured) + tables(measured);
    }

    private long memories(Instance measured) {
        long bytes = 0;
        for (int i = 0; i < memories; i++) {
            bytes += bytes(measured.memory(i).pages());
        }
        return bytes;
    }

    private static long tables(Instance measured) {
        long bytes = 0;
        for (int i = 0; i < measured.tableCount(); i++) {
            bytes += measured.table(i).size() * TABLE_ENTRY;
        }
        return bytes;
    }

    /** Several memories share evenly what the limit leaves: one of them can't starve the others. */
    Memory memory(MemoryLimits declared) {
        long most = declared.initialPages() + reserve / memories / Memory.PAGE_SIZE;
        int maximum = (int) Math.min(declared.maximumPages(), most);
        return new ByteArrayMemory(
                new MemoryLimits(declared.initialPages(), maximum, declared.shared()));
    }

    /**
     * A table with limits of its own: Endive counts a grown table in the limits that it was made
     * of, which would be those of the module and so of every later instance.
     */
    TableInstance table(Table declared, int initial) {
        var limits = declared.limits();
        return new LimitedTable(
                new Table(
                        declared.elementType(),
                        new TableLimits(limits.min(), limits.max(), limits.shared()),
                        declared.initialize()),
                initial);
    }

    private static long bytes(int pages) {
        return (long) pages * Memory.PAGE_SIZE;
    }

    private final class LimitedTable extends TableInstance {
        private LimitedTable(Table table, int initial) {
            super(table, initial);
        }

        @Override
        public int grow(int entries, int value, Instance owner) {
            return fits(entries) ? super.grow(entries, value, owner) : -1;
        }

        @Override
        public int growWithRef(int entries, Object value, Instance owner) {
            return fits(entries) ? super.growWithRef(entries, value, owner) : -1;
        }

        private boolean fits(int entries) {
            return inUse() + Integer.toUnsignedLong(entries) * TABLE_ENTRY <= limit;
        }
    }
}
