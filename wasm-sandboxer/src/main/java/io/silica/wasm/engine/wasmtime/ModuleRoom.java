// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import java.util.ArrayList;
import java.util.List;

/**
 * What the memory and the tables of a module take, read from its sections: the library tells it
 * only of what a module exports.
 *
 * <p>The library asks nobody when a table grows. So what tables may grow to is taken from the
 * beginning, and that is little more than what they begin with.
 *
 * @param memory bytes that its memory begins with
 * @param tables bytes that its tables may ever take
 * @param tableLimit entries that none of its tables may have more of
 * @see <a href="https://webassembly.github.io/spec/core/binary/modules.html">the binary format</a>
 */
record ModuleRoom(long memory, long tables, long tableLimit) {
    /** Entries that a table may grow by. */
    static final long GROWTH = 16384;

    private static final int HEADER = 8;
    private static final int TABLE_SECTION = 4;
    private static final int MEMORY_SECTION = 5;
    private static final long PAGE = 65536;

    /** A pointer. */
    private static final long TABLE_ENTRY = 8;

    /** Bytes in all. */
    long bytes() {
        return memory + tables;
    }

    /** Preconditions: the library has found the module valid. */
    static ModuleRoom of(byte[] valid) {
        var reader = new Reader(valid);
        long memory = 0;
        List<Limits> tables = List.of();
        while (reader.at < valid.length) {
            int section = reader.next();
            int end = (int) (reader.number() + reader.at);
            if (section == TABLE_SECTION) {
                tables = reader.tables();
            } else if (section == MEMORY_SECTION) {
                memory = reader.memories() * PAGE;
            }
            reader.at = end;
        }
        return of(memory, tables);
    }

    private static ModuleRoom of(long memory, List<Limits> tables) {
        long limit = GROWTH + tables.stream().mapToLong(Limits::minimum).max().orElse(0);
        long entries = tables.stream().mapToLong(it -> Math.min(it.maximum, limit)).sum();
        return new ModuleRoom(memory, entries * TABLE_ENTRY, limit);
    }

    private record Limits(long minimum, long maximum) {}

    private static final class Reader {
        private static final int CONTINUES = 0x80;
        private static final int BITS = 7;

        private final byte[] bytes;
        private int at = HEADER;

        private Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        private int next() {
            return bytes[at++];
        }

        /** LEB128, without a sign. */
        private long number() {
            long value = 0;
            int shift = 0;
            int part;
            do {
                part = next();
                value |= (long) (part & ~CONTINUES & 0xff) << shift;
                shift += BITS;
            } while ((part & CONTINUES) != 0);
            return value;
        }

        private Limits limits() {
            boolean bounded = (next() & 1) != 0;
            long minimum = number();
            return new Limits(minimum, bounded ? number() : Long.MAX_VALUE);
        }

        private List<Limits> tables() {
            var all = new ArrayList<Limits>();
            for (long left = number(); left > 0; left--) {
                // The type of its entries.
                int _ = next();
                all.add(limits());
            }
            return all;
        }

        /** Pages of all of them, of which there is one. */
        private long memories() {
            long pages = 0;
            for (long left = number(); left > 0; left--) {
                pages += limits().minimum;
            }
            return pages;
        }
    }
}
